"""Which kernel counts a stretch of elements: on a processor the one in float32, and the one in float64 what that leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch

from .kernel import Spec, counting
from .single import ROW, applies, single
from .statistics import COUNTS, SUMS, Statistics, from_numbers

Tensor: TypeAlias = torch.Tensor
Kernel: TypeAlias = Callable[..., tuple[Tensor, ...]]
#: The candidate, its scale, the sources, their scales; all of one length.
Arrays: TypeAlias = tuple[Tensor, Tensor | None, Sequence[Tensor], Sequence[Tensor | None]]

#: Below so many elements compiling, and a compiled call, cost more than they save.
LEAST_COMPILED = 65_536
#: Elements of a step where nothing is compiled: what each operation leaves stays in the core's cache.
STEP = 32 * ROW
#: How torch compiles: rounded where the program says so, one thread, everything in one loop.
_OPTIONS = {
    "emulate_precision_casts": True,
    "cpp.threads": 1,
    "realize_opcount_threshold": 1_000_000,
    "realize_reads_threshold": 1_000_000,
    "realize_cpu_opcount_threshold": 1_000_000,
}


class Kernels:
    """Kernels by spec; compiled where asked, and only believed where they agree with the uncompiled one in float64."""

    def __init__(self, compiled: bool) -> None:
        self._compile = compiled
        self._made: dict[tuple[Spec, bool], Kernel | None] = {}
        self._lock = threading.Lock()
        self.failures: list[str] = []  #: why compiled kernels were not used

    @property
    def used(self) -> int:
        """How many compiled kernels are in use."""
        return sum(kernel is not None for kernel in self._made.values())

    def __call__(self, spec: Spec, arrays: Arrays, coefficients: Tensor) -> Statistics:
        """The statistics of a stretch of elements; arguments as those of `kernel.counting`."""
        candidate, scale, _, scales = arrays
        whole = len(candidate) // ROW * ROW
        if not (candidate.device.type == "cpu" and whole and applies(spec, (scale, *scales), coefficients)):
            return self.in_float64(spec, arrays, coefficients)
        first, rest = (
            _each(arrays, lambda one: one[:whole]),
            _each(arrays, lambda one: one[whole:]),
        )
        kernel = self._compiled(spec, True, first, coefficients) or _stepped(single(spec))
        found, left = _by_rows(kernel, first, coefficients)
        if len(left):
            rows = _each(first, lambda one: one.view(-1, ROW)[left].view(-1))
            found = found + self.in_float64(spec, rows, coefficients)
        if whole < len(candidate):
            found = found + self.in_float64(spec, rest, coefficients)
        return found

    def in_float64(self, spec: Spec, arrays: Arrays, coefficients: Tensor) -> Statistics:
        """The same by the kernel in float64 alone."""
        return _whole(
            self._compiled(spec, False, arrays, coefficients) or counting(spec), arrays, coefficients
        )

    def _compiled(self, spec: Spec, narrow: bool, arrays: Arrays, coefficients: Tensor) -> Kernel | None:
        """The compiled kernel, in float32 or float64; made on first use."""
        if not self._compile or len(arrays[0]) < LEAST_COMPILED:
            return None
        with self._lock:
            if (spec, narrow) not in self._made:
                self._made[spec, narrow] = self._checked(spec, narrow, arrays, coefficients)
            return self._made[spec, narrow]

    def _checked(self, spec: Spec, narrow: bool, arrays: Arrays, coefficients: Tensor) -> Kernel | None:
        plain = counting(spec)
        try:
            known = torch._inductor.list_options()
            options = {name: value for name, value in _OPTIONS.items() if name in known}
            fused: Kernel = torch.compile(
                single(spec) if narrow else plain, dynamic=True, fullgraph=True, options=options
            )
            if narrow:
                mine, left = _by_rows(fused, arrays, coefficients)
                if len(left):
                    rows = _each(arrays, lambda one: one.view(-1, ROW)[left].view(-1))
                    mine = mine + _whole(plain, rows, coefficients)
            else:
                mine = _whole(fused, arrays, coefficients)
        except Exception as error:  # no compiler on the machine, or one that fails: slower, and no worse
            self.failures.append(
                f"not compiled: {str(error).splitlines()[0][:200] if str(error) else type(error).__name__}"
            )
            return None
        if not _alike(mine, _whole(plain, arrays, coefficients)):
            self.failures.append("the compiled kernel counts otherwise than the uncompiled one")
            return None
        return fused


def _each(arrays: Arrays, change: Callable[[Tensor], Tensor]) -> Arrays:
    candidate, scale, sources, scales = arrays
    return (
        change(candidate),
        None if scale is None else change(scale),
        [change(one) for one in sources],
        [None if one is None else change(one) for one in scales],
    )


def _stepped(kernel: Kernel) -> Kernel:
    """The kernel, called for a few rows at a time."""

    def stepped(*arguments: Any) -> tuple[Tensor, ...]:
        *arrays, coefficients = arguments
        found = [
            kernel(*_each(tuple(arrays), lambda one, at=at: one[at : at + STEP]), coefficients)  # type: ignore[misc]
            for at in range(0, len(arrays[0]), STEP)
        ]
        return tuple(torch.cat(one) for one in zip(*found, strict=True))

    return stepped


def _by_rows(kernel: Kernel, arrays: Arrays, coefficients: Tensor) -> tuple[Statistics, Tensor]:
    """Statistics of the rows that can be relied on; and the numbers of the others."""
    found = torch.stack(kernel(*arrays, coefficients.to(torch.float32)))
    sure = found[0] == ROW
    rows = int(sure.sum())
    if rows < len(sure):
        found = found[:, sure]
    totals = found.sum(dim=1, dtype=torch.float64).tolist()
    _, equal, beside, telling, telling_equal, *sums = totals
    sums[SUMS.index("floor")] /= 12
    counts = (equal, beside, telling, telling_equal, rows * ROW)
    return from_numbers(rows * ROW, [round(n) for n in counts], sums), torch.nonzero(~sure).view(-1)


def _whole(kernel: Kernel, arrays: Arrays, coefficients: Tensor) -> Statistics:
    found = kernel(*arrays, coefficients)
    counts, sums = (torch.stack(part).tolist() for part in (found[: len(COUNTS)], found[len(COUNTS) :]))
    return from_numbers(len(arrays[0]), counts, sums)


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
