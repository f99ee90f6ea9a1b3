"""Runs one module of CPython's own test suite inside a sandbox.

Arguments: the module. Tests named in the file `done` have run in an earlier sandbox, which one of them ended, and are left out.
What becomes of each test goes to standard error, where the tests' own output goes too: a line that starts with a record separator and holds JSON,
`[kind, test, detail]`. The kinds are start, passed, failed, skipped and end.
"""

import gc
import importlib
import json
import os
import sys
import traceback
import unittest

# What may be used: time, but neither a network nor a display.
RESOURCES = ['cpu', 'decimal']
# The end of a long traceback says what went wrong.
DETAIL_CHARACTERS_MAX = 4000

write = os.write
dumps = json.dumps


def tell(kind, test='', detail=''):
    line = b'\n\x1e' + dumps([kind, test, detail[-DETAIL_CHARACTERS_MAX:]]).encode() + b'\n'
    while line:
        line = line[write(2, line):]


class Result(unittest.TestResult):
    """Tells one thing for each test, whatever its subtests did."""

    def __init__(self, prefix):
        super().__init__()
        self.prefix = prefix
        self.failed = {}

    def name(self, test):
        return test.id().removeprefix(self.prefix)

    def startTest(self, test):
        self.told = None
        tell('start', self.name(test))

    def stopTest(self, test):
        kind, detail = self.told or ('passed', '')
        tell(kind, self.name(test), detail)
        # What holds on to the frames of failed tests would hold on to all that they made.
        gc.collect()

    def note(self, test, kind, detail=''):
        if hasattr(self, 'told') and not isinstance(test, unittest.suite._ErrorHolder):
            if self.told is None or kind == 'failed':
                self.told = kind, detail
        else:
            tell(kind, self.name(test), detail)

    def why(self, test, error):
        return ''.join(traceback.format_exception(*error))

    def addSuccess(self, test):
        pass

    def addError(self, test, error):
        self.note(test, 'failed', self.why(test, error))

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.note(test, 'failed', f'{subtest}\n{self.why(test, error)}')

    def addSkip(self, test, reason):
        # A subtest that is skipped skips no test.
        if not isinstance(test, unittest.case._SubTest):
            self.note(test, 'skipped', str(reason))

    def addExpectedFailure(self, test, error):
        pass

    def addUnexpectedSuccess(self, test):
        self.note(test, 'failed', 'unexpected success')


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def without(suite, name, done):
    """The suite without what is done; suites keep their order, because they set classes and modules up."""
    kept = []
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            test = without(test, name, done)
            kept.append(test)
        elif name(test) not in done:
            kept.append(test)
    return type(suite)(kept)


def prepare(module):
    """What the suite takes for granted and a sandbox has not, where whole modules would be lost for a few of their tests."""
    from test import support

    support.use_resources = RESOURCES
    support.verbose = 0
    # Most of these tests use no sockets; those that do, fail.
    if module.startswith('test_asyncio.'):
        support.has_socket_support = True
    # Imported by helpers of other tests, it skips them all where there are no processes.
    can_start, support.has_subprocess_support = support.has_subprocess_support, True
    import test.test_tools

    support.has_subprocess_support = can_start
    # The library's sources are no files here: what is done for each of them is done for none.
    library = os.path.dirname(os.__file__)
    list_folder = os.listdir
    os.listdir = lambda path='.': [] if path == library else list_folder(path)


def main(module):
    prepare(module)
    try:
        with open('done') as file:
            done = set(file.read().splitlines())
        os.remove('done')
    except FileNotFoundError:
        done = set()
    result = Result(f'test.{module}.')
    try:
        loaded = importlib.import_module(f'test.{module}')
        suite = unittest.defaultTestLoader.loadTestsFromModule(loaded)
    except unittest.SkipTest as skip:
        tell('skipped', '(module)', str(skip))
    except BaseException:
        tell('failed', '(module)', traceback.format_exc())
    else:
        without(suite, result.name, done).run(result)
    tell('end')
    sys.stdout.flush()
    # Threads, exit functions and objects that a test left behind are no longer of interest.
    os._exit(0)


module = sys.argv[1]
sys.argv[1:] = []
main(module)
