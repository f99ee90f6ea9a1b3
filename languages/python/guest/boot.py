"""What a Python program finds in the sandbox: which modules there are, and what the sandbox changes in them.

Run once, before the snapshot, with the standard library's sources in the file system. Leaves for guest.c: `environment`,
`use_files`, `run_exit_functions`, `settle`. At run time nothing of the library is read from the host.
"""

import atexit
import gc
import marshal
import os
import sys
import zlib
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder

gc.disable()

STDLIB = os.path.dirname(os.__file__)
SANDBOX = '/sandbox'

# What is of no use in a sandbox: windows, tests, installers.
LEFT_OUT = {
    'test', 'tests', 'idlelib', 'idle_test', 'tkinter', 'turtledemo', 'turtle', 'ensurepip', 'venv', '__phello__', '__pycache__',
    'site-packages', 'lib2to3', 'pydoc_data',
}

# Imported before the snapshot: an `import` of these finds them in sys.modules.
PRELOADED = '''
    abc argparse array ast asyncio base64 bisect calendar cmath collections collections.abc colorsys concurrent.futures
    configparser contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib email.message enum errno
    fnmatch fractions functools gc getpass gettext glob graphlib gzip hashlib heapq hmac html html.parser inspect io
    ipaddress itertools json keyword linecache locale logging math mimetypes numbers operator os os.path pathlib pickle
    platform pprint queue random re reprlib secrets select selectors shlex shutil signal stat statistics string
    stringprep struct subprocess sys tempfile textwrap threading time timeit token tokenize traceback types typing
    unicodedata unittest unittest.mock urllib.parse uuid warnings weakref xml.etree.ElementTree zipfile zlib zoneinfo
    encodings.ascii encodings.idna encodings.latin_1 encodings.utf_8_sig encodings.cp437 _strptime
    concurrent.futures.thread collections.abc importlib.resources importlib.metadata multiprocessing
    json.decoder json.encoder json.scanner
'''.split()

# What an interpreter has imported before a program starts: a file of the program's cannot take their places.
ALWAYS_LOADED = {
    'sys', 'builtins', '_frozen_importlib', '_imp', '_thread', '_warnings', '_weakref', '_io', 'marshal', 'posix',
    '_frozen_importlib_external', 'time', 'zipimport', '_codecs', 'codecs', 'encodings', '_signal', '_abc', 'abc', 'io',
    '_stat', 'stat', '_collections_abc', 'genericpath', 'posixpath', 'os', 'site', '_sitebuiltins', '__main__',
}


# ---- the standard library, as code objects ----

class Library:
    """Finds and loads modules from the snapshot."""

    # name: (whether it is a package, path below STDLIB, marshalled code, compressed source)
    files = {}

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        entry = cls.files.get(name)
        if entry is None:
            return None
        spec = ModuleSpec(name, cls, origin=f'{STDLIB}/{entry[1]}', is_package=entry[0])
        spec.has_location = True
        if entry[0]:
            spec.submodule_search_locations.append(os.path.dirname(spec.origin))
        return spec

    @staticmethod
    def create_module(spec):
        return None

    @classmethod
    def exec_module(cls, module):
        exec(cls.get_code(module.__spec__.name), module.__dict__)

    @classmethod
    def get_code(cls, name):
        return marshal.loads(cls.files[name][2])

    @classmethod
    def get_source(cls, name):
        entry = cls.files.get(name)
        return zlib.decompress(entry[3]).decode() if entry else None

    @classmethod
    def is_package(cls, name):
        return cls.files[name][0]

    @classmethod
    def get_filename(cls, name):
        return f'{STDLIB}/{cls.files[name][1]}'


def read_library():
    def read(folder, prefix):
        for name in sorted(os.listdir(f'{STDLIB}/{folder}')):
            path = folder + name
            stem, dot, extension = name.partition('.')
            if stem in LEFT_OUT:
                continue
            if not dot:
                read(f'{path}/', f'{prefix}{stem}.')
            elif extension == 'py':
                with open(f'{STDLIB}/{path}', 'rb') as file:
                    source = file.read()
                code = compile(source, f'{STDLIB}/{path}', 'exec', dont_inherit=True, optimize=0)
                is_package = stem == '__init__'
                module = prefix[:-1] if is_package else prefix + stem
                Library.files[module] = is_package, path, marshal.dumps(code), zlib.compress(source, 9)

    read('', '')


