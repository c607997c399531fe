"""Kept results: what counts again, what is asked again, and what a second reader finds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_modelcard.errors import PolicyError
from pytest_modelcard.evals.engine import Description, ItemResult
from pytest_modelcard.evals.sequential import Outcome
from pytest_modelcard.evals.store import KeptEngine, Store, key_of, read_store

DESCRIPTION = Description("chat", "1", "a", "a.jsonl", "sha256:00", "acme", {"shots": 0})


class Counting:
    """An engine that answers at once and counts what it was asked; item 13 is never had."""

    name = "chat"

    def __init__(self, description: Description = DESCRIPTION) -> None:
        self.asked: list[int] = []
        self._description = description

    def items(self) -> int:
        return 50

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        for index in indices:
            self.asked.append(index)
            lost = index == 13
            yield ItemResult(
                index,
                Outcome.not_had() if lost else Outcome.right() if index % 2 else Outcome.wrong(),
                completion_tokens=5,
                answers=() if lost else ("Answer: A",),
                read=() if lost else ("A",),
                error="500" if lost else "",
            )

    def describe(self) -> Description:
        return self._description


def run(
    path: Path, indices: list[int], *, age: float | None = None, engine: Counting | None = None
) -> tuple[KeptEngine, Counting, list[ItemResult]]:
    inner = engine or Counting()
    kept = KeptEngine(inner, Store(path, max_age=age), "http://x/v1")
    return kept, inner, list(kept.run(indices))


def test_a_second_run_asks_only_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    _, first, before = run(path, list(range(20)))
    kept, second, after = run(path, list(range(25)))
    assert first.asked == list(range(20))
    assert second.asked == [13, 20, 21, 22, 23, 24], "what was never had is asked again"
    assert sorted(r.index for r in after) == list(range(25)) and kept.reused == 19
    old = {r.index: r for r in after}
    assert all(old[r.index].outcome == r.outcome for r in before)
    assert all(old[n].calls == 0 and old[n].completion_tokens == 0 for n in range(13)), (
        "it cost nothing again"
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(DESCRIPTION, model="other"),
        replace(DESCRIPTION, revision="sha256:01"),
        replace(DESCRIPTION, settings={"shots": 5}),
        replace(DESCRIPTION, task="b"),
    ],
)
def test_whatever_decides_an_answer_makes_another_key(tmp_path: Path, changed: Description) -> None:
    path = tmp_path / "store.jsonl"
    run(path, [0, 1])
    _, inner, _ = run(path, [0, 1], engine=Counting(changed))
    assert inner.asked == [0, 1]
    assert key_of(DESCRIPTION, "http://x/v1") != key_of(DESCRIPTION, "http://y/v1")


def test_a_line_that_a_crash_cut_off_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    run(path, [0, 1, 2])
    path.write_bytes(path.read_bytes()[:-20])
    _, second, _ = run(path, [0, 1, 2, 3])
    assert second.asked == [2, 3]
    _, third, _ = run(path, [0, 1, 2, 3])
    assert third.asked == [], "what came after the broken line is whole"


def test_results_grow_old_where_the_user_named_no_file(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    run(path, [0, 1])
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({**d, "at": d["at"] - 100} if "at" in d else d) + "\n" for d in lines))
    assert run(path, [0, 1], age=1000)[1].asked == []
    assert run(path, [0, 1], age=10)[1].asked == [0, 1]


def test_a_second_reader_can_recount(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    run(path, list(range(10)))
    found = read_store(path)
    ((key, told),) = found.descriptions.items()
    assert told["model"] == "acme" and told["revision"] == "sha256:00" and told["settings"] == {"shots": 0}
    assert sum(r.outcome.low for (r,) in found.items[key].values()) == 5
    assert not found.records and not found.broken


def test_odd_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    run(path, [0])
    key = key_of(DESCRIPTION, "http://x/v1")
    odd = [
        [],
        {"key": key},
        {"key": key, "index": "1", "outcome": {}},
        {"key": key, "index": 2, "outcome": {"low": 2, "high": 3}},
    ]
    path.write_text(path.read_text() + "".join(json.dumps(o) + "\n" for o in odd) + "\x00\xff{{{\n")
    assert run(path, [0, 1, 2])[1].asked == [1, 2]


def test_a_store_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(PolicyError, match="cannot be written"):
        Store(tmp_path / "folder")
