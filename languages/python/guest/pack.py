"""Compiles the standard library and the packages: python3.14 pack.py LIB WHEELS FILES

LIB is the folder of the library's sources as it is in FILES, WHEELS a folder of wheels. Writes FILES/library.index, what there
is and where, and FILES/library.data, for boot.py. Run by the build system's interpreter rather than by the guest, in whose
snapshot everything would stay that compiling leaves behind.
"""

import ast
import marshal
import os
import sys
import zipfile
from compression.zstd import compress
from importlib.util import MAGIC_NUMBER

# What is of no use in a sandbox: windows, tests, installers.
LEFT_OUT = {
    'test', 'tests', 'idlelib', 'idle_test', 'tkinter', 'turtledemo', 'turtle', 'ensurepip', 'venv', '__phello__', '__pycache__',
    'site-packages', 'pydoc_data',
    # absent.py stands in for these, which need what there is not.
    'ssl', 'curses', 'tty', 'pty', 'interpreter', 'interpreters',
}

# Likewise in packages: tests, and what draws or installs.
LEFT_OUT_OF_PACKAGES = {'test', 'tests', 'testing', 'benchmarks', 'bench', '_pyinstaller', '__pyinstaller'}

NO_DATA = {'so', 'pyi', 'typed', 'rst', 'md'}

# Sources and packages are compressed in blocks of about so much: larger ones would be smaller in all, but slower to read.
BLOCK_BYTES = 256 << 10
PACK_LEVEL = 19


blocks, modules, files, metadata = [], [], [], {}
# What is written as it is, in the order of `modules`.
plain = []


class Packer:
    """Collects parts into blocks."""

    def __init__(self):
        self.start()

    def start(self):
        self.number = len(blocks)
        self.parts, self.size = [], 0
        blocks.append(b'')

    def add(self, content):
        """Where it will be: block, offset, size."""
        place = self.number, self.size, len(content)
        self.parts.append(content)
        self.size += len(content)
        if self.size >= BLOCK_BYTES:
            self.finish()
            self.start()
        return place

    def finish(self):
        blocks[self.number] = compress(b''.join(self.parts), PACK_LEVEL)


def python_files(folder, prefix=''):
    """(module, path) of all modules below a folder, those left out excepted."""
    for name in sorted(os.listdir(folder)):
        stem, dot, extension = name.partition('.')
        if stem in LEFT_OUT:
            continue
        if not dot:
            yield from python_files(f'{folder}/{name}', f'{prefix}{stem}.')
        elif extension == 'py':
            yield (prefix[:-1] if stem == '__init__' else prefix + stem), f'{folder}/{name}'


def pack_library(folder, installed):
    """The code of the standard library is not compressed, so that importing it is fast; its sources are."""
    sources = Packer()
    for name, path in python_files(folder):
        with open(path, 'rb') as file:
            source = file.read()
        path = installed + path.removeprefix(folder)
        code = marshal.dumps(compile(source, path, 'exec', dont_inherit=True, optimize=0))
        plain.append(code)
        modules.append((name, path.endswith('/__init__.py'), path, len(code), sources.add(source)))
    sources.finish()


def pack_wheel(wheel, installed):
    parts = Packer()
    with zipfile.ZipFile(wheel) as archive:
        for path in sorted(archive.namelist()):
            folders, name = path.split('/')[:-1], path.split('/')[-1]
            stem, _, extension = name.rpartition('.')
            if not LEFT_OUT_OF_PACKAGES.isdisjoint(folders) or stem.startswith(('test_', 'conftest', 'isympy')) or extension in NO_DATA:
                continue
            content = archive.read(path)
            if folders and folders[0].endswith('.dist-info'):
                if name in {'METADATA', 'entry_points.txt', 'top_level.txt'}:
                    add_metadata(folders[0], name, content.decode())
            elif extension == 'py':
                module = path.removesuffix('.py').replace('/', '.').removesuffix('.__init__')
                tree = without_docstrings(ast.parse(content))
                code = only_lines(compile(tree, f'{installed}/{path}', 'exec', dont_inherit=True, optimize=0))
                modules.append((module, name == '__init__.py', f'{installed}/{path}', parts.add(marshal.dumps(code)), None))
            elif folders and not folders[0].endswith('.data'):
                files.append((path, parts.add(content)))
    parts.finish()


def add_metadata(folder, name, text):
    if name == 'METADATA':
        # Without the description, which is most of it.
        text = text.partition('\n\n')[0] + '\n'
    project, version = folder.removesuffix('.dist-info').split('-')
    entry = metadata.setdefault(project.lower().replace('-', '_').replace('.', '_'), (project, version, {}))
    entry[2][name] = text


def without_docstrings(tree):
    """They would be a third of all code."""
    import ast

    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node, False):
            # Something must be left.
            node.body[:1] = [] if len(node.body) > 1 else [ast.copy_location(ast.Pass(), node.body[0])]
    return tree


def only_lines(code):
    """Without the columns, which are for carets under source lines; there are no sources of packages. A third of all code."""
    table, line_before = bytearray(), code.co_firstlineno
    for start, end, line in code.co_lines():
        # As Objects/locations.md has it: entries of up to eight code units; 13 is a line alone, 15 is none.
        for at in range(start, end, 16):
            units = min(end - at, 16) // 2
            if line is None:
                table.append(0x80 | 15 << 3 | units - 1)
                continue
            table.append(0x80 | 13 << 3 | units - 1)
            delta, line_before = line - line_before, line
            number = -delta << 1 | 1 if delta < 0 else delta << 1
            while number >= 0x40:
                table.append(0x40 | number & 0x3F)
                number >>= 6
            table.append(number)
    inner = tuple(only_lines(value) if isinstance(value, type(code)) else value for value in code.co_consts)
    return code.replace(co_linetable=bytes(table), co_consts=inner)


def main(library, wheels, target):
    installed = '/' + os.path.relpath(library, target)
    pack_library(library, installed)
    for name in sorted(os.listdir(wheels)):
        pack_wheel(f'{wheels}/{name}', f'{installed}/site-packages')
    with open(f'{target}/library.data', 'wb') as file:
        file.writelines(blocks)
        file.writelines(plain)
    index = {
        'magic': MAGIC_NUMBER, 'blocks': [len(block) for block in blocks], 'modules': modules, 'files': files,
        'metadata': metadata,
    }
    with open(f'{target}/library.index', 'wb') as file:
        marshal.dump(index, file)


main(*sys.argv[1:])
