"""The first look at blends: nothing that training or a finer number format adds must hide one."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numpy")

from pytest_modelcard.weights.formats import round_to
from pytest_modelcard.weights.screen import LEFT, Screen
from tests.weights.samples import base_values, linear, sample, tuned


def made(k: int, dtype: str, after: float = 0.0, n: int = 2_000):
    base = base_values(n, seed=k, dtype=dtype)
    parent = tuned(base, 5e-4, seed=50 + k, dtype=dtype)
    blend = linear([(0.6, parent), (0.4, base)], dtype)
    trained = round_to(blend + np.random.default_rng(90 + k).normal(0, after, n), dtype) if after else blend
    return sample(trained, {"b": base, "p": parent}, dtype, name=f"{dtype}{k}")


def test_an_exact_blend_leaves_no_more_than_rounding_and_a_stranger_much_more() -> None:
    samples = [made(k, "BF16") for k in range(6)]
    assert Screen.of(samples, ["b", "p"]).left(["b", "p"]) < 2
    assert Screen.of(samples, ["b", "p"]).left(["b"]) > LEFT


def test_a_few_tensors_in_a_finer_format_do_not_outweigh_the_others() -> None:
    samples = [made(k, "BF16", 2e-5) for k in range(6)] + [made(9, "F32", 2e-5, n=64)]
    screen = Screen.of(samples, ["b", "p"])
    assert screen.left(["b", "p"]) < LEFT
    assert screen.names == tuple(s.name for s in samples[:6])
    assert Screen.of(samples[6:], ["b", "p"]).names == ("F329",)
