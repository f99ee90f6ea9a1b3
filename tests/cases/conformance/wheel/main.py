from importlib.metadata import version

import demo

print(demo.X, version("demo"))
