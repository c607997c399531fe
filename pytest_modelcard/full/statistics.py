"""What is counted of one tensor, and how counts of its parts add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: The counts, in the order in which a kernel gives them.
COUNTS = ("equal", "beside", "telling", "telling_equal", "finite")
#: The sums before the Gram matrix, likewise.
SUMS = ("residual", "rounding", "floor")


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of elements, and sums over those whose values are finite in all models.

    equal: the candidate holds the predicted number, rounded to its format (NaN counts as equal to NaN, -0 to 0).
    beside: it holds the next number of the format. telling: the rounded prediction differs from what each single
    source would give, so that equality is no mere copy; telling_equal: equal ones of them.
    residual: energy of (candidate - unrounded prediction). rounding: energy of (rounded - unrounded prediction), what
    residual is where nothing but rounding happened. floor: expected energy of rounding, a step squared over 12 each.
    gram: upper triangle, by rows, of the inner products of the differences from the first source: of the
    other sources in their order, and of the candidate, last.
    """

    elements: int = 0
    equal: int = 0
    beside: int = 0
    telling: int = 0
    telling_equal: int = 0
    finite: int = 0
    residual: float = 0.0
    rounding: float = 0.0
    floor: float = 0.0
    gram: tuple[float, ...] = ()

    @property
    def elsewhere(self) -> int:
        """Elements that are neither equal nor one step beside the prediction."""
        return self.elements - self.equal - self.beside

    def __add__(self, other: Statistics) -> Statistics:
        if self.gram and other.gram and len(self.gram) != len(other.gram):
            raise ValueError("statistics of different numbers of models do not add")
        counts = {n: getattr(self, n) + getattr(other, n) for n in ("elements", *COUNTS, *SUMS)}
        both = bool(self.gram and other.gram)
        gram = tuple(map(sum, zip(self.gram, other.gram, strict=True))) if both else self.gram or other.gram
        return Statistics(**counts, gram=gram)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, `elsewhere` included."""
        counts = {name: getattr(self, name) for name in ("elements", "equal", "beside")}
        rest = {name: getattr(self, name) for name in (*COUNTS[2:], *SUMS)}
        return {**counts, "elsewhere": self.elsewhere, **rest, "gram": list(self.gram)}


def from_numbers(elements: int, counts: Sequence[int], sums: Sequence[float]) -> Statistics:
    """Statistics of a stretch of elements from what a kernel gives."""
    whole: dict[str, Any] = {name: int(n) for name, n in zip(COUNTS, counts, strict=True)}
    fixed: dict[str, Any] = {name: float(x) for name, x in zip(SUMS, sums[: len(SUMS)], strict=True)}
    return Statistics(elements, **whole, **fixed, gram=tuple(float(x) for x in sums[len(SUMS) :]))


def from_dict(data: Mapping[str, Any]) -> Statistics:
    """The statistics that `as_dict` wrote; KeyError, TypeError or ValueError where it is none."""
    sums = [*(data[name] for name in SUMS), *data["gram"]]
    return from_numbers(int(data["elements"]), [data[name] for name in COUNTS], sums)
