"""Which kernel counts a stretch of elements: on a processor one in C, on a GPU one that torch compiles; what these leave is
counted by torch's operations one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch

from .arrays import Arrays
from .kernel import Spec, counting
from .native.call import Native, applies
from .statistics import COUNTS, Statistics, from_numbers

#: Counts what it can, and gives back what it leaves.
Compiled: TypeAlias = Callable[[Arrays, torch.Tensor], tuple[Statistics, Arrays | None]]

#: Below so many elements compiling costs more than it saves.
LEAST_COMPILED = 65_536
#: Elements of a step where nothing is compiled: what each operation leaves stays in the core's cache.
STEP = 32_768
#: Elements on which a compiled kernel is compared.
CHECKED = 262_144


class Kernels:
    """Kernels by spec; compiled where asked, and only believed where they agree with the uncompiled one in float64."""

    def __init__(self, compiled: bool) -> None:
        self._compile = compiled
        self._made: dict[Spec, Compiled | None] = {}
        self._proven: set[Spec] = set()
        self._lock = threading.Lock()
        self.failures: list[str] = []  #: why compiled kernels were not used

    @property
    def used(self) -> int:
        """How many compiled kernels are in use."""
        return sum(self._made[spec] is not None for spec in self._proven)

    def __call__(self, spec: Spec, arrays: Arrays, coefficients: torch.Tensor) -> Statistics:
        """The statistics of a stretch of elements; arguments as those of `kernel.counting`."""
        kernel = self._compiled(spec, arrays, coefficients)
        if kernel is None:
            return plainly(spec, arrays, coefficients)
        found, rest = kernel(arrays, coefficients)
        return found if rest is None else found + plainly(spec, rest, coefficients)

    def _compiled(self, spec: Spec, arrays: Arrays, coefficients: torch.Tensor) -> Compiled | None:
        """The compiled kernel, made on first use; None where it is not to be used."""
        on_cpu = arrays.candidate.device.type == "cpu"
        if not self._compile or (on_cpu and not applies(spec, arrays, coefficients)):
            return None
        with self._lock:
            if len(arrays.candidate) < LEAST_COMPILED and (not on_cpu or spec not in self._proven):
                return None
            try:
                if spec not in self._made:
                    self._made[spec] = None
                    self._made[spec] = Native(spec) if on_cpu else Fused(spec)
                if spec not in self._proven and (kernel := self._made[spec]) is not None:
                    self._prove(spec, kernel, arrays.cut(0, CHECKED), coefficients)
            # No compiler on the machine, or one that fails in whatever way: slower, and no worse.
            except Exception as error:
                first = (str(error).splitlines() or [type(error).__name__])[0][:250]
                self._refuse(spec, f"counted by torch's operations one by one, many times slower: {first}")
            return self._made[spec]

    def _prove(self, spec: Spec, kernel: Compiled, arrays: Arrays, coefficients: torch.Tensor) -> None:
        """See that it counts as the uncompiled one does; where it leaves everything to that, the next stretch shows it."""
        mine, rest = kernel(arrays, coefficients)
        if not mine.elements:
            return
        self._proven.add(spec)
        if rest is not None:
            mine = mine + plainly(spec, rest, coefficients)
        if not _alike(mine, plainly(spec, arrays, coefficients)):
            self._refuse(spec, "the compiled kernel counts otherwise than the uncompiled one")

    def _refuse(self, spec: Spec, why: str) -> None:
        self._proven.add(spec)
        self._made[spec] = None
        if why not in self.failures:
            self.failures.append(why)


class Fused:
    """The kernel in float64, compiled by torch: what a GPU computes."""

    def __init__(self, spec: Spec) -> None:
        # Rounded where the program says so; versions of torch that do not know the option do that anyway.
        exact = "emulate_precision_casts"
        options = {exact: True} if exact in torch._inductor.list_options() else {}
        self._kernel = torch.compile(counting(spec), dynamic=True, fullgraph=True, options=options)

    def __call__(self, arrays: Arrays, coefficients: torch.Tensor) -> tuple[Statistics, None]:
        return _counted(self._kernel, arrays, coefficients), None


def plainly(spec: Spec, arrays: Arrays, coefficients: torch.Tensor) -> Statistics:
    """The statistics by torch's operations one by one, in float64."""
    kernel, elements = counting(spec), len(arrays.candidate)
    step = STEP if arrays.candidate.device.type == "cpu" else elements
    found = Statistics()
    for at in range(0, elements, step):
        found = found + _counted(kernel, arrays.cut(at, step), coefficients)
    return found


def _counted(kernel: Callable[..., Any], arrays: Arrays, coefficients: torch.Tensor) -> Statistics:
    ahead = (arrays.ahead,) if arrays.ahead else ()
    found = kernel(*arrays[:4], coefficients, *ahead)
    counts, sums = (torch.stack(part).tolist() for part in (found[: len(COUNTS)], found[len(COUNTS) :]))
    return from_numbers(len(arrays.candidate), counts, sums)


def _alike(mine: Statistics, theirs: Statistics) -> bool:
    """Equal counts, and sums that differ by no more than their order of adding up."""
    a, b = mine.as_dict(), theirs.as_dict()
    norms = _norms(a["gram"])
    grams = zip(a.pop("gram"), b.pop("gram"), norms, strict=True)
    if any(abs(x - y) > 1e-5 * norm for x, y, norm in grams):
        return False
    pairs = [(a[key], b[key]) for key in a]
    return all(x == y or (isinstance(x, float) and abs(x - y) <= 1e-5 * (abs(x) + abs(y))) for x, y in pairs)


def _norms(gram: Sequence[float]) -> list[float]:
    """For each entry of a Gram matrix's upper triangle the product of the two vectors' lengths."""
    size = int((2 * len(gram)) ** 0.5)
    at, squares = 0, []
    for n in range(size):
        squares.append(abs(gram[at]))
        at += size - n
    return [(squares[i] * squares[j]) ** 0.5 for i in range(size) for j in range(i, size)]
