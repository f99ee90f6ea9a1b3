# Runs main.py with the variables of _globals.json; the value of its last expression goes to _return_value.json, an exception to _error.txt.
import ast
import json
import sys


def run():
    with open("main.py", encoding="utf-8") as file:
        source = file.read()
    with open("_globals.json", encoding="utf-8") as file:
        given = json.load(file)
    module = type(sys)("__main__")
    module.__file__ = "main.py"
    module.__dict__.update(given)
    sys.modules["__main__"] = module
    sys.argv[0] = "main.py"
    tree = ast.parse(source, "main.py")
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    evaluate(tree, "exec", module.__dict__)
    if last is not None:
        keep(evaluate(last, "eval", module.__dict__))


def evaluate(tree, mode, scope):
    code = compile(tree, "main.py", mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    value = eval(code, scope)
    # CO_COROUTINE: it awaits something.
    if code.co_flags & 0x80:
        import asyncio

        value = asyncio.run(value)
    return value


def keep(value):
    if value is None:
        return
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=repr)
    except (TypeError, ValueError, RecursionError):
        text = json.dumps(repr(value), ensure_ascii=False)
    with open("_return_value.json", "w", encoding="utf-8") as file:
        file.write(text)


try:
    run()
except SystemExit:
    raise
except BaseException as error:
    import traceback

    # From where the program is on.
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != "main.py":
        frames = frames.tb_next
    with open("_error.txt", "w", encoding="utf-8") as file:
        traceback.print_exception(type(error), error, frames, file=file)
    sys.stdout.flush()
    raise SystemExit(1)
