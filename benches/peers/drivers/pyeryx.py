"""pyeryx: a sandbox is stateless, each `execute` runs on an instance that has never run anything.

At its best as its performance guide has it: the defaults (pooling allocator, dirty-page scan, one instance kept ready in the background),
and one `Sandbox` object, which saves what making the object costs. CodeRunner's limits have their counterparts on.
"""

import importlib.metadata

import eryx
from latency import measure

sandbox = eryx.Sandbox(
    resource_limits=eryx.ResourceLimits(execution_timeout_ms=10_000, max_memory_bytes=256 << 20),
)
measure(importlib.metadata.version("pyeryx"), lambda: sandbox.execute("print(sum(range(10)))").stdout_text)
