// quickjs-emscripten: a WebAssembly module of its own for each run (`newQuickJSWASMModule`): isolation as CodeRunner's.
import { readFileSync } from "node:fs";
import { newQuickJSWASMModule } from "quickjs-emscripten";
import { measure } from "./latency.mjs";
import { runIn } from "./quickjs_context.mjs";

const { version } = JSON.parse(readFileSync(new URL("./node_modules/quickjs-emscripten/package.json", import.meta.url)));
await measure(version, async () => runIn(await newQuickJSWASMModule()), 5);
