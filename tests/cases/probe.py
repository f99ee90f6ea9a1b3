"""What a fresh interpreter looks like to a program: the same before and after anything that ran here earlier."""

import builtins
import gc
import os
import sys

for module in (builtins, sys, os, __import__('__main__')):
    for name in sorted(vars(module)):
        value = vars(module)[name]
        print(module.__name__, name, type(value).__name__, getattr(value, '__module__', ''), getattr(value, '__qualname__', ''))
for name in sorted(sys.modules):
    print(name, type(sys.modules[name]).__name__, len(dir(sys.modules[name])))
for type_ in (object, int, str, list, dict, set, BaseException, type(sys.stdout)):
    print(type_.__qualname__, sorted(vars(type_)))
print(sys.path, sys.argv, sys.meta_path, sys.path_hooks and len(sys.path_hooks), sorted(sys.path_importer_cache))
print(sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), sys.int_info, sys.get_int_max_str_digits())
print(gc.get_threshold(), gc.isenabled(), gc.get_freeze_count() > 0, gc.callbacks)
print(sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stderr.encoding, sys.stdin.encoding)
print(dict(os.environ), os.getcwd(), sorted(os.listdir('/')), os.listdir('/tmp'), os.listdir('/sandbox'))
print(hash('leak'), 'leak' in globals(), len(sys.stdin.read()))
