"""What a sandbox does not have: importing it works, using it raises an error that says so.

Run by boot.py, before the snapshot. Modules of the standard library that need a terminal, a display, other processes or a
network are there by name; everything in them is something that cannot be used. Functions of modules that are there (os,
socket, subprocess, signal) are completed in the same way, or, where an answer is obvious, answer it.
"""

import errno
import os
import posix
import signal
import socket
import subprocess
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

NO_PROCESSES = 'there are no other processes in this sandbox'
NO_NETWORK = 'there is no network in this sandbox'
NO_TERMINAL = 'there is no terminal in this sandbox: output is text, input comes as a whole'
NO_DISPLAY = 'there is no display in this sandbox'
NO_MAPPING = 'there are no memory mappings in this sandbox'
NO_INTERPRETERS = 'there is one interpreter in this sandbox'
NO_INSTALLING = 'nothing can be installed in this sandbox: give packages along as wheels'

MODULES = {
    'curses': NO_TERMINAL, '_curses': NO_TERMINAL, '_curses_panel': NO_TERMINAL, 'termios': NO_TERMINAL, 'tty': NO_TERMINAL, 'pty': NO_TERMINAL,
    'tkinter': NO_DISPLAY, '_tkinter': NO_DISPLAY, 'turtle': NO_DISPLAY, 'turtledemo': NO_DISPLAY, 'idlelib': NO_DISPLAY,
    '_multiprocessing': NO_PROCESSES, '_posixshmem': NO_PROCESSES, '_posixsubprocess': NO_PROCESSES, 'fcntl': NO_PROCESSES,
    'syslog': NO_PROCESSES, '_interpreters': NO_INTERPRETERS, '_interpqueues': NO_INTERPRETERS,
    '_interpchannels': NO_INTERPRETERS, 'concurrent.interpreters': NO_INTERPRETERS,
    'concurrent.futures.interpreter': NO_INTERPRETERS, '_remote_debugging': NO_PROCESSES, 'mmap': NO_MAPPING, 'ssl': NO_NETWORK,
    '_ssl': NO_NETWORK, 'venv': NO_INSTALLING, 'ensurepip': NO_INSTALLING,
}


def reason_for(name):
    return MODULES.get(name) or MODULES.get(name.partition('.')[0])


class Absent:
    """Stands for a function, class or constant of a module that is only there by name."""

    def __init__(self, name, reason):
        self.__name__ = self.__qualname__ = name
        self._reason = reason

    def _refuse(self, *args, **kwargs):
        raise NotImplementedError(f'{self.__name__} cannot work: {self._reason}')

    __call__ = __mro_entries__ = __or__ = __and__ = __ror__ = __rand__ = __int__ = __index__ = __iter__ = __getitem__ = _refuse
    __enter__ = _refuse

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Absent(f'{self.__name__}.{name}', self._reason)

    def __repr__(self):
        return f'<{self.__name__}, which cannot work: {self._reason}>'


