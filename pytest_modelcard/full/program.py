"""How one tensor is predicted: what `programs` makes of a configuration, and the rest of full coverage carries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class View:
    """A model whose layers [first, end) stand at the candidate's layers from `at` on; None: all as they are."""

    model: str
    layers: tuple[int, int, int] | None = None  #: (first, end, at)


@dataclass(frozen=True, slots=True)
class Thinning:
    """Of a model's changes the largest are kept, `density` of all; where gamma is given (breadcrumbs), those after the first
    `gamma` of all.
    """

    density: float
    gamma: float | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """How one tensor is predicted.

    method: "copy"; "linear", the sum of weight * source in this order; "delta", base plus the sum of weight * (source -
    base), base first; "sparse", the same of those changes that each source's `thinning` keeps; "slerp", base first, weights
    its one t. steps: the format that every step is rounded to ("F32": float32; "": the first source's). loaded: the format
    sources are cast to first; merged: the one the merge is stored in, which counts where it was narrowed to 8 bits afterwards;
    "" for the sources' own. divided: the sum is divided by the weights' sum. signs: only changes of the sign of their sum
    count. times: what a sparse sum is multiplied by. mean: which of `means` it is for "mean"; based: whether the first source
    is the base of it.
    """

    method: Literal["copy", "linear", "delta", "sparse", "slerp", "mean"]
    sources: tuple[View, ...]
    weights: tuple[float, ...] = ()
    steps: str = "F32"
    loaded: str = ""
    merged: str = ""
    divided: bool = False
    signs: bool = False
    times: float = 1.0
    thinning: tuple[Thinning, ...] = ()
    mean: str = ""
    based: bool = False

    @property
    def whole(self) -> bool:
        """Whether it takes the whole tensor to tell what becomes of an element."""
        return self.method in ("slerp", "mean") or any(one.density < 1 for one in self.thinning)
