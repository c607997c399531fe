"""How much a printed name looks like a model's or like a benchmark's."""

from __future__ import annotations

from collections.abc import Iterable

from ..benchmarks import Registry
from ..names import KnownNames
from . import words


class Judge:
    """Says how much names look like models or like benchmarks, knowing the card's names and the registry."""

    def __init__(self, names: KnownNames, registry: Registry) -> None:
        self.names = names
        self.registry = registry
        self._seen: dict[str, tuple[float, float]] = {}

    def likeness(self, name: str) -> tuple[float, float]:
        """(model, benchmark), each 0 to 1."""
        if name not in self._seen:
            self._seen[name] = self._likeness(name)
        return self._seen[name]

    def _likeness(self, name: str) -> tuple[float, float]:
        if not name or len(name) > 120:
            return 0.0, 0.0
        if self.names.role(name) != "other":
            return 1.0, 0.0
        if self.registry.find(name) is not None:
            return 0.0, 1.0
        model, benchmark = words.looks_like_model(name), words.looks_like_benchmark(name)
        if model and benchmark:
            return 0.5, 0.5
        return float(model), float(benchmark)

    def mean(self, labels: Iterable[str]) -> tuple[float, float]:
        found = [self.likeness(x) for x in dict.fromkeys(labels) if x]
        if not found:
            return 0.0, 0.0
        return sum(f[0] for f in found) / len(found), sum(f[1] for f in found) / len(found)
