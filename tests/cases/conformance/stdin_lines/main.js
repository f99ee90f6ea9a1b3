const lines = [];
require("readline").createInterface({ input: process.stdin }).on("line", (line) => lines.push(line)).on("close", () => {
  const n = Number(lines[0]);
  console.log(lines.slice(1, n + 1).reduce((sum, line) => sum + Number(line), 0));
  console.log(lines[n + 1]);
});