class AbsentModules:
    """Finds modules of which there is only the name."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if reason_for(name):
            return ModuleSpec(name, cls, origin='absent', is_package=True)
        return None

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        reason = reason_for(module.__name__)
        made = {}

        def __getattr__(name):
            if name.startswith('__') and name.endswith('__'):
                raise AttributeError(f'module {module.__name__!r} has no attribute {name!r}')
            if name not in made:
                # What a program catches must be an exception.
                is_error = name == 'error' or name.endswith(('Error', 'Exception'))
                made[name] = type(name, (OSError,), {}) if is_error else Absent(f'{module.__name__}.{name}', reason)
            return made[name]

        module.__getattr__ = __getattr__
        # `from turtle import *`: the first use of anything says what there is not.
        module.__all__ = STARRED.get(module.__name__, [])


STARRED = {
    'turtle': '''Screen Turtle Pen RawTurtle Vec2D forward fd backward back bk right rt left lt goto setpos setposition setx sety
        setheading seth home circle dot stamp undo speed position pos towards xcor ycor heading distance pendown pd down penup
        pu up pensize width pen color pencolor fillcolor begin_fill end_fill reset clear write showturtle st hideturtle ht
        shape shapesize bgcolor bgpic tracer update delay title setup screensize done mainloop exitonclick onclick onkey
        onkeypress listen ontimer bye textinput numinput register_shape colormode'''.split(),
    'tkinter': '''Tk Frame Label Button Entry Text Canvas Scrollbar Listbox Menu Menubutton Message Radiobutton Checkbutton Scale
        Spinbox Toplevel LabelFrame PanedWindow StringVar IntVar DoubleVar BooleanVar PhotoImage mainloop END LEFT RIGHT TOP
        BOTTOM BOTH X Y N S E W NSEW CENTER INSERT NORMAL DISABLED ACTIVE WORD'''.split(),
}


# ---- modules that can answer ----

def module(name, members):
    made = ModuleType(name)
    made.__dict__.update(members)
    made.__spec__ = ModuleSpec(name, None, origin='sandbox')
    return made


def user_database():
    """One user, whose home is the working folder."""
    from collections import namedtuple

    password = namedtuple('struct_passwd', 'pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell', module='pwd')
    group = namedtuple('struct_group', 'gr_name gr_passwd gr_gid gr_mem', module='grp')
    user = password('sandbox', 'x', USER, USER, '', '/sandbox', '/bin/sh')
    users = group('sandbox', 'x', USER, [])

    def find(entry, column, kind):
        def look(key):
            if key != entry[column]:
                raise KeyError(f'{kind}: {key!r} is not there')
            return entry
        return look

    sys.modules['pwd'] = module('pwd', {
        'struct_passwd': password, 'getpwuid': find(user, 2, 'getpwuid()'), 'getpwnam': find(user, 0, 'getpwnam()'),
        'getpwall': lambda: [user],
    })
    sys.modules['grp'] = module('grp', {
        'struct_group': group, 'getgrgid': find(users, 2, 'getgrgid()'), 'getgrnam': find(users, 0, 'getgrnam()'),
        'getgrall': lambda: [users],
    })


def resource_usage():
    import time
    from collections import namedtuple

    usage = namedtuple(
        'struct_rusage',
        'ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock ru_msgsnd '
        'ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw',
        module='resource',
    )

    def getrusage(who):
        """Processor time; nothing else is counted."""
        return usage(time.process_time(), 0.0, *[0] * 14)

    limits = 'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS'.split()
    sys.modules['resource'] = module('resource', {
        'struct_rusage': usage, 'getrusage': getrusage, 'getpagesize': lambda: 65536, 'RUSAGE_SELF': 0, 'RUSAGE_CHILDREN': -1,
        'RLIM_INFINITY': -1, 'error': OSError, 'getrlimit': lambda limit: (-1, -1),
        'setrlimit': refusing('resource.setrlimit', 'limits are set from outside of this sandbox', (OSError, errno.EPERM)),
        **{f'RLIMIT_{name}': number for number, name in enumerate(limits)},
    })


def line_editing():
    """Programs import readline so that input() can be edited; it has nothing to do here."""
    names = '''parse_and_bind read_init_file set_completer get_completer set_completer_delims get_completer_delims
        read_history_file write_history_file append_history_file get_current_history_length set_history_length
        get_history_item add_history clear_history set_auto_history set_startup_hook set_pre_input_hook
        set_completion_display_matches_hook redisplay insert_text get_line_buffer get_begidx get_endidx'''.split()
    sys.modules['readline'] = module('readline', dict.fromkeys(names, lambda *args: None) | {'backend': 'readline'})


# ---- functions of modules that are there ----

USER = 1000


def refusing(name, reason, error=None):
    """A function that raises."""
    def refuse(*args, **kwargs):
        if error is None:
            raise NotImplementedError(f'{name}() cannot work: {reason}')
        raise error[0](error[1], f'{os.strerror(error[1])}: {reason}')

    refuse.__name__ = refuse.__qualname__ = name.rpartition('.')[2]
    refuse.__module__ = name.partition('.')[0]
    return refuse


def complete_os():
    denied = OSError, errno.ENOSYS
    names = '''fork forkpty execv execve posix_spawn posix_spawnp spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe
        system wait wait3 wait4 waitid waitpid waitstatus_to_exitcode killpg nice pipe pipe2 openpty mkfifo setuid setgid setsid chroot'''.split()
    found = {name: refusing(f'os.{name}', NO_PROCESSES, denied) for name in names}
    found['kill'] = kill
    for name in ('getuid', 'geteuid', 'getgid', 'getegid'):
        found[name] = lambda: USER
    found['getppid'] = lambda: 0
    found['getgroups'] = lambda: [USER]
    found['getlogin'] = lambda: 'sandbox'
    found['getloadavg'] = lambda: (0.0, 0.0, 0.0)
    found['umask'] = umask
    found['sched_getaffinity'] = lambda pid: {0}
    found['get_terminal_size'] = terminal_size
    # There is one user, who may do everything that is possible here.
    for name in ('chown', 'fchown', 'lchown', 'fchmod'):
        found[name] = lambda *args, **kwargs: None
    for name, function in found.items():
        if not hasattr(os, name):
            if isinstance(function, type(complete_os)):
                function.__name__ = function.__qualname__ = name
                function.__module__ = 'posix'
            setattr(posix, name, function)
            setattr(os, name, function)


def kill(pid, number):
    """Send a signal to this process; there is no other."""
    if pid not in (0, os.getpid()):
        raise ProcessLookupError(errno.ESRCH, 'No such process')
    if number == signal.SIGKILL:
        os._exit(128 + number)
    if number:
        signal.raise_signal(number)


def umask(mask, current=[0o022]):
    """Set the current numeric umask and return the previous umask."""
    current[0], before = mask & 0o777, current[0]
    return before


def terminal_size(descriptor=1):
    raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))


def complete_signal():
    for name in ('alarm', 'setitimer', 'getitimer', 'pause', 'sigwait', 'pthread_kill'):
        setattr(signal, name, refusing(f'signal.{name}', 'nothing sends signals in this sandbox'))


def complete_socket():
    import _socket

    unreachable = OSError, errno.ENETUNREACH
    original = socket.socket.__init__

    def __init__(self, *args, fileno=None, **kwargs):
        if fileno is None:
            raise OSError(errno.ENETUNREACH, f'Network is unreachable: {NO_NETWORK}')
        original(self, *args, fileno=fileno, **kwargs)

    socket.socket.__init__ = __init__
    for name in ('getaddrinfo', 'gethostbyname', 'gethostbyname_ex', 'gethostbyaddr', 'getnameinfo'):

        def resolve(*args, **kwargs):
            raise socket.gaierror(-3, f'Temporary failure in name resolution: {NO_NETWORK}')

        resolve.__name__ = resolve.__qualname__ = name
        resolve.__module__ = 'socket'
        if not hasattr(socket, name):
            setattr(socket, name, resolve)
        setattr(_socket, name, resolve)
    socket.socketpair = refusing('socket.socketpair', NO_NETWORK, unreachable)

    # There is no ssl either, without which urllib does not know what https is.
    import http.client
    import urllib.request

    class HTTPSConnection(http.client.HTTPConnection):
        default_port = http.client.HTTPS_PORT

    class HTTPSHandler(urllib.request.AbstractHTTPHandler):
        def https_open(self, request):
            return self.do_open(HTTPSConnection, request)

        https_request = urllib.request.AbstractHTTPHandler.do_request_

    for made, owner in ((HTTPSConnection, http.client), (HTTPSHandler, urllib.request)):
        made.__module__, made.__qualname__ = owner.__name__, made.__name__
        setattr(owner, made.__name__, made)


def complete_subprocess():
    def __init__(self, args, *rest, **kwargs):
        self._child_created = False
        self.returncode = None
        name = args if isinstance(args, (str, bytes, os.PathLike)) else next(iter(args), '')
        raise OSError(errno.ENOSYS, f'{os.strerror(errno.ENOSYS)}: {NO_PROCESSES}', os.fsdecode(name))

    subprocess.Popen.__init__ = __init__


def complete_multiprocessing():
    """Objects that are for several processes are refused when they are made: later errors would not say why."""
    import multiprocessing
    from multiprocessing import context, process

    reason = f'{NO_PROCESSES}. concurrent.futures.ThreadPoolExecutor and map() do the same work, one thing after another'
    process.BaseProcess.start = refusing('multiprocessing.Process.start', reason)
    names = '''Manager Pipe Lock RLock Condition Semaphore BoundedSemaphore Event Barrier Queue JoinableQueue SimpleQueue Pool
        RawValue RawArray Value Array'''.split()
    for name in names:
        refuse = refusing(f'multiprocessing.{name}', reason)
        setattr(context.BaseContext, name, refuse)
        setattr(multiprocessing, name, refuse)


def complete_ctypes():
    import _ctypes

    def dlopen(name, mode=0):
        if name is None:
            # ctypes.pythonapi: there are no names to be found in it.
            return 0
        raise OSError(f'{name}: cannot open shared object file: there are no shared libraries in this sandbox')

    def dlsym(handle, name):
        raise OSError(f'undefined symbol: {name}: there are no shared libraries in this sandbox')

    _ctypes.dlopen = dlopen
    _ctypes.dlsym = dlsym


# ---- what is missing ----

# Imported by many programs, and made of more than Python.
COMPILED = {
    'numpy', 'pandas', 'scipy', 'matplotlib', 'sklearn', 'PIL', 'cv2', 'torch', 'tensorflow', 'keras', 'lxml', 'cryptography',
    'psycopg2', 'pygame', 'numba', 'jax', 'polars', 'pyarrow', 'orjson', 'pydantic_core', 'seaborn', 'statsmodels', 'plotly',
}
NETWORKED = {
    'requests', 'httpx', 'aiohttp', 'urllib3', 'flask', 'django', 'fastapi', 'uvicorn', 'selenium', 'boto3', 'openai', 'anthropic',
    'sqlalchemy', 'pymongo', 'redis', 'mysql', 'tweepy', 'scrapy', 'websockets', 'paramiko',
}


def explain_missing_modules(available):
    """Adds to an uncaught ModuleNotFoundError what the sandbox knows; what a program sees of it stays as it is."""
    import traceback

    original = traceback.TracebackException.__init__

    def __init__(self, exc_type, exc_value, *args, **kwargs):
        original(self, exc_type, exc_value, *args, **kwargs)
        if exc_type is ModuleNotFoundError and exc_value.name and str(exc_value) == f'No module named {exc_value.name!r}':
            self._str = str(exc_value) + explanation(exc_value.name, available)

    traceback.TracebackException.__init__ = __init__


def explanation(name, available):
    import difflib

    top = name.partition('.')[0]
    if top in COMPILED:
        return f'. {top} is not available in this sandbox: it is made of compiled code'
    if top in NETWORKED:
        return f'. {top} is not available in this sandbox, and neither is a network'
    known = {module.partition('.')[0] for module in available} | sys.stdlib_module_names
    if top in known:
        known = {module for module in available if module.startswith(f'{top}.')}
    else:
        try:
            known |= {file.removesuffix('.py') for file in os.listdir('/sandbox')}
        except OSError:
            pass
    near = difflib.get_close_matches(name, [module for module in known if not module.startswith('_')], 3, 0.7)
    if near:
        names = ' or '.join(map(repr, near))
        return f'. Did you mean: {names}?'
    return '. Nothing can be installed in this sandbox: its packages are listed in docs/languages.md, pure wheels can be given along'


def install(available):
    sys.meta_path.append(AbsentModules)
    user_database()
    resource_usage()
    line_editing()
    complete_os()
    complete_signal()
    complete_socket()
    complete_subprocess()
    complete_multiprocessing()
    complete_ctypes()
    explain_missing_modules(available)
