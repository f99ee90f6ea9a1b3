"""Records what a language's usual interpreter prints for the snippets in languages/<id>/tests/.

    tests/recorded/record.py LANGUAGE COMMAND...    e.g. tests/recorded/record.py lua lua

Each snippet is written to main.<extension> in an empty folder and run there as `COMMAND... main.<extension>`, or, where an
argument is `<`, with the snippet as standard input. The test `recorded` compares what the sandbox prints with snippets.json.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

# What every snippet finds on its standard input, unless the snippet itself is there.
STDIN = (pathlib.Path(__file__).parent / "stdin.txt").read_bytes()


def snippets(text):
    """Titles and programs: a line that starts as the first line does begins a snippet."""
    mark = text[:5]
    for part in ("\n" + text).split("\n" + mark)[1:]:
        title, _, program = part.partition("\n")
        yield title, program


def run(command, name, program):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, name)
        path.write_text(program)
        as_stdin = command[-1] == "<"
        ended = subprocess.run(
            command[:-1] if as_stdin else [*command, name],
            cwd=folder, input=program.encode() if as_stdin else STDIN, capture_output=True, env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
        )
    return {
        "stdout": ended.stdout.decode("utf-8", "backslashreplace"),
        "stderr": ended.stderr.decode("utf-8", "backslashreplace"),
        "code": ended.returncode,
    }


def main(language, *command):
    folder = pathlib.Path(__file__).parents[2] / "languages" / language / "tests"
    source = next(path for path in folder.glob("snippets.*") if path.suffix != ".json")
    recorded = {title: run(list(command), "main" + source.suffix, program) for title, program in snippets(source.read_text())}
    text = json.dumps({"recorded": recorded}, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "snippets.json").write_text(text + "\n")
    print(f"{len(recorded)} snippets of {language}")


if __name__ == "__main__":
    main(*sys.argv[1:])
