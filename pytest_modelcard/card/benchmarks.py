"""The benchmark registry: what is known about each benchmark, found under all its names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from ..errors import PolicyError
from .benchmark_names import folded, key, names_other_metric, readings

DATA = Path(__file__).resolve().parent.parent / "data" / "benchmarks.json"
#: Names remembered by one registry; a card with more different names is looked up without memory.
MAX_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark (one version of it). Scores, range and chance are in the usual printed unit: percent,
    unless `metric` says otherwise."""

    id: str  #: "gpqa-diamond"
    name: str  #: "GPQA Diamond"
    aliases: tuple[str, ...] = ()  #: other printed names; case, spaces and hyphens do not count
    cased: tuple[str, ...] = ()  #: names that count only in this very case ("MATH" is no "Math" column)
    items: int | None = None  #: N; None where not known or not one number
    other_items: tuple[int, ...] = ()  #: other item counts met under the same name (another split or subset)
    metric: str = "accuracy"
    direction: Literal["higher", "lower"] | None = "higher"  #: what is better; None where it depends
    low: float | None = 0.0  #: least possible score
    high: float | None = 100.0
    chance: float | None = None  #: score of guessing
    proportion: bool = True  #: the score is (correct items) / N, maybe averaged over runs
    macro: bool = False  #: often averaged over subtasks, so that no whole count of items need give the score
    family: str | None = None  #: benchmarks of one family are versions of each other
    version: str | None = None
    dataset: str | None = None  #: Hub dataset id
    source: str = ""


class Registry:
    """Benchmarks by id and by any printed name."""

    def __init__(self, benchmarks: Iterable[Benchmark]) -> None:
        self._by_id = {b.id: b for b in benchmarks}
        self._by_name: dict[str, Benchmark | None] = {}
        self._cased: dict[str, Benchmark] = {}
        self._remembered: dict[str, Benchmark | None] = {}
        for benchmark in self._by_id.values():
            cased = {folded(c) for c in benchmark.cased}
            self._cased.update(dict.fromkeys(cased, benchmark))
            held_back = {key(c) for c in cased}
            for name in {key(n) for n in (benchmark.name, *benchmark.aliases)} - held_back:
                # a name that two benchmarks share names neither
                taken = self._by_name.get(name, benchmark)
                self._by_name[name] = benchmark if taken is benchmark else None

    @classmethod
    def default(cls) -> Registry:
        """The benchmarks that come with this package, read once per process."""
        return _default()

    @classmethod
    def from_json(cls, entries: Iterable[Mapping[str, Any]], *, where: str = "benchmarks") -> Registry:
        """A registry of entries in the form of `schemas/benchmarks-v1.json`; see `benchmarks_from_dicts`."""
        return cls(benchmarks_from_dicts(entries, where))

    def __iter__(self) -> Iterator[Benchmark]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def extended(self, more: Iterable[Benchmark]) -> Registry:
        """A registry with these added; an entry of the same id replaces the old one."""
        added = tuple(more)
        replaced = {b.id for b in added}
        new = Registry([*(b for b in self._by_id.values() if b.id not in replaced), *added])
        for benchmark in added:  # the user's names win over ours
            cased = {folded(c) for c in benchmark.cased}
            new._cased.update(dict.fromkeys(cased, benchmark))
            for name in {key(n) for n in (benchmark.name, *benchmark.aliases)} - {key(c) for c in cased}:
                new._by_name[name] = benchmark
        return new

    def get(self, id: str | None) -> Benchmark | None:
        return self._by_id.get(id) if id else None

    def find(self, printed: str) -> Benchmark | None:
        """The benchmark meant by a printed name, None unless sure.

        Qualifiers that leave the items as they are (shots, pass@1, "Agentic Coding") do not count; any other
        (a subset, a language, "hard") makes another name, which is known or is not.
        """
        if printed in self._remembered:
            return self._remembered[printed]
        found = self._look_up(printed)
        if len(self._remembered) < MAX_REMEMBERED:
            self._remembered[printed] = found
        return found

    def _look_up(self, printed: str) -> Benchmark | None:
        for text in readings(printed):
            found = self._cased.get(text) or self._by_name.get(key(text))
            if found is not None:
                return None if found.proportion and names_other_metric(printed) else found
        return None


def benchmarks_from_dicts(
    entries: Iterable[Mapping[str, Any]], where: str = "benchmarks"
) -> tuple[Benchmark, ...]:
    """Benchmarks from entries in the form of `schemas/benchmarks-v1.json`.

    Raises PolicyError that names `where`, the entry and the key.
    """
    return tuple(_benchmark(entry, f"{where}[{n}]") for n, entry in enumerate(entries))


_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "id": (str, "a text"),
    "name": (str, "a text"),
    "metric": (str, "a text"),
    "family": (str, "a text"),
    "version": (str, "a text"),
    "dataset": (str, "a text"),
    "source": (str, "a text"),
    "aliases": (list, "a list of texts"),
    "cased": (list, "a list of texts"),
    "other_items": (list, "a list of whole numbers above 0"),
    "items": (int, "a whole number above 0"),
    "low": ((int, float), "a number"),
    "high": ((int, float), "a number"),
    "chance": ((int, float), "a number"),
    "proportion": (bool, "true or false"),
    "macro": (bool, "true or false"),
}
_MAY_BE_NULL = {"items", "low", "high", "chance", "family", "version", "dataset", "direction"}


def _benchmark(entry: Any, where: str) -> Benchmark:
    if not isinstance(entry, Mapping):
        raise PolicyError(f"{where}: a benchmark is a table of keys, not {type(entry).__name__}")
    where = f"{where} ({entry['id']})" if isinstance(entry.get("id"), str) else where
    allowed = {f.name for f in fields(Benchmark)}
    for name, value in entry.items():
        if name not in allowed:
            raise PolicyError(f"{where}: unknown key {name!r}; known are {', '.join(sorted(allowed))}")
        _check(name, value, f"{where}: {name}")
    for name in ("id", "name"):
        if not entry.get(name):
            raise PolicyError(f"{where}: {name} is missing")
    low, high = entry.get("low", 0.0), entry.get("high", 100.0)
    if low is not None and high is not None and not low < high:
        raise PolicyError(f"{where}: low ({low:g}) must be below high ({high:g})")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Benchmark(**cast(Any, values))


def _check(name: str, value: Any, where: str) -> None:
    if value is None and name in _MAY_BE_NULL:
        return
    if name == "direction":
        if value not in ("higher", "lower"):
            raise PolicyError(f'{where} must be "higher" or "lower", not {value!r}')
        return
    kind, words = _TYPES[name]
    good = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if good and kind is int:
        good = value > 0
    if good and name == "other_items":
        good = all(isinstance(v, int) and not isinstance(v, bool) and v > 0 for v in value)
    elif good and kind is list:
        good = all(isinstance(v, str) for v in value)
    if not good:
        raise PolicyError(f"{where} must be {words}, not {value!r}")


@lru_cache(maxsize=1)
def _default() -> Registry:
    return Registry.from_json(json.loads(DATA.read_text(encoding="utf-8"))["benchmarks"], where=DATA.name)
