"""Which kernel counts a stretch of elements: on a processor the one in float32, and the one in float64 what that leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import torch

from .kernel import Spec, counting
from .single import ROW, any_rows, applies, matched, matching
from .statistics import COUNTS, SUMS, Statistics, from_numbers

Tensor: TypeAlias = torch.Tensor
Kernel: TypeAlias = Callable[..., tuple[Tensor, ...]]
Make: TypeAlias = Callable[[Spec], Kernel]

#: Below so many elements compiling, and a compiled call, cost more than they save.
LEAST_COMPILED = 65_536
#: Elements of a step where nothing is compiled: what each operation leaves stays in the core's cache.
STEP = 32 * ROW
#: Elements on which a compiled kernel is compared.
CHECKED = 262_144
#: How torch compiles: rounded where the program says so, on one thread.
_OPTIONS = {"emulate_precision_casts": True, "cpp.threads": 1}
#: Which intermediate results compilers store, by operations: none, so that there is one loop; with three multiply-adds in
#: a row, each of which uses the last many times, compiling would take minutes.
_ONE_LOOP, _SOME_STORED = 1_000_000, 45
_STORING = ("realize_opcount_threshold", "realize_cpu_opcount_threshold")


class Arrays(NamedTuple):
    """The candidate, its scale, the sources, their scales; and what was worked out on the whole tensor. All of one length."""

    candidate: Tensor
    scale: Tensor | None
    sources: Sequence[Tensor]
    scales: Sequence[Tensor | None]
    ahead: Sequence[Tensor] = ()


class Kernels:
    """Kernels by spec; compiled where asked, and only believed where they agree with the uncompiled one in float64."""

    def __init__(self, compiled: bool) -> None:
        self._compile = compiled
        self._made: dict[tuple[Make, Spec], Kernel | None] = {}
        self._proven: set[tuple[Make, Spec]] = set()
        self._lock = threading.Lock()
        self.failures: list[str] = []  #: why compiled kernels were not used

    @property
    def used(self) -> int:
        """How many compiled kernels are in use."""
        return sum(self._made[key] is not None for key in self._proven)

    def __call__(self, spec: Spec, arrays: Arrays, coefficients: Tensor) -> Statistics:
        """The statistics of a stretch of elements; arguments as those of `kernel.counting`."""
        candidate, scale, _, scales, _ = arrays
        whole = len(candidate) // ROW * ROW
        if not (candidate.device.type == "cpu" and whole and applies(spec, (scale, *scales), coefficients)):
            return self.in_float64(spec, arrays, coefficients)
        found, rest = Statistics(), _each(arrays, lambda one: one[:whole])
        for make in (matching, any_rows):
            kernel = self._compiled(make, spec, rest, coefficients) or _stepped(make(spec))
            more, sure = _by_rows(make, kernel, rest, coefficients)
            found, rest = found + more, _rows(rest, ~sure)
            if not len(rest[0]):
                break
        for left in (rest, _each(arrays, lambda one: one[whole:])):
            if len(left[0]):
                found = found + self.in_float64(spec, left, coefficients)
        return found

    def in_float64(self, spec: Spec, arrays: Arrays, coefficients: Tensor) -> Statistics:
        """The same by the kernel in float64 alone."""
        fused = self._compiled(counting, spec, arrays, coefficients)
        return _whole(fused, arrays, coefficients) if fused else _plainly(spec, arrays, coefficients)

    def _compiled(self, make: Make, spec: Spec, arrays: Arrays, coefficients: Tensor) -> Kernel | None:
        """The compiled kernel, made on first use; None where it is not to be used."""
        if not self._compile or len(arrays[0]) < LEAST_COMPILED:
            return None
        key = make, spec
        with self._lock:
            if key not in self._made:
                self._made[key] = torch.compile(
                    make(spec), dynamic=True, fullgraph=True, options=_options(make, spec)
                )
            if key not in self._proven and (fused := self._made[key]) is not None:
                few = _each(arrays, lambda one: one[:CHECKED])
                if (why := self._unlike(make, spec, fused, few, coefficients)) != "":
                    self._proven.add(key)
                if why:
                    self.failures.append(why)
                    self._made[key] = None
            return self._made[key]

    def _unlike(
        self, make: Make, spec: Spec, fused: Kernel, arrays: Arrays, coefficients: Tensor
    ) -> str | None:
        """Why a kernel is not to be used; None where it counts as it should; "" where it leaves all rows to others."""
        try:
            if make is counting:
                mine = _whole(fused, arrays, coefficients)
            else:
                mine, sure = _by_rows(make, fused, arrays, coefficients)
                arrays = _rows(arrays, sure)
        except Exception as error:  # no compiler on the machine, or one that fails: slower, and no worse
            return f"not compiled: {str(error).splitlines()[0][:200] if str(error) else type(error).__name__}"
        if not mine.elements:
            return ""
        if not _alike(mine, _plainly(spec, arrays, coefficients)):
            return "the compiled kernel counts otherwise than the uncompiled one"
        return None


def _options(make: Make, spec: Spec) -> dict[str, bool | int]:
    """Those that this version of torch has."""
    options = dict(_OPTIONS)
    if make is not counting:
        operations = _SOME_STORED if spec.method == "linear" and len(spec.sources) > 2 else _ONE_LOOP
        options |= {**dict.fromkeys(_STORING, operations), "realize_reads_threshold": _ONE_LOOP}
    known = torch._inductor.list_options()
    return {name: value for name, value in options.items() if name in known}


def _each(arrays: Arrays, change: Callable[[Tensor], Tensor]) -> Arrays:
    candidate, scale, sources, scales, ahead = arrays
    return Arrays(
        change(candidate),
        None if scale is None else change(scale),
        [change(one) for one in sources],
        [None if one is None else change(one) for one in scales],
        [change(one) for one in ahead],
    )


def _stepped(kernel: Kernel) -> Kernel:
    """The kernel, called for a few rows at a time."""

    def stepped(*arguments: Any) -> tuple[Tensor, ...]:
        *arrays, coefficients = arguments
        found = [
            kernel(*_each(Arrays(*arrays), lambda one, at=at: one[at : at + STEP])[:4], coefficients)  # type: ignore[misc]
            for at in range(0, len(arrays[0]), STEP)
        ]
        return tuple(torch.cat(one) for one in zip(*found, strict=True))

    return stepped


def _rows(arrays: Arrays, which: Tensor) -> Arrays:
    if bool(which.all()):
        return arrays
    return _each(arrays, lambda one: one.view(-1, ROW)[which].view(-1))


def _by_rows(make: Make, kernel: Kernel, arrays: Arrays, coefficients: Tensor) -> tuple[Statistics, Tensor]:
    """Statistics of the rows that can be relied on; and which they are."""
    found = torch.stack(kernel(*arrays[:4], coefficients.to(torch.float32)))  # a few numbers for each row
    if make is matching:
        found = matched(found)
    sure = found[0] == ROW
    if not bool(sure.all()):
        found = found[:, sure]
    _, equal, beside, telling, telling_equal, *sums = found.sum(dim=1, dtype=torch.float64).tolist()
    sums[SUMS.index("floor")] /= 12
    elements = found.shape[1] * ROW
    counts = [round(n) for n in (equal, beside, telling, telling_equal, elements)]
    return from_numbers(elements, counts, sums), sure


def _whole(kernel: Kernel, arrays: Arrays, coefficients: Tensor) -> Statistics:
    ahead = (arrays.ahead,) if arrays.ahead else ()
    found = kernel(*arrays[:4], coefficients, *ahead)
    counts, sums = (torch.stack(part).tolist() for part in (found[: len(COUNTS)], found[len(COUNTS) :]))
    return from_numbers(len(arrays[0]), counts, sums)


def _plainly(spec: Spec, arrays: Arrays, coefficients: Tensor) -> Statistics:
    """In float64, uncompiled."""
    kernel, size = counting(spec), len(arrays[0]) if arrays[0].device.type != "cpu" else STEP
    found = Statistics()
    for at in range(0, len(arrays[0]), size):
        found = found + _whole(kernel, _each(arrays, lambda one, at=at: one[at : at + size]), coefficients)  # type: ignore[misc]
    return found


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
