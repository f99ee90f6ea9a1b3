"""Runs the programs of `python/` and `javascript/` in rounds and prints a table for each language. Started by `run`.

Times are CPU times without the start of the interpreter:

- CodeRunner: `usage.cpu_us` of `coderunner run --json`, which counts the guest only, fuel metering included
- natively: user and system time of the process, less the median of what an empty program takes there

Within a round an interpreter has its turn right after the other, and ratios are taken there. All have to print the same.
"""

import argparse
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EXTENSIONS = {"python": ".py", "javascript": ".js"}
# What is promised: the geometric mean of the Python programs against CPython of the same version.
PROMISES = {("python", "CPython 3.14"): 1.6}


def natives(root):
    """Commands that take a program's file, as they see it: all of them find it in the root's folder `programs`."""
    in_root = lambda interpreter: lambda file: ["chroot", root, f"/usr/bin/{interpreter}", f"/programs/{file}"]
    found = {"python": {"CPython 3.14": in_root("python3.14")}, "javascript": {"QuickJS": in_root("qjs")}}
    if node := shutil.which("node"):
        found["javascript"]["node"] = lambda file: [node, os.path.join(root, "programs", file)]
    return found


def native(command, program):
    """CPU seconds and output of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command(program), capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command(program))} failed on {program}: {done.stderr.decode(errors='replace')}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.decode()


def sandboxed(coderunner, program):
    """CPU seconds, output and fuel of a run."""
    limits = ["--cpu-ms", "600000", "--wall-ms", "600000", "--memory-mb", "512"]
    done = subprocess.run([coderunner, "run", "--json", *limits, program], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"coderunner failed on {program}: {done.stdout}{done.stderr}")
    report = json.loads(done.stdout)
    return report["usage"]["cpu_us"] / 1e6, report["stdout"], report["usage"].get("fuel", 0)


def measure(language, programs, options):
    others = natives(options.root)[language]
    extension = EXTENSIONS[language]
    seen = os.path.join(options.root, "programs")
    os.makedirs(seen, exist_ok=True)
    with open(os.path.join(seen, "empty" + extension), "w", encoding="utf-8"):
        pass
    starts = {name: statistics.median(native(command, "empty" + extension)[0] for _ in range(15)) for name, command in others.items()}
    times = {program: {name: [] for name in ["CodeRunner", *others]} for program in programs}
    ratios = {program: {name: [] for name in others} for program in programs}
    fuel = {}
    for number in range(options.rounds):
        print(f"{language}: round {number + 1} of {options.rounds}", file=sys.stderr)
        for program in programs:
            path = os.path.join(HERE, language, program + extension)
            shutil.copy(path, seen)
            own, expected, fuel[program] = sandboxed(options.coderunner, path)
            times[program]["CodeRunner"].append(own)
            for name, command in others.items():
                seconds, printed = native(command, program + extension)
                if printed != expected:
                    sys.exit(f"{program}: {name} printed {printed!r}, CodeRunner {expected!r}")
                seconds = max(seconds - starts[name], 1e-4)
                times[program][name].append(seconds)
                ratios[program][name].append(own / seconds)
    return starts, times, ratios, fuel


def show(language, others, starts, times, ratios, fuel):
    heads = "".join(f" {name} ms | × {name} (rounds' range) |" for name in others)
    print(f"| {language} | CodeRunner ms |{heads} fuel per CPU ns |\n|---|---|{'---|---|' * len(others)}---|")
    for program, found in times.items():
        own = statistics.median(found["CodeRunner"])
        cells = ""
        for name in others:
            of_rounds = ratios[program][name]
            middle = statistics.median(of_rounds)
            cells += f" {statistics.median(found[name]) * 1e3:.0f} | {middle:.2f} ({min(of_rounds):.2f}–{max(of_rounds):.2f}) |"
        print(f"| {program} | {own * 1e3:.0f} |{cells} {fuel[program] / own / 1e9:.1f} |")
    means = {}
    for name in others:
        means[name] = math.exp(statistics.fmean(math.log(statistics.median(found[name])) for found in ratios.values()))
        promised = PROMISES.get((language, name))
        verdict = f"; promised: at most {promised} – {'kept' if means[name] <= promised else 'NOT kept'}" if promised else ""
        print(f"\ngeometric mean × {name}: {means[name]:.2f}{verdict} (start of {name}, not counted: {starts[name] * 1e3:.0f} ms)")
    print()
    return means


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--coderunner", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--language", choices=list(EXTENSIONS))
    parser.add_argument("--json")
    parser.add_argument("programs", nargs="*")
    options = parser.parse_args()

    results = {}
    for language, extension in EXTENSIONS.items():
        if options.language not in (None, language):
            continue
        found = sorted(name.removesuffix(extension) for name in os.listdir(os.path.join(HERE, language)) if name.endswith(extension))
        programs = [name for name in found if not options.programs or name in options.programs]
        if not programs:
            continue
        starts, times, ratios, fuel = measure(language, programs, options)
        means = show(language, list(starts), starts, times, ratios, fuel)
        results[language] = {"starts_s": starts, "times_s": times, "ratios": ratios, "fuel": fuel, "geometric_means": means}
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


main()
