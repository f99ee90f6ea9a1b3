// pyodide: one interpreter for all runs, with fresh globals for each. No sandbox of its own for a run: modules, builtins and memory are shared.
import { loadPyodide, version } from "pyodide";
import { measure } from "./latency.mjs";

let printed = "";
const pyodide = await loadPyodide({ stdout: (line) => (printed += line + "\n") });
const dict = pyodide.globals.get("dict");

await measure(version, () => {
  printed = "";
  const globals = dict();
  pyodide.runPython("print(sum(range(10)))", { globals });
  globals.destroy();
  return printed;
});
