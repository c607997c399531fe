"""Simulated checkpoints for lineage tests: a base, fine-tunes of it with changes of a given size, merges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pytest_modelcard.weights import formats
from pytest_modelcard.weights.records import TensorSample

Array = NDArray[np.float64]


def base_values(n: int, seed: int = 0, dtype: str = "BF16", rms: float = 0.02) -> Array:
    """Weights of a base model on its grid."""
    return formats.round_to(np.random.default_rng(seed).normal(0, rms, n), dtype)


def tuned(base: Array, rms: float, seed: int, dtype: str = "BF16") -> Array:
    """A fine-tune: independent changes of that size, rounded to the grid."""
    return formats.round_to(base + np.random.default_rng(seed).normal(0, rms, base.size), dtype)


def linear(weights: Mapping[float, Array] | list[tuple[float, Array]], dtype: str = "BF16") -> Array:
    """mergekit's linear: float32 sum of products, divided by the float32 sum of weights, rounded once."""
    pairs = weights.items() if isinstance(weights, Mapping) else weights
    total = np.float32(0)
    result = None
    for weight, values in pairs:
        product = np.float32(weight) * values.astype(np.float32)
        result = product if result is None else result + product
        total = np.float32(total + np.float32(weight))
    assert result is not None
    return formats.round_to((result / total).astype(np.float64), dtype)


def sample(
    candidate: Array, others: Mapping[str, Array], dtype: str = "BF16", name: str = "a.weight"
) -> TensorSample:
    """One tensor's sample."""
    return TensorSample(
        name=name,
        family="weight",
        layer=None,
        shape=(candidate.size,),
        positions=np.arange(candidate.size),
        candidate=candidate,
        others=others,
        dtypes={"": dtype} | dict.fromkeys(others, dtype),
    )
