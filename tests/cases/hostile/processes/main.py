import os
import subprocess
for start in (lambda: subprocess.run(["ls"]), lambda: os.system("ls"), lambda: os.fork(), lambda: os.execv("/bin/ls", ["ls"]), lambda: os.kill(1, 9)):
    try:
        print("STARTED", start())
    except (OSError, AttributeError, RuntimeError):
        pass
print("done")
