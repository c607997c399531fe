"""Coroutines run side by side behind a plain iterator: work is pulled as there is room, results come as they are done.

They run in an event loop of their own thread, so that the caller may be in one itself, and Ctrl-C reaches it at once.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")

#: Work started after one that is still under way, as a multiple of what runs side by side. Results are counted in the
#: order of work, so that what is far ahead of a slow one might be done for nothing.
AHEAD = 2
#: Seconds between two looks whether the time is up, while nothing comes.
LOOK = 0.2


class Loop:
    """An event loop in a thread of its own; close it to end both."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Result], timeout: float | None = None) -> Result:
        """The result of one coroutine, waited for."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def close(self, last: Callable[[], Awaitable[None]] | None = None) -> None:
        """Cancel what is under way, await `last`, and stop."""
        if self.loop.is_closed():
            return

        async def wind_up() -> None:
            tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if last is not None:
                await last()

        try:
            self.call(wind_up(), timeout=10.0)
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(10.0)
            if not self._thread.is_alive():
                self.loop.close()


class Pool(Generic[Result]):
    """Runs `work(index)` for indices pulled one by one, `at_once` side by side."""

    def __init__(
        self,
        loop: Loop,
        work: Callable[[int], Coroutine[Any, Any, Result]],
        at_once: int,
        *,
        time_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self._loop, self._work, self._at_once, self._time_up = loop, work, max(1, at_once), time_up

    def results(self, indices: Iterable[int]) -> Iterator[Result]:
        """Results in the order they are done. An exception of `work` ends it; what is under way is then cancelled,
        as it is when the iterator is closed or the time is up."""
        done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        left = iter(indices)
        under_way: dict[int, Any] = {}
        started, more = 0, True
        try:
            while True:
                while more and len(under_way) < self._at_once and started < self._horizon(under_way, started):
                    index = next(left, None)
                    if index is None:
                        more = False
                        break
                    under_way[started] = self._start(started, index, done)
                    started += 1
                if not under_way:
                    return
                try:
                    number, future = done.get(timeout=LOOK)
                except queue.Empty:
                    if self._time_up():
                        return
                    continue
                del under_way[number]
                yield future.result()
        finally:
            for future in under_way.values():
                future.cancel()

    def _horizon(self, under_way: dict[int, Any], started: int) -> int:
        oldest = next(iter(under_way), started)
        return oldest + AHEAD * self._at_once

    def _start(self, number: int, index: int, done: queue.SimpleQueue[tuple[int, Any]]) -> Any:
        future = asyncio.run_coroutine_threadsafe(self._work(index), self._loop.loop)
        future.add_done_callback(lambda finished: done.put((number, finished)))
        return future
