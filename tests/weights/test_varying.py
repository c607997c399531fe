"""Spherical and straight blends computed in 16 bits, told apart by the sums of their weights."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_modelcard.weights.decide import decide
from pytest_modelcard.weights.formats import round_to

from .samples import base_values, sample, tuned

Array = NDArray[np.float64]
#: How much fine-tunes move single tensors: the cosines between the two models run from 0.999 to 0.9.
CHANGES = np.linspace(5e-4, 6e-3, 8)


def bf16(values: Array | float) -> Array:
    return round_to(np.atleast_1d(np.asarray(values, dtype=np.float64)), "BF16")


def spherical(one: Array, two: Array, t: float) -> Array:
    """mergekit's nuslerp on bf16 tensors: each operation is rounded."""
    units = [bf16(v / bf16(np.linalg.norm(v))) for v in (one, two)]
    angle = bf16(np.arccos(min(1.0, bf16(units[0] @ units[1]).item()))).item()
    if not angle:
        return bf16(bf16((1 - t) * one) + bf16(t * two))
    parts = [bf16(bf16(math.sin(share * angle)) * v) for share, v in ((1 - t, one), (t, two))]
    return bf16(bf16(parts[0] + parts[1]) / bf16(math.sin(angle)))


def straight(one: Array, two: Array, first: float, second: float) -> Array:
    return bf16(bf16(bf16(first) * one) + bf16(bf16(second) * two))


@pytest.mark.parametrize(
    ("blend", "method"),
    [
        (lambda one, two: spherical(one, two, 0.4), "slerp"),
        (lambda one, two: spherical(one, two, 0.65), "slerp"),
        (lambda one, two: straight(one, two, 0.6, 0.412), "task-arithmetic"),
        (lambda one, two: straight(one, two, 0.4, 0.65), "task-arithmetic"),
    ],
)
def test_kinds_of_blends_in_16_bits(blend: Callable[[Array, Array], Array], method: str) -> None:
    samples = []
    for number, change in enumerate(CHANGES):
        base = base_values(8_000, number)
        one, two = tuned(base, change, 100 + number), tuned(base, change, 200 + number)
        samples.append(sample(blend(one, two), {"a/one": one, "a/two": two}, name=f"layers.{number}.weight"))
    said = decide(samples, "c", ["a/one"], ["a/two"], {})
    assert (said.verdict, said.method) == ("exact-merge", method)
