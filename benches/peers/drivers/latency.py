"""Times a function that runs one program in something fresh, and prints what `coderunner bench --json` prints of itself."""

import json
import sys
import time


def quantile(latencies, percent):
    return latencies[min(len(latencies) - 1, len(latencies) * percent // 100)]


def measure(version, run_once, warm_up_max=50):
    """Calls `run_once` as often as the command line says. It has to return what the program printed."""
    runs, expected = int(sys.argv[1]), sys.argv[2]
    for _ in range(min(warm_up_max, runs)):
        assert run_once().strip() == expected, run_once()
    latencies = []
    for _ in range(runs):
        started = time.perf_counter_ns()
        printed = run_once()
        latencies.append((time.perf_counter_ns() - started) / 1000)
        assert printed.strip() == expected, printed
    latencies.sort()
    print(json.dumps({"version": version, "runs": runs, "p50_us": quantile(latencies, 50), "p99_us": quantile(latencies, 99)}))
