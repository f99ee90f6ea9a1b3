"""A new process for each run: `new_process.py RUNS EXPECTED PROGRAM ARGUMENT...`.

Started by posix_spawn and read through one pipe, which costs less than `subprocess` does.
"""

import os
import subprocess
import sys

from latency import measure

command = sys.argv[3:]


def run_once():
    reader, writer = os.pipe()
    pid = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_CLOSE, reader)]
    )
    os.close(writer)
    printed = b""
    while chunk := os.read(reader, 4096):
        printed += chunk
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    assert status == 0, status
    return printed.decode()


version = subprocess.run([command[0], "--version"], capture_output=True, text=True, check=True).stdout.split()[-1].lstrip("v")
measure(version, run_once, warm_up_max=3)
