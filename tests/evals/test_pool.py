"""Work side by side: pulled as there is room, never far ahead, and dropped when nobody wants it any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from pytest_modelcard.evals.pool import AHEAD, Loop, Pool


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop("test")
    yield made
    made.close()


def test_every_index_comes_back_once_and_no_more_run_than_allowed(loop: Loop) -> None:
    now, most = 0, 0

    async def work(index: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001 * (index % 5))
        now -= 1
        return index

    assert sorted(Pool(loop, work, 7).results(range(100))) == list(range(100))
    assert most == 7


def test_work_is_pulled_only_as_there_is_room(loop: Loop) -> None:
    pulled: list[int] = []

    def source() -> Iterator[int]:
        for n in range(1000):
            pulled.append(n)
            yield n

    async def work(index: int) -> int:
        return index

    results = Pool(loop, work, 4).results(source())
    next(results)
    assert len(pulled) <= 5
    results.close()  # type: ignore[attr-defined]
    assert len(pulled) <= 5


def test_nothing_runs_far_ahead_of_a_slow_one(loop: Loop) -> None:
    gate = asyncio.Event()
    started: list[int] = []

    async def work(index: int) -> int:
        started.append(index)
        if index == 0:
            await gate.wait()
        return index

    results = Pool(loop, work, 3).results(range(1000))
    before = [next(results) for _ in range(AHEAD * 3 - 1)]
    assert 0 not in before and max(started) < AHEAD * 3
    loop.loop.call_soon_threadsafe(gate.set)
    assert next(results) == 0 and next(results) >= AHEAD * 3


def test_an_exception_ends_it_and_cancels_the_rest(loop: Loop) -> None:
    cancelled = threading.Event()

    async def work(index: int) -> int:
        if index == 1:
            raise ValueError("broken")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return index

    with pytest.raises(ValueError, match="broken"):
        list(Pool(loop, work, 2).results(range(10)))
    assert cancelled.wait(10)


def test_time_that_is_up_ends_it_though_nothing_comes(loop: Loop) -> None:
    async def work(index: int) -> int:
        await asyncio.sleep(60)
        return index

    assert list(Pool(loop, work, 2, time_up=lambda: True).results(range(10))) == []


def test_it_works_within_a_running_loop() -> None:
    async def work(index: int) -> int:
        return index

    async def outer() -> list[int]:
        loop = Loop("inner")
        try:
            return list(Pool(loop, work, 2).results(range(5)))
        finally:
            loop.close()

    assert sorted(asyncio.run(outer())) == [0, 1, 2, 3, 4]
