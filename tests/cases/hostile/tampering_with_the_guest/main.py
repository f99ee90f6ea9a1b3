import atexit
import gc
import sys

atexit._run_exitfuncs = None
for thing in gc.get_objects():
    if type(thing) is dict and "environment" in thing:
        thing["environment"] = thing["run_exit_functions"] = thing["use_files"] = None
for name in list(sys.modules):
    if name not in ("sys", "builtins", "gc"):
        del sys.modules[name]
