import ctypes
import curses
import fcntl
import multiprocessing
import socket
import ssl
import subprocess
import tkinter
import urllib.request

for use in (
    lambda: tkinter.Tk(),
    lambda: curses.initscr(),
    lambda: fcntl.flock(1, fcntl.LOCK_EX),
    lambda: subprocess.run(['ls']),
    lambda: socket.socket(),
    lambda: urllib.request.urlopen('https://example.com'),
    lambda: multiprocessing.Pool(2),
):
    try:
        print(use())
    except (OSError, NotImplementedError) as error:
        print(error)

array = (ctypes.c_int * 3)()
array[2] = 5
print(ctypes.c_int32(0xFFFF_FFFF).value, list(array))
