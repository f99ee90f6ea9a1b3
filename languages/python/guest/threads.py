"""Threads in turn: a thread runs, to its end, while another one waits.

There are no threads in WebAssembly's single thread, but most programs that use them need only that they all run. A thread
that is started runs when the program waits for the first time: for a thread, a lock, a queue, a future, a sleep to be over,
or at its end. It runs on the stack of the one that waits, which therefore goes on only after it. What is left is raised as an
error that says so: a thread waits for what only one below it on the stack could do.

Run by boot.py, before the snapshot. Costs nothing until a thread is started: the interpreter asks `wait` only from then on
(patches/5-threads-in-turn.patch).
"""

import _thread
import queue
import select
import threading
import time
import weakref
from collections import deque
from concurrent.futures import thread as pool

# How much longer than it wanted to may the program sleep so that a thread comes to its end meanwhile.
OVERSLEEP_S_MAX = 3.0
# Threads on the stack of others, and threads that wait to be run.
NESTING_MAX = 100
PENDING_MAX = 10_000

pending = deque()
# Threads that run, the innermost last, without the main thread.
running = []
# What the threads on the stack wait for, the innermost last.
waits = []
numbers = iter(range(1, 1 << 30))
# The address space is not that large: a thread's identity is the main thread's and its number.
MAIN_IDENT = _thread.get_ident()


class Start:
    """A thread that was started and has not run yet."""

    def __init__(self, function, daemon):
        self.function = function
        self.daemon = daemon
        self.number = next(numbers)
        self.handle = None
        owner = getattr(function, '__self__', None)
        # What the thread does: threads that do the same rarely wait for each other.
        self.task = getattr(owner, '_target', None) or getattr(type(owner), 'run', None) or function

    def run(self):
        pending.remove(self)
        if len(running) >= NESTING_MAX:
            raise RuntimeError(f"can't run more than {NESTING_MAX} threads while others wait for them in this sandbox")
        running.append(self)
        try:
            _thread._run_in_turn(self.number, self.call)
        finally:
            running.pop()
            if self.handle:
                self.handle.done = True

    def call(self):
        try:
            self.function()
        except SystemExit:
            pass


class Wait:
    """What a thread on the stack waits for."""

    def __init__(self, lock, deadline):
        self.thread = running[-1] if running else None
        self.lock = lock
        self.deadline = deadline

    def is_over(self):
        if self.lock is not None and not self.lock.locked():
            return True
        return self.deadline is not None and time.monotonic() >= self.deadline


class Handle:
    """Takes the place of `_thread._ThreadHandle`."""

    def __init__(self, ident=None):
        self.ident = ident
        self.start = None
        self.done = False

    def is_done(self):
        return self.done

    def _set_done(self):
        self.done = True

    def join(self, timeout=None):
        if self.start in pending and (timeout is None or timeout > 0):
            self.start.run()
        if not self.done and timeout is None:
            raise deadlock(f'joins {threading._active.get(self.ident)!r}, which waits for it')


def deadlock(what):
    return RuntimeError(
        f'this thread {what}: in this sandbox, a thread runs to its end while another one waits, and never beside it '
        '(see "Threads" in docs/languages.md)'
    )


def add(function, daemon):
    if len(pending) >= PENDING_MAX:
        raise RuntimeError("can't start new thread: too many are waiting to be run")
    if not numbers_used:
        import atexit

        numbers_used.append(True)
        _thread._set_turn_hook(wait)
        atexit.register(run_all)
    start = Start(function, daemon)
    pending.append(start)
    return start


numbers_used = []


def start_joinable_thread(function, handle=None, daemon=True):
    start = add(function, daemon)
    if handle is None:
        handle = Handle()
    start.handle, handle.start = handle, start
    handle.ident = MAIN_IDENT + start.number
    thread = getattr(function, '__self__', None)
    if isinstance(thread, threading.Thread):
        thread._ident = handle.ident
        thread._started.set()
    return handle


def start_new_thread(function, args, kwargs={}, /):
    if not callable(function):
        raise TypeError('first arg must be callable')

    def call():
        try:
            function(*args, **kwargs)
        except SystemExit:
            pass
        except BaseException as error:
            import sys

            sys.unraisablehook(type('UnraisableHookArgs', (), {
                'exc_type': type(error), 'exc_value': error, 'exc_traceback': error.__traceback__,
                'err_msg': f'Exception ignored in thread started by {function!r}', 'object': None,
            }))

    return MAIN_IDENT + add(call, True).number


