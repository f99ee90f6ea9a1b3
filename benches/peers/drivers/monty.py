"""pydantic-monty: an interpreter of a subset of Python. A session of a warm worker process for each run, as its README has it."""

import importlib.metadata

import pydantic_monty
from latency import measure

with pydantic_monty.Monty(min_processes=1) as pool:

    def run_once():
        with pool.checkout(limits={"max_feed_duration_secs": 10.0, "max_memory": 256 << 20}) as session:
            output = pydantic_monty.CollectString()
            session.feed_run("print(sum(range(10)))", print_callback=output)
            return output.output

    measure(importlib.metadata.version("pydantic-monty"), run_once)
