// pyodide: a fresh interpreter for each run.
import { loadPyodide, version } from "pyodide";
import { measure } from "./latency.mjs";

await measure(
  version,
  async () => {
    let printed = "";
    const pyodide = await loadPyodide({ stdout: (line) => (printed += line + "\n") });
    pyodide.runPython("print(sum(range(10)))");
    return printed;
  },
  1,
);