def is_alive(self):
    assert self._initialized, 'Thread.__init__() not called'
    handle = self._os_thread_handle
    if handle.done or not self._started.is_set():
        return False
    # Who asks again and again waits.
    handle.asked = getattr(handle, 'asked', 0) + 1
    if handle.asked > 2 and handle.start in pending:
        handle.start.run()
    return not handle.done


def run_all():
    """The end of the program: it waits for all threads but daemons."""
    while True:
        start = next((start for start in pending if not start.daemon), None)
        if start is None:
            return
        start.run()


def run_next():
    """One thread, now."""
    if pending:
        pending[0].run()


def next_start(lock):
    """The thread that should run while the current one waits."""
    me = running[-1] if running else None
    order = sorted(pending, key=lambda start: start.daemon) if lock is not None else list(pending)
    if me is not None and lock is None:
        # A sleep: those that do the same go on beside it, as it were. The others may want what comes after it.
        order = [start for start in order if start.task == me.task]
    elif me is not None:
        order.sort(key=lambda start: start.task == me.task)
    return order[0] if order else None


def wait(lock, seconds):
    """Called by the interpreter instead of waiting, for `lock` or (if that is None) in a sleep. Whether to look again."""
    me = running[-1] if running else None
    deadline = None if seconds is None else time.monotonic() + seconds
    mine = Wait(lock, deadline)
    below = list(waits_below(me))
    waits.append(mine)
    try:
        while True:
            if me is not None and me.daemon and any(other.is_over() for other in below):
                raise SystemExit
            start = next_start(lock)
            if start is None:
                break
            start.run()
            if lock is not None:
                return True
            if mine.is_over():
                return False
    finally:
        waits.pop()
    return pause(me, below, lock, deadline)


def is_peer(one, other):
    """Whether both are the same thread or do the same: neither is in the other's way."""
    return one is other or (one is not None and other is not None and one.task == other.task)


def waits_below(me):
    """What goes on after this thread: up to the first that is no daemon, which must come to its end."""
    for other in reversed(waits):
        if not is_peer(other.thread, me):
            yield other
            if other.thread is None or not other.thread.daemon:
                return


def pause(me, below, lock, deadline):
    """Nobody else can run: sleeps for as long as is left, unless that would be for ever or for too long."""
    if deadline is None:
        if me is not None and me.daemon:
            raise SystemExit
        raise deadlock('waits for what no other thread can do now')
    now = time.monotonic()
    limit = min((other.deadline for other in below if other.deadline is not None), default=None)
    if me is not None and limit is not None and deadline > limit:
        if me.daemon:
            sleep(limit - now)
            raise SystemExit
        if now > limit + OVERSLEEP_S_MAX:
            raise deadlock('would have to go on while another one does')
    sleep(deadline - now)
    return False


def sleep(seconds):
    if seconds > 0:
        select.select([], [], [], seconds)


def work(executor_reference, context, work_queue):
    """A pool's worker: ends when there is nothing left to do, since none could be put in while it waits."""
    try:
        context.initialize()
    except BaseException:
        pool._base.LOGGER.critical('Exception in initializer:', exc_info=True)
        executor = executor_reference()
        if executor is not None:
            executor._initializer_failed()
        return
    try:
        while True:
            try:
                item = work_queue.get_nowait()
            except queue.Empty:
                return
            if item is None:
                # For the others.
                work_queue.put(None)
                return
            item.run(context)
            del item
    except BaseException:
        pool._base.LOGGER.critical('Exception in worker', exc_info=True)
    finally:
        context.finalize()
        executor = executor_reference()
        if executor is not None:
            # Another set, since shutdown() may be walking over this one.
            executor._threads = executor._threads - {threading.current_thread()}


def install():
    for name in ('start_new_thread', 'start_new'):
        setattr(_thread, name, start_new_thread)
    _thread.start_joinable_thread = start_joinable_thread
    threading._start_new_thread = start_new_thread
    threading._start_joinable_thread = start_joinable_thread
    _thread._ThreadHandle = threading._ThreadHandle = Handle
    threading._make_thread_handle = Handle
    threading._main_thread._os_thread_handle = Handle(MAIN_IDENT)
    threading.Thread.is_alive = is_alive
    queue._PySimpleQueue.__name__ = queue._PySimpleQueue.__qualname__ = 'SimpleQueue'
    queue.SimpleQueue = queue._PySimpleQueue
    pool._worker = work


install()
