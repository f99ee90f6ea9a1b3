// Times a function that runs one program in something fresh, and prints what `coderunner bench --json` prints of itself.

const quantile = (latencies, percent) => latencies[Math.min(latencies.length - 1, Math.floor((latencies.length * percent) / 100))];

/** Calls `runOnce`, a function or an async one, as often as the command line says. It has to return what the program printed. */
export async function measure(version, runOnce, warmUpMax = 50) {
  const [runs, expected] = [Number(process.argv[2]), process.argv[3]];
  const check = (printed) => {
    if (printed.trim() !== expected) throw new Error(`printed ${JSON.stringify(printed)}`);
  };
  for (let n = 0; n < Math.min(warmUpMax, runs); n++) check(await runOnce());
  const latencies = [];
  for (let n = 0; n < runs; n++) {
    const started = process.hrtime.bigint();
    let printed = runOnce();
    // Waiting for what is there already would be charged to peers that do not wait.
    if (printed instanceof Promise) printed = await printed;
    latencies.push(Number(process.hrtime.bigint() - started) / 1000);
    check(printed);
  }
  latencies.sort((a, b) => a - b);
  console.log(JSON.stringify({ version, runs, p50_us: quantile(latencies, 50), p99_us: quantile(latencies, 99) }));
}
