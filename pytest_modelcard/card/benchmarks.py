"""The benchmark registry: what is known about each benchmark, found under all its names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark (one version of it)."""

    id: str  #: "gpqa-diamond"
    name: str  #: "GPQA Diamond"
    aliases: tuple[str, ...] = ()
    items: int | None = None  #: N; None where not known or not one number
    metric: str = "accuracy"
    direction: Literal["higher", "lower"] = "higher"
    low: float | None = 0.0  #: least possible score, in the usual printed unit
    high: float | None = 100.0
    chance: float | None = None  #: score of guessing, in the printed unit
    proportion: bool = True  #: the score is (correct items) / N, maybe averaged over runs
    family: str | None = None  #: benchmarks of one family are versions of each other
    version: str | None = None
    dataset: str | None = None  #: Hub dataset id
    source: str = ""


class Registry:
    """Benchmarks by id and by any printed name."""

    def __init__(self, benchmarks: Iterable[Benchmark]) -> None:
        self._by_id = {b.id: b for b in benchmarks}

    @classmethod
    def default(cls) -> Registry:
        return cls(())

    def extended(self, more: Iterable[Benchmark]) -> Registry:
        """A registry with these added; an entry of the same id replaces the old one."""
        return Registry([*self._by_id.values(), *more])

    def get(self, id: str | None) -> Benchmark | None:
        return self._by_id.get(id) if id else None

    def find(self, printed: str) -> Benchmark | None:
        """The benchmark meant by a printed name, None unless sure."""
        return None
