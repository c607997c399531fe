"""Results counted in the order of dispatch, whatever comes first."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.evals.sequential import InOrder, Outcome, ScoreClaim, SequentialTest, Tolerance, order
from pytest_modelcard.evals.sequential.records import Decision

ITEMS, RIGHT = 198, 130


def completions(wrong: list[bool], at_once: int, random: Random) -> Iterator[int]:
    """Positions as they finish, `at_once` in flight, wrong answers taking twice as long."""
    flying: list[tuple[float, int]] = []
    for position, bad in enumerate(wrong):
        now = 0.0
        if len(flying) == at_once:
            now, done = heapq.heappop(flying)
            yield done
        heapq.heappush(flying, (now + random.expovariate(0.5 if bad else 1.0), position))
    while flying:
        yield heapq.heappop(flying)[1]


def _decide(seed: int, in_order: bool, *, claimed: int, at_once: int = 64, alpha: float = 0.01) -> Decision:
    """One run over 198 items of which 130 are right."""
    todo = order(ITEMS, seed)
    wrong = [item >= RIGHT for item in todo]
    test = SequentialTest(ScoreClaim.from_count(claimed, ITEMS), tolerance=Tolerance.none(), alpha=alpha)
    buffer: InOrder[Outcome] = InOrder(lambda position, outcome: test.add(outcome, todo[position]))
    for position in completions(wrong, at_once, Random(f"{seed}")):
        outcome = Outcome.wrong() if wrong[position] else Outcome.right()
        if in_order:
            buffer.put(position, outcome)
        else:
            test.add(outcome, todo[position])
        if test.finished:
            break
    return test.decision


def test_counting_as_they_come_confirms_inflated_claims() -> None:
    # inflated by exactly the margin of 5 points: the worst case
    claimed = RIGHT + 10
    assert ScoreClaim.from_count(claimed, ITEMS).inflated(0.05) == RIGHT
    false = sum(_decide(seed, in_order=False, claimed=claimed) == "confirmed" for seed in range(60))
    assert false > 30


@pytest.mark.parametrize(
    ("claimed", "error"),
    [(RIGHT + 10, "confirmed"), (RIGHT, "refuted")],
    ids=["inflated", "honest"],
)
def test_error_rates_hold_with_64_in_flight(claimed: int, error: str) -> None:
    runs = 400
    found = [_decide(seed, in_order=True, claimed=claimed) for seed in range(runs)]
    assert found.count(error) <= 12  # 4 expected at most; more than 12 has probability 0.0002  # type: ignore[arg-type]
    assert found.count("undecided") == 0


def test_the_number_in_flight_changes_nothing_in_order() -> None:
    for seed in range(20):
        one, many = (_decide(seed, in_order=True, claimed=140, at_once=n) for n in (1, 64))
        assert one == many


@given(st.permutations(range(30)))
def test_any_arrival_is_handed_on_in_order(arrival: list[int]) -> None:
    got: list[tuple[int, int]] = []
    buffer: InOrder[int] = InOrder(lambda position, result: got.append((position, result)))
    handed = [buffer.put(position, position * 10) for position in arrival]
    assert got == [(i, i * 10) for i in range(30)]
    assert sum(handed) == buffer.counted == 30
    assert buffer.held == 0


def test_what_waits_is_held() -> None:
    got: list[int] = []
    buffer: InOrder[str] = InOrder(lambda position, _: got.append(position))
    assert buffer.put(2, "c") == 0
    assert buffer.put(1, "b") == 0
    assert (buffer.held, buffer.counted, got) == (2, 0, [])
    assert buffer.put(0, "a") == 3
    assert got == [0, 1, 2]


def test_a_result_that_comes_twice_is_an_error() -> None:
    buffer: InOrder[int] = InOrder(lambda position, result: None)
    buffer.put(0, 1)
    buffer.put(2, 1)
    for position in (0, 2):
        with pytest.raises(ValueError, match="twice"):
            buffer.put(position, 1)


def test_threads_do_not_overtake_each_other() -> None:
    got: list[int] = []

    def slow(position: int, _: int) -> None:
        if position % 7 == 0:
            sleep(0.001)  # gives other threads the chance to run past
        got.append(position)

    buffer, ready = InOrder(slow), Barrier(16)

    def work(worker: int) -> None:
        ready.wait()
        for position in range(worker, 320, 16):
            buffer.put(position, 0)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert got == list(range(320))


def test_asyncio_tasks() -> None:
    got: list[int] = []
    buffer: InOrder[int] = InOrder(lambda position, _: got.append(position))

    async def ask(position: int) -> None:
        await asyncio.sleep((position * 7 % 5) / 1000)
        buffer.put(position, 0)

    async def run() -> None:
        await asyncio.gather(*(ask(i) for i in range(50)))

    asyncio.run(run())
    assert got == list(range(50))


def test_the_order_depends_on_the_seed_alone() -> None:
    assert order(8, "gpqa@1:0") == order(8, "gpqa@1:0")
    assert order(8, 1) == [0, 3, 5, 4, 6, 2, 7, 1]  # the same on every machine
    assert order(198, 1) != order(198, 2)
    firsts = [order(10, seed)[0] for seed in range(2000)]
    assert all(140 <= firsts.count(i) <= 260 for i in range(10))  # 200 each, 13 the standard deviation
