"""In which order items are asked and their results counted.

Wrong answers are often longer and come later. Whoever counts results as they come in sees too many right answers at
first; with 64 requests in flight most honest-looking confirmations are then false. So the order is drawn before the
first call, and results are counted in that order only, however they arrive.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


def order(items: int, seed: int | str) -> list[int]:
    """All item indexes in a random order that depends on the seed alone, on every machine and Python version.

    Put the benchmark's name and revision into the seed, so that nobody can prepare for the first items.
    """
    draw = Random(seed).random  # the one generator whose sequence Python guarantees
    keys = [draw() for _ in range(items)]
    return sorted(range(items), key=keys.__getitem__)


class InOrder(Generic[Result]):
    """Reorder buffer: hands results to `consume` in the order of dispatch, from any thread or task.

    Positions count dispatches from 0. `consume(position, result)` is called under a lock, one at a time, so that two
    threads cannot overtake each other; it must not call `put`. It never waits, so asyncio tasks may call it too.
    An item that failed for good is put as a result that says so: a position left out holds up all later ones.
    """

    def __init__(self, consume: Callable[[int, Result], object]) -> None:
        self._consume = consume
        self._lock = Lock()
        self._early: dict[int, Result] = {}
        self._next = 0

    def put(self, position: int, result: Result) -> int:
        """Takes one result; returns how many were handed on because of it."""
        with self._lock:
            if position < self._next or position in self._early:
                raise ValueError(f"the result at position {position} came twice")
            self._early[position] = result
            before = self._next
            while self._next in self._early:
                ready, at = self._early.pop(self._next), self._next
                self._next += 1
                self._consume(at, ready)
            return self._next - before

    @property
    def counted(self) -> int:
        """Results handed on so far."""
        return self._next

    @property
    def held(self) -> int:
        """Results that wait for an earlier one."""
        return len(self._early)
