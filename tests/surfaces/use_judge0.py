# What a judge does with the published client. Prints what it got.
import json
import os

os.environ["JUDGE0_CE_ENDPOINT"] = os.environ["SERVER"]
os.environ["JUDGE0_CE_AUTH_HEADERS"] = "{}"
import judge0
from judge0 import File, Filesystem, Submission, TestCase


def told(s):
    return {
        "status": int(s.status), "stdout": s.stdout, "stderr": s.stderr, "message": s.message, "exit_code": s.exit_code,
        "time": s.time is not None and s.time >= 0, "memory": bool(s.memory), "finished": s.finished_at >= s.created_at,
    }


def run(source, **more):
    return told(judge0.run(source_code=source, **{"language": judge0.PYTHON, **more}))


client = judge0.get_client()
got = {
    "languages": [language.id for language in client.get_languages()],
    "language": client.get_language(71).source_file,
    "statuses": len(client.get_statuses()),
    "wait": client.config.enable_wait_result,
    "hello": run("print('ä', input())", stdin="typed"),
    "script": run("console.log(1)", language=judge0.JAVASCRIPT),
    "wrong": run("print(1)", expected_output="2"),
    "right": run("print('1  ')", expected_output="1"),
    "raises": run("raise SystemExit(3)"),
    "late": run("while True: pass", cpu_time_limit=0.05),
    "arguments": run("import sys; print(sys.argv[1:])", command_line_arguments="a 'b c'"),
    "merged": run("import sys; print(1, flush=True); print(2, file=sys.stderr)", redirect_stderr_to_stdout=True),
    "runs": run("print(1)", number_of_runs=3),
    "files": run("print(open('a/b.txt').read())", additional_files=Filesystem(content=[File(name="a/b.txt", content="inside")])),
    "cases": [told(s) for s in judge0.run(
        submissions=Submission(source_code="print(int(input()) * 2)", language=judge0.PYTHON),
        test_cases=[TestCase(str(n), str(n * 2 if n != 7 else 0)) for n in range(25)],
    )],
}
try:
    client.create_submission(Submission(source_code="1", language=judge0.COBOL))
except RuntimeError as error:
    got["cobol"] = str(error)
print(json.dumps(got))
