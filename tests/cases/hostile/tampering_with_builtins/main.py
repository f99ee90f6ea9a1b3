import builtins
import gc
import os
import sys

builtins.leak = "leak"
builtins.len = lambda x: 42
builtins.open = builtins.__import__
sys.modules["json"] = "poisoned"
sys.path.insert(0, "/tmp")
sys.path_hooks.clear()
sys.meta_path.clear()
sys.argv[:] = ["poisoned"]
sys.setrecursionlimit(100_000)
sys.set_int_max_str_digits(0)
sys.stdout.reconfigure(encoding="utf-16")
sys.settrace(lambda *_: None)
sys.setprofile(lambda *_: None)
sys.excepthook = sys.unraisablehook = None
gc.disable()
gc.callbacks.append(print)
os.environ["LEAK"] = "leak"
os.getcwd = lambda: "poisoned"
open_file = vars(sys.modules["io"])["open"]
for path in ("/tmp/leak", "/sandbox/leak", "/sandbox/json.py", "/tmp/json.py"):
    open_file(path, "w").write("leak")
print.__self__.__dict__.update(print=None, repr=None, sorted=None, type=None)
