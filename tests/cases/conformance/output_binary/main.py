import sys
sys.stdout.buffer.write(bytes(range(256)))
sys.stderr.buffer.write(b"\xff\xfe\x00\xc3\x28")
