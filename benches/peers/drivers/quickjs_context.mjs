// quickjs-emscripten: a fresh runtime and context for each run, as its README has it, with time and memory limits on. All contexts share
// one WebAssembly memory: what breaks out of the interpreter is in every other context.
import { readFileSync } from "node:fs";
import { getQuickJS, shouldInterruptAfterDeadline } from "quickjs-emscripten";
import { measure } from "./latency.mjs";

const { version } = JSON.parse(readFileSync(new URL("./node_modules/quickjs-emscripten/package.json", import.meta.url)));
const QuickJS = await getQuickJS();

export function runIn(module) {
  const runtime = module.newRuntime();
  runtime.setMemoryLimit(256 << 20);
  runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + 10_000));
  const vm = runtime.newContext();
  let printed = "";
  const log = vm.newFunction("log", (...values) => {
    printed += values.map(vm.dump).join(" ") + "\n";
  });
  const console_ = vm.newObject();
  vm.setProp(console_, "log", log);
  vm.setProp(vm.global, "console", console_);
  console_.dispose();
  log.dispose();
  vm.unwrapResult(vm.evalCode("console.log(1+1)")).dispose();
  vm.dispose();
  runtime.dispose();
  return printed;
}

// The other driver imports `runIn` only.
if (process.argv[1].endsWith("quickjs_context.mjs")) await measure(version, () => runIn(QuickJS), 500);
