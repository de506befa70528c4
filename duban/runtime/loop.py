"""The event loop of every process of Duban: uvloop, which costs less per message than that of asyncio."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")


def runner() -> asyncio.Runner:
    """For whoever has to leave without closing the loop."""
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs a program to its end."""
    with runner() as loop:
        return loop.run(main)
