"""A spec's compiled kernel, called on stretches of elements."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import torch

from ..arrays import Arrays
from ..kernel import SHAPE, Spec
from ..statistics import SUMS, Statistics, from_numbers
from .compiler import loaded, pointer
from .source import ROW, pointers, source

#: Models of a merge beyond which the sums no longer fit what a processor keeps at hand.
MOST_SOURCES = 32


def applies(spec: Spec, arrays: Arrays, coefficients: torch.Tensor) -> bool:
    """Whether the kernel counts these: on a processor, and all numbers that come in are float32 ones."""
    if arrays.candidate.device.type != "cpu" or len(spec.sources) > MOST_SOURCES:
        return False
    if any(one is not None and one.dtype != torch.float32 for one in (arrays.scale, *arrays.scales)):
        return False
    # A source's number times its scale is not rounded before it is weighted.
    if any(spec.scaled[1:]) and not spec.loaded:
        return False
    return bool((coefficients.to(torch.float32) == coefficients).all())


class Native:
    """The kernel of one spec; making it raises CompilerError."""

    def __init__(self, spec: Spec) -> None:
        self._pointers = pointers(spec)
        self._step = 2.0 ** -SHAPE[spec.candidate][0]  #: of numbers from 1 to 2
        self._sums = len(SUMS) + len(spec.sources) * (len(spec.sources) + 1) // 2
        self._count = loaded(source(spec)).count
        self._count.restype = ctypes.c_int64

    def __call__(self, arrays: Arrays, coefficients: torch.Tensor) -> tuple[Statistics, Arrays | None]:
        """The statistics of the rows that it counts, and the elements of those that it leaves, if any."""
        given, elements = self._given(arrays), len(arrays.candidate)
        counts = torch.zeros(4, dtype=torch.int64)
        sums = torch.zeros(self._sums, dtype=torch.float64)
        left = torch.empty(-(-elements // ROW), dtype=torch.uint8)
        weights = coefficients.to(torch.float32).contiguous()
        places = (ctypes.c_void_p * len(given))(*(one.data_ptr() for one in given))
        rows_left = self._count(
            places, pointer(weights), ctypes.c_int64(elements), pointer(counts), pointer(sums), pointer(left)
        )
        rest = arrays.rows(left.nonzero()[:, 0].tolist(), ROW) if rows_left else None
        found = dict(zip(SUMS, sums.tolist(), strict=False))
        found["floor"] *= self._step**2 / 12
        counted = elements - (len(rest.candidate) if rest else 0)
        numbers = [*found.values(), *sums[len(SUMS) :].tolist()]
        return from_numbers(counted, [*counts.tolist(), counted], numbers), rest

    def _given(self, arrays: Arrays) -> Sequence[torch.Tensor]:
        """All arrays in the order of `pointers`, without gaps between elements."""
        found: list[torch.Tensor] = []
        for stored, scale in zip(
            (arrays.candidate, *arrays.sources), (arrays.scale, *arrays.scales), strict=True
        ):
            found += [stored] if scale is None else [stored, scale]
        found += [one if one.dtype == torch.bool else one.to(torch.float32) for one in arrays.ahead]
        assert len(found) == len(self._pointers)
        return [one.contiguous() for one in found]
