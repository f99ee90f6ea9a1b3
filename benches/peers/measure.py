"""Runs the drivers in rounds and prints one table. Started by `run`, which has installed what the drivers need.

Every driver times itself over many runs and reports its median and 99th percentile. In a round each driver has its turn; p50 and p99 in the table
are medians over the rounds, "best" is the p50 of the best round. Ratios are taken within each round, between neighbours in time, and their median
is shown; on a machine with other work the ratio of the best rounds says more, since a run of a tenth of a millisecond fits between two
interruptions where one of several milliseconds does not.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

PYTHON, JAVASCRIPT = "print(sum(range(10)))", "console.log(1+1)"
EXPECTED = {"python": "45", "javascript": "2"}


def rows(options):
    """(language, name, runs in a round, command). CodeRunner's comes first in each language: the others are compared with it."""
    # The system's Python where there is one: that of a version manager or virtual environment may load more as it starts.
    node, python = shutil.which("node"), "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    process = [sys.executable, os.path.join(options.process_drivers, "new_process.py")]
    in_python = lambda driver: [*options.python, os.path.join(options.python_drivers, driver)]
    in_node = lambda driver: [node, os.path.join(options.javascript, driver)]
    bench = lambda language: [options.coderunner, "bench", "--json", "--language", language]
    return [
        ("python", "CodeRunner", 2000, bench("python")),
        ("python", "pydantic-monty, a session (subset of Python)", 500, in_python("monty.py")),
        ("python", "pyodide, reused interpreter (no sandbox per run)", 500, in_node("pyodide_reused.mjs")),
        ("python", "pyeryx", 200, in_python("pyeryx.py")),
        ("python", "python3 -c, a new process", 50, [*process, "50", "45", python, "-c", PYTHON]),
        ("python", "pyodide, fresh loadPyodide", 2, in_node("pyodide_fresh.mjs")),
        ("javascript", "CodeRunner", 2000, bench("javascript")),
        ("javascript", "quickjs-emscripten, fresh context (shared memory)", 1000, in_node("quickjs_context.mjs")),
        ("javascript", "quickjs-emscripten, fresh module", 50, in_node("quickjs_module.mjs")),
        ("javascript", "node -e, a new process", 20, [*process, "20", "2", node, "-e", JAVASCRIPT]),
    ]


def turn(language, name, runs, command):
    """One driver's turn: its report, or None with the reason on stderr."""
    if name == "CodeRunner":
        command = [*command, "--runs", str(runs)]
    elif not command[1].endswith("new_process.py"):
        command = [*command, str(runs), EXPECTED[language]]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"{name} ({language}) failed: {last}", file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def time(microseconds):
    return f"{microseconds:.1f} µs" if microseconds < 1000 else f"{microseconds / 1000:.2f} ms"


def main():
    parser = argparse.ArgumentParser()
    for name in ["coderunner", "process-drivers", "javascript", "python-drivers"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--json")
    parser.add_argument("python", nargs="+")
    options = parser.parse_args()

    version = subprocess.run([options.coderunner, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    subjects = rows(options)
    reports = {subject[:2]: [] for subject in subjects}
    # What is compiled at the first use is compiled before anything is measured.
    for subject in subjects:
        if subject[1] == "CodeRunner":
            turn(subject[0], subject[1], 10, subject[3])
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
        for subject in subjects:
            reports[subject[:2]].append(turn(*subject))

    results = []
    best = {}
    for language, name, runs, _ in subjects:
        own, ours = reports[language, name], reports[language, "CodeRunner"]
        pairs = [(theirs, base) for theirs, base in zip(own, ours) if theirs and base]
        whole = [report for report in own if report]
        if not whole:
            continue
        best[language, name] = min(report["p50_us"] for report in whole)
        base = best.get((language, "CodeRunner"))
        results.append({
            "language": language,
            "name": name,
            "version": whole[0].get("version", version),
            "runs": runs * len(whole),
            "p50_us": statistics.median(report["p50_us"] for report in whole),
            "p99_us": statistics.median(report["p99_us"] for report in whole),
            "ratio_p50": statistics.median(a["p50_us"] / b["p50_us"] for a, b in pairs) if pairs else None,
            "ratio_p50_min": min((a["p50_us"] / b["p50_us"] for a, b in pairs), default=None),
            "ratio_p50_max": max((a["p50_us"] / b["p50_us"] for a, b in pairs), default=None),
            "p50_best_us": best[language, name],
            "ratio_best": best[language, name] / base if base else None,
            "rounds": own,
        })
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"
    print(f"A fresh sandbox per run, output captured. {machine}; {options.rounds} rounds, medians of the rounds.\n")
    for language, program in [("python", PYTHON), ("javascript", JAVASCRIPT)]:
        print(f"| {language}: `{program}` | version | p50 | p99 | best | × CodeRunner (rounds' range) | best × best |")
        print("|---|---|---|---|---|---|---|")
        for row in results:
            if row["language"] == language:
                ratio = ratio_best = "–"
                if row["ratio_p50"]:
                    ratio = f"{row['ratio_p50']:.1f} ({row['ratio_p50_min']:.1f}–{row['ratio_p50_max']:.1f})"
                if row["ratio_best"]:
                    ratio_best = f"{row['ratio_best']:.1f}"
                cells = [row["name"], row["version"], time(row["p50_us"]), time(row["p99_us"]), time(row["p50_best_us"]), ratio, ratio_best]
                print(f"| {' | '.join(cells)} |")
        print()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"machine": machine, "rounds": options.rounds, "results": results}, file, indent=1)


main()
