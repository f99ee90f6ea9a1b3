"""Says hello from a fresh sandbox."""

import platform
import sys

name = sys.argv[1] if len(sys.argv) > 1 else "world"
print(f"Hello, {name}! This is Python {platform.python_version()} on {sys.platform}.")
