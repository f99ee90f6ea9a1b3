"""Runs the same programs by CodeRunner and by the other ways to run them in a container, in rounds, and prints one table. Started by `run`.

All use the same image (the peers' has the usual names of the compilers besides), get the source with the job and compile it: no source is sent
twice. CodeRunner is asked over HTTP, with one warm container, as a service has it. `docker run` and llm-sandbox make a container for each job and
remove it; `docker exec` uses one container for all, which is faster and isolates nothing from what ran before. In a round each has its turn;
ratios are taken within a round.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request

LIMITS = ["--network", "none", "--memory", "512m", "--memory-swap", "512m", "--pids-limit", "128", "--cpus", "1"]
# Source, the names that the peers' image needs, and how a shell compiles and runs what it reads.
LANGUAGES = {
    "bash": ("echo $((1 + 1))\n# {n}\n", "true", "cat > /tmp/main.sh && bash /tmp/main.sh"),
    "cpp": (
        "#include <iostream>\nint main() {{ std::cout << 1 + 1 << '\\n'; }}\n// {n}\n",
        "ln -s /usr/bin/clang++-19 /usr/local/bin/g++",
        "cat > /tmp/main.cpp && g++ -std=c++20 -o /tmp/main /tmp/main.cpp && /tmp/main",
    ),
    "go": (
        'package main\nimport "fmt"\nfunc main() {{ fmt.Println(1 + 1) }}\n// {n}\n',
        "ln -s /usr/lib/go-1.24/bin/go /usr/local/bin/go",
        "cat > /tmp/main.go && go run /tmp/main.go",
    ),
    "java": (
        "public class Main {{ public static void main(String[] args) {{ System.out.println(1 + 1); }} }}\n// {n}\n",
        "ln -sf /usr/lib/jvm/java-25-openjdk-amd64/bin/* /usr/local/bin/",
        "cat > /tmp/Main.java && java /tmp/Main.java",
    ),
}
EXPECTED = "2"


class Subject:
    """One way to run a language's programs."""

    def start(self):
        pass

    def stop(self):
        pass


class CodeRunner(Subject):
    name = "CodeRunner"

    def __init__(self, language, options):
        self.language, self.binary = language, options.coderunner

    def start(self):
        self.server = subprocess.Popen([self.binary, "serve", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        for line in self.server.stderr:
            if found := re.search(r"http://[0-9.:]+", line):
                self.url = found[0]
                return
        raise RuntimeError("the server does not start")

    def run(self, source):
        body = json.dumps({"language": self.language, "source": source}).encode()
        request = urllib.request.Request(f"{self.url}/v1/run", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as response:
            return json.load(response)["stdout"]

    def stop(self):
        self.server.terminate()
        self.server.wait()


class DockerRun(Subject):
    name = "`docker run`"

    def __init__(self, language, options):
        self.image, self.script = image(language), LANGUAGES[language][2]

    def run(self, source):
        command = ["docker", "run", "--rm", "--interactive", *LIMITS, self.image, "sh", "-c", self.script]
        return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


class DockerExec(DockerRun):
    name = "`docker exec`, one container for all"

    def start(self):
        command = ["docker", "run", "--rm", "--detach", *LIMITS, self.image, "sleep", "infinity"]
        self.container = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def run(self, source):
        command = ["docker", "exec", "--interactive", self.container, "sh", "-c", self.script]
        return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout

    def stop(self):
        subprocess.run(["docker", "rm", "--force", self.container], capture_output=True, check=True)


class LlmSandbox(Subject):
    def __init__(self, language, options):
        self.name, self.language = f"llm-sandbox {options.llm_sandbox}", language

    def run(self, source):
        from llm_sandbox import SandboxSession

        # Its shell does not end when asked to, which would cost ten seconds a job.
        limits = {"network_mode": "none", "mem_limit": "512m", "pids_limit": 128, "stop_signal": "SIGKILL"}
        session = SandboxSession(
            lang=self.language, image=image(self.language), keep_template=True, skip_environment_setup=True, runtime_configs=limits
        )
        with session:
            done = session.run(source)
        if done.exit_code:
            raise RuntimeError(done.stderr)
        return done.stdout


def image(language):
    return f"coderunner-peers/{language}"


def make_image(language):
    """The newest image of CodeRunner with what the peers expect of one."""
    listed = subprocess.run(
        ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", f"coderunner/{language}"], capture_output=True, text=True, check=True
    ).stdout.split()
    dockerfile = f"FROM {listed[0]}\nENV GOCACHE=/opt/coderunner/go-cache GOFLAGS=-trimpath\nRUN {LANGUAGES[language][1]}\nWORKDIR /tmp\nCMD [\"/bin/bash\"]\n"
    build = ["docker", "build", "--quiet", "--network", "none", "--tag", image(language), "-"]
    subprocess.run(build, input=dockerfile, text=True, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DOCKER_BUILDKIT": "0"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--coderunner", required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--llm-sandbox", required=True)
    parser.add_argument("languages", nargs="*", default=list(LANGUAGES))
    options = parser.parse_args()
    number = 0
    print(f"One program per job, compiled and run in a container; {options.rounds} rounds, medians.\n")
    print("| language | | ms | × CodeRunner |\n|---|---|---|---|")
    for language in options.languages or list(LANGUAGES):
        make_image(language)
        kinds = [CodeRunner, DockerRun, DockerExec] + ([LlmSandbox] if language != "bash" else [])
        subjects = [kind(language, options) for kind in kinds]
        times = {subject.name: [] for subject in subjects}
        for subject in subjects:
            subject.start()
        try:
            # The first round warms up.
            for turn in range(options.rounds + 1):
                for subject in subjects:
                    number += 1
                    # The pool refills while others have their turn; in the first one nobody has had his.
                    source = LANGUAGES[language][0].format(n=f"{os.getpid()}-{number}")
                    started = time.perf_counter()
                    try:
                        printed = subject.run(source).strip()
                    except Exception as error:
                        print(f"{subject.name} ({language}) failed: {error}", file=sys.stderr)
                        continue
                    taken = (time.perf_counter() - started) * 1000
                    if printed != EXPECTED:
                        print(f"{subject.name} ({language}) printed {printed!r}", file=sys.stderr)
                    elif turn > 0:
                        times[subject.name].append(taken)
        finally:
            for subject in subjects:
                subject.stop()
        base = times[CodeRunner.name]
        for name, own in times.items():
            if own:
                ratio = statistics.median(theirs / ours for theirs, ours in zip(own, base)) if base else float("nan")
                print(f"| {language} | {name} | {statistics.median(own):.0f} | {ratio:.1f} |", flush=True)


main()
