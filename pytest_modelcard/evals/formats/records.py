"""One result that somebody else measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any, Literal

from ...card.benchmarks import Benchmark, Registry
from ..harnesses import DATA

Source = Literal["eval_results", "model-index", "inspect-ai", "lm-eval"]
#: Bounds on what is read of one file, and of one text in it.
MAX_RESULTS, MAX_ITEMS, MAX_TEXT = 1_000, 400_000, 500


@dataclass(frozen=True, slots=True)
class PriorItem:
    """What came of one item. score: 0 to 1, None where the answer was not read or never had."""

    id: str
    score: float | None
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class PriorResult:
    """A score that a file tells.

    `shares` are the ways to read `value` as a share of 1: one where the scale is known or plain, two where 0.9 may
    be a share or nine tenths of a percent, none where it is neither.
    """

    source: Source
    path: str
    benchmark: str  #: as named there
    benchmark_id: str | None
    value: float
    shares: tuple[float, ...]
    model: str = ""
    metric: str = ""
    items: int | None = None  #: scored; None where not told
    population: int | None = None  #: items of the data set, as told there
    drawn: bool = False  #: the items are a random sample of the data set
    results: tuple[PriorItem, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = ""
    task: str = ""
    revision: str = ""
    date: str = ""
    url: str = ""
    by: str = ""  #: who measured it, as told there
    notes: str = ""
    signed: bool = False  #: carries a verifyToken, which only the Hub can check
    best_of: int | None = None  #: an item is right where one of so many answers is (pass@k)
    problem: str = ""  #: why it is no finished measurement

    @property
    def complete(self) -> bool:
        """Whether all items of the data set were scored, as far as the file tells."""
        return self.items is not None and self.population is not None and self.items >= self.population


def shares_of(value: float, *, scale: Literal["share", "percent"] | None = None) -> tuple[float, ...]:
    """The readings of a printed value: 41.2 is a percentage, 0.412 may be either."""
    if not isfinite(value) or value < 0:
        return ()
    if scale == "share":
        return (value,) if value <= 1 else ()
    if scale == "percent" or value > 1:
        return (value / 100,) if value <= 100 else ()
    return (value, value / 100) if value else (0.0,)


def benchmark_of(registry: Registry, *names: str, dataset: str = "") -> Benchmark | None:
    """The benchmark that a task's or data set's name stands for: a harness's task, a printed name, or the only
    benchmark of that data set."""
    for name in names:
        known = _of_task().get(name) or _of_task().get(name.rpartition("/")[2])
        found = registry.get(known) if known else registry.find(name.rpartition("/")[2].replace("_", " "))
        if found is not None:
            return found
    same = [b for b in registry if dataset and b.dataset == dataset]
    return same[0] if len(same) == 1 else None


@lru_cache(maxsize=1)
def _of_task() -> dict[str, str]:
    """Benchmark ids by the names of harnesses' tasks, with and without their package."""
    found: dict[str, str] = {}
    for entry in json.loads(DATA.read_text(encoding="utf-8"))["tasks"]:
        task = entry["task"]
        if task:
            found.setdefault(task, entry["benchmark"])
            found.setdefault(task.rpartition("/")[2], entry["benchmark"])
    return found


def text(value: Any, limit: int = MAX_TEXT) -> str:
    """A stranger's text on one line, cut; "" for what is no text or number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(str(value)[: 4 * limit].split())[:limit]


def number(value: Any) -> float | None:
    """A finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if isfinite(found) else None


def count(value: Any) -> int | None:
    """A whole number of items, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12 else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The mapping itself, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