read_library()
# What is already imported came from the file system; from here on it is the library's like all the rest.
for name, module in sys.modules.items():
    if name in Library.files and getattr(module, '__spec__', None) and module.__spec__.origin != 'frozen':
        module.__spec__.loader = module.__loader__ = Library
# Frozen modules have code, but no source to show in a traceback.
FrozenImporter.get_source = Library.get_source

sys.meta_path[:] = [BuiltinImporter, FrozenImporter, Library, PathFinder]
# Kept as a folder that exists in name only: nothing in it is looked up on the host.
sys.path[:] = [SANDBOX, STDLIB]
sys.path_importer_cache.clear()
sys.path_importer_cache[STDLIB] = None


def use_files():
    """The job brings files: they may be modules, and come before the library's."""
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder, Library]
    for name in os.listdir(SANDBOX):
        stem = name.removesuffix('.py')
        if stem in sys.modules and stem not in ALWAYS_LOADED:
            del sys.modules[stem]
            for other in [other for other in sys.modules if other.startswith(stem + '.')]:
                del sys.modules[other]


# ---- what the sandbox changes ----

def preload():
    for name in PRELOADED:
        try:
            __import__(name)
        except ImportError as error:
            print(f'not preloaded: {name}: {error}', file=sys.stderr)


def forbid_threads():
    import _thread
    import threading

    def start(*args, **kwargs):
        raise RuntimeError("can't start new thread: there are no threads in this sandbox")

    for name in ('start_new_thread', 'start_new', 'start_joinable_thread'):
        if hasattr(_thread, name):
            setattr(_thread, name, start)
    for name in ('_start_new_thread', '_start_joinable_thread'):
        if hasattr(threading, name):
            setattr(threading, name, start)


def give_asyncio_a_loop():
    """asyncio's own loop wakes itself up through a pair of sockets, which there are none of. Nothing but the loop's own
    thread can wake it here, so it needs no such thing."""
    import asyncio
    from asyncio import unix_events

    class SandboxEventLoop(asyncio.SelectorEventLoop):
        def _make_self_pipe(self):
            self._ssock = self._csock = None
            self._internal_fds += 1

        def _close_self_pipe(self):
            self._internal_fds -= 1

        def _write_to_self(self):
            pass

    SandboxEventLoop.__name__ = SandboxEventLoop.__qualname__ = '_UnixSelectorEventLoop'
    SandboxEventLoop.__module__ = 'asyncio.unix_events'
    unix_events._UnixSelectorEventLoop = SandboxEventLoop
    unix_events.SelectorEventLoop = asyncio.SelectorEventLoop = SandboxEventLoop
    for module in (unix_events, asyncio):
        if hasattr(module, 'EventLoop'):
            module.EventLoop = SandboxEventLoop
    for name in ('_UnixDefaultEventLoopPolicy', '_DefaultEventLoopPolicy'):
        if hasattr(unix_events, name):
            getattr(unix_events, name)._loop_factory = SandboxEventLoop


def warm_loop():
    import asyncio

    async def child(n):
        await asyncio.sleep(0.001)
        return n

    async def main():
        await asyncio.gather(child(1), child(2))

    asyncio.run(main())


preload()
forbid_threads()
if 'asyncio' in sys.modules:
    give_asyncio_a_loop()
    warm_loop()

sys.stdout.reconfigure(line_buffering=True)
sys.flags  # made on first use
os.chdir(SANDBOX)
os.environ.clear()
environment = os.environ._data
run_exit_functions = atexit._run_exitfuncs


def settle():
    """The last thing before the snapshot. Returns all objects that the collector knows."""
    import linecache
    import random
    import re

    linecache.clearcache()
    sys.path_importer_cache.pop(SANDBOX, None)
    for name in ('last_exc', 'last_type', 'last_value', 'last_traceback'):
        sys.__dict__.pop(name, None)
    if hasattr(random._inst, '_seed_later'):
        random._inst._seed_later()
    print(len(Library.files), 'modules in the library,', len(sys.modules), 'imported', file=sys.stderr)
    for _ in range(3):
        gc.collect()
    objects = gc.get_objects()
    gc.freeze()
    gc.enable()
    return objects
