"""What a Python program finds in the sandbox: which modules there are, and what the sandbox changes in them.

Run once, before the snapshot, with the standard library's sources in the file system. Leaves for guest.c: `environment`,
`use_files`, `run_exit_functions`, `load_layer`, `settle`. At run time nothing of the library is read from the host.
"""

import atexit
import gc
import marshal
import os
import sys
from compression.zstd import ZstdDecompressor
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from importlib.util import MAGIC_NUMBER

gc.disable()

STDLIB = os.path.dirname(os.__file__)
PACKAGES = f'{STDLIB}/site-packages'
SANDBOX = '/sandbox'

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
    json.decoder json.encoder json.scanner http.client urllib.request
'''.split()

# What an interpreter has imported before a program starts: a file of the program's cannot take their places.
ALWAYS_LOADED = {
    'sys', 'builtins', '_frozen_importlib', '_imp', '_thread', '_warnings', '_weakref', '_io', 'marshal', 'posix',
    '_frozen_importlib_external', 'time', 'zipimport', '_codecs', 'codecs', 'encodings', '_signal', '_abc', 'abc', 'io',
    '_stat', 'stat', '_collections_abc', 'genericpath', 'posixpath', 'os', 'site', '_sitebuiltins', '__main__',
}


# ---- the standard library, as code objects ----

class Library:
    """Finds and loads modules from the snapshot: the standard library's and those of packages."""

    # name: Module
    modules = {}

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        module = cls.modules.get(name)
        if module is None:
            return None
        spec = ModuleSpec(name, cls, origin=module.path, is_package=module.is_package)
        spec.has_location = True
        if module.is_package:
            spec.submodule_search_locations.append(os.path.dirname(module.path))
        return spec

    @staticmethod
    def create_module(spec):
        return None

    @classmethod
    def exec_module(cls, module):
        exec(cls.get_code(module.__spec__.name), module.__dict__)

    @classmethod
    def get_code(cls, name):
        return marshal.loads(cls.modules[name].code.read())

    @classmethod
    def get_source(cls, name):
        module = cls.modules.get(name)
        return module.source.read().decode() if module and module.source else None

    @classmethod
    def is_package(cls, name):
        return cls.modules[name].is_package

    @classmethod
    def get_filename(cls, name):
        return cls.modules[name].path

    @classmethod
    def get_data(cls, path):
        """A data file of a package, for pkgutil.get_data()."""
        entry = Packages.files.get(path.removeprefix(PACKAGES + '/'))
        if entry is None:
            raise FileNotFoundError(2, 'No such file or directory', path)
        return entry.read()

    @classmethod
    def get_resource_reader(cls, name):
        """For importlib.resources."""
        path = cls.modules[name].path
        if not path.startswith(PACKAGES):
            return None
        from importlib.resources.abc import TraversableResources

        class Reader(TraversableResources):
            def files(self):
                return Resource(os.path.dirname(path).removeprefix(PACKAGES + '/'))

        return Reader()

    @staticmethod
    def find_distributions(context):
        """For importlib.metadata."""
        return Packages.distributions(context.name)


class Module:
    __slots__ = 'is_package', 'path', 'code', 'source'

    def __init__(self, is_package, path, code, source):
        self.is_package = is_package
        self.path = path
        self.code = code
        self.source = source


class Plain:
    """Bytes as they are."""

    __slots__ = ('content',)

    def __init__(self, content):
        self.content = content

    def read(self):
        return self.content


class Part:
    """Bytes that are compressed together with others: alone they would be larger by a half."""

    __slots__ = 'block', 'at', 'size'

    # Few, because they are memory of the program; the parts of a package are mostly read one after another.
    unpacked = {}
    UNPACKED_MAX = 6

    def __init__(self, block, at, size):
        self.block = block
        self.at = at
        self.size = size

    def read(self):
        whole = Part.unpacked.pop(self.block, None)
        if whole is None:
            whole = ZstdDecompressor().decompress(self.block.content)
            if len(Part.unpacked) == Part.UNPACKED_MAX:
                del Part.unpacked[next(iter(Part.unpacked))]
        # What was read last is thrown away last.
        Part.unpacked[self.block] = whole
        return whole[self.at:self.at + self.size]


def read_library():
    """Reads what pack.py wrote, piece by piece: what is read and thrown away again would stay in the snapshot."""
    with open('/library.index', 'rb') as file:
        index = marshal.load(file)
    if index['magic'] != MAGIC_NUMBER:
        raise ImportError(f'the library was compiled by another version: {index["magic"]}, not {MAGIC_NUMBER}')
    with open('/library.data', 'rb', buffering=0) as file:
        blocks = [Plain(file.read(size)) for size in index['blocks']]

        def content(place):
            if place is None:
                return None
            return Plain(file.read(place)) if isinstance(place, int) else Part(blocks[place[0]], *place[1:])

        # In the order in which they were written.
        for name, is_package, path, code, source in index['modules']:
            Library.modules[name] = Module(is_package, path, content(code), content(source))
        for path, place in index['files']:
            Packages.files[path] = content(place)
        Packages.metadata.update(index['metadata'])


class Packages:
    """What was in the wheels besides modules."""

    # path below PACKAGES: Part
    files = {}
    # name as of PEP 503: (name, version, {metadata file: text})
    metadata = {}

    @classmethod
    def distributions(cls, name):
        from importlib.metadata import Distribution

        class Package(Distribution):
            def __init__(self, files):
                self._files = files

            def read_text(self, filename):
                return self._files.get(filename)

            def locate_file(self, path):
                from pathlib import PurePosixPath

                return PurePosixPath(PACKAGES) / path

        wanted = list(cls.metadata.values()) if name is None else [cls.metadata.get(normalized(name))]
        return [Package(entry[2]) for entry in wanted if entry]


def normalized(name):
    """As PEP 503 has it, with underscores."""
    return '_'.join(name.lower().replace('-', ' ').replace('_', ' ').replace('.', ' ').split())


class Resource:
    """A file or folder of a package: importlib.resources.abc.Traversable."""

    def __init__(self, path):
        self._path = path

    @property
    def name(self):
        return self._path.rpartition('/')[2]

    def is_file(self):
        return self._path in Packages.files

    def is_dir(self):
        return any(path.startswith(self._path + '/') for path in Packages.files)

    def iterdir(self):
        start = len(self._path) + 1
        names = {path[start:].partition('/')[0] for path in Packages.files if path.startswith(self._path + '/')}
        return iter([Resource(f'{self._path}/{name}') for name in sorted(names)])

    def joinpath(self, *parts):
        return Resource(os.path.normpath('/'.join([self._path, *map(str, parts)])))

    __truediv__ = joinpath

    def read_bytes(self):
        return Library.get_data(self._path)

    def read_text(self, encoding='utf-8', errors='strict'):
        return self.read_bytes().decode(encoding, errors)

    def open(self, mode='r', *args, **kwargs):
        import io

        stream = io.BytesIO(self.read_bytes())
        return stream if 'b' in mode else io.TextIOWrapper(stream, *args, **kwargs)

    def __str__(self):
        return f'{PACKAGES}/{self._path}'


read_library()
# What is already imported came from the file system; from here on it is the library's like all the rest.
for name, module in sys.modules.items():
    if name in Library.modules and getattr(module, '__spec__', None) and module.__spec__.origin != 'frozen':
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
    sys.meta_path.remove(PathFinder)
    sys.meta_path.insert(sys.meta_path.index(Library), PathFinder)
    for name in os.listdir(SANDBOX):
        if name.endswith('.whl'):
            sys.path.insert(1, f'{SANDBOX}/{name}')
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


def add_builtins():
    """What the module site adds to the builtins, which is not imported: it would look for files."""
    import _sitebuiltins
    import builtins

    builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')
    builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')
    builtins.copyright = _sitebuiltins._Printer('copyright', sys.copyright)
    builtins.credits = _sitebuiltins._Printer('credits', 'Thanks to CWI, CNRI, BeOpen, Zope Corporation, the Python Software '
                                              'Foundation, and a cast of thousands for supporting Python development. See '
                                              'www.python.org for more information.')
    builtins.license = _sitebuiltins._Printer('license', 'See https://www.python.org/psf/license/')
    builtins.help = _sitebuiltins._Helper()


def run_beside(name):
    """Runs a file that lies beside this one, as a module of its own."""
    with open(f'/{name}.py') as file:
        code = compile(file.read(), f'<{name}>', 'exec', dont_inherit=True)
    scope = {'__name__': f'_{name}', '__builtins__': __builtins__}
    exec(code, scope)
    return scope


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

        def run_in_executor(self, executor, func, *args):
            future = super().run_in_executor(executor, func, *args)
            self.call_soon(threads['run_next'])
            return future

        def _run_once(self):
            # Threads run while the loop waits, if nothing but they or time could make it go on.
            pending, running = threads['pending'], threads['running']
            if (pending or running) and not self._ready and not self._stopping and not self._selector.get_map():
                if pending:
                    threads['run_next']()
                else:
                    when = self._scheduled[0]._when if self._scheduled else None
                    threads['wait'](None, None if when is None else max(when - self.time(), 0))
            super()._run_once()

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
add_builtins()
threads = run_beside('threads')
if 'asyncio' in sys.modules:
    give_asyncio_a_loop()
    warm_loop()
run_beside('absent')['install'](Library.modules)
print(len(Library.modules), 'modules in the library,', len(sys.modules), 'imported', file=sys.stderr)

sys.stdout.reconfigure(line_buffering=True)
sys.flags  # made on first use
os.chdir(SANDBOX)
os.environ.clear()
environment = os.environ._data
run_exit_functions = atexit._run_exitfuncs


def load_layer(names):
    """Imports modules that many programs will find imported. To each they are to look as if it had been the first."""
    import random

    # Generators that were seeded with entropy: what is drawn now would be everybody's.
    generators = {}
    seed = random.Random.seed

    def noted_seed(self, a=None, version=2):
        seed(self, a, version)
        if a is None:
            generators[id(self)] = self
        else:
            generators.pop(id(self), None)

    random.Random.seed = noted_seed
    try:
        for name in names:
            __import__(name)
    finally:
        random.Random.seed = seed
    for generator in generators.values():
        generator._seed_later()
    if 'dateutil.parser' in sys.modules:
        forget_the_year(sys.modules['dateutil.parser'])


class Later:
    """An attribute of instances that is computed when it is first read."""

    def __init__(self, name, compute):
        self.name = name
        self.compute = compute

    def __get__(self, instance, owner):
        if instance is None:
            raise AttributeError(self.name)
        return instance.__dict__.setdefault(self.name, self.compute(instance))


def forget_the_year(parser):
    """dateutil's parser keeps the year in which it was imported."""
    import time

    parser.parserinfo._year = Later('_year', lambda info: time.localtime().tm_year)
    parser.parserinfo._century = Later('_century', lambda info: info._year // 100 * 100)
    info = parser._parser.DEFAULTPARSER.info
    del info._year, info._century


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
    Part.unpacked.clear()
    for _ in range(3):
        gc.collect()
    objects = gc.get_objects()
    gc.freeze()
    gc.enable()
    return objects
