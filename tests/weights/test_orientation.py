"""Square experts in one tensor: paired where values show the way round, left out otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights.opened import Weights, open_weights
from pytest_modelcard.weights.orientation import aligned

from .models import Model, bf16, file_bytes

EXPERTS, SIZE, LAYERS = 3, 96, 3
DOWN = "model.layers.{}.mlp.experts.down_proj"


def experts(seed: int, change: float = 0.0) -> dict[tuple[int, int], np.ndarray]:
    draw, more = np.random.default_rng(seed), np.random.default_rng(seed + 100)
    return {
        (layer, e): draw.normal(0, 0.02, (SIZE, SIZE)) + more.normal(0, 0.02, (SIZE, SIZE)) * change
        for layer in range(LAYERS)
        for e in range(EXPERTS)
    }


def opened(tensors: dict[str, np.ndarray]) -> Weights:
    return open_weights(Model({"model.safetensors": file_bytes({n: bf16(v) for n, v in tensors.items()})}))


def single(of: dict[tuple[int, int], np.ndarray]) -> Weights:
    return opened(
        {f"model.layers.{layer}.mlp.experts.{e}.down_proj.weight": v for (layer, e), v in of.items()}
    )


def fused(of: dict[tuple[int, int], np.ndarray], turned: tuple[int, ...] = ()) -> Weights:
    """turned: layers that are stored transposed."""
    return opened(
        {
            DOWN.format(layer): np.stack(
                [of[layer, e].T if layer in turned else of[layer, e] for e in range(EXPERTS)]
            )
            for layer in range(LAYERS)
        }
    )


@pytest.mark.parametrize("change", [0.0, 0.3])
def test_the_same_way_round_in_both(change: float) -> None:
    for found in (
        aligned(fused(experts(1)), single(experts(1, change))),
        aligned(single(experts(1, change)), fused(experts(1))),
    ):
        assert not found.left_out and not found.unsure
        assert sum(run.count for runs in found.pairs.values() for run in runs) == LAYERS * EXPERTS * SIZE**2
    run = aligned(fused(experts(1)), single(experts(1))).pairs[DOWN.format(1)][2]
    assert (run.start, run.tensor.name) == (2 * SIZE**2, "model.layers.1.mlp.experts.2.down_proj.weight")


@pytest.mark.parametrize(
    "other",
    [
        single(experts(2)),  # a stranger: neither way shows
        opened(
            {
                f"model.layers.{layer}.mlp.experts.{e}.down_proj.weight": v.T
                for (layer, e), v in experts(1).items()
            }
        ),
        opened(
            {
                f"model.layers.{layer}.mlp.experts.{e}.down_proj.weight": (v + v.T) / 2 if layer else v.T
                for (layer, e), v in experts(1).items()
            }
        ),
    ],
)
def test_what_does_not_show_stays_left_out(other: Weights) -> None:
    found = aligned(fused(experts(1)), other)
    assert not found.pairs
    assert {one.name for one in found.left_out} == {DOWN.format(n) for n in range(LAYERS)}
    assert all("transposed" in one.reason for one in found.left_out)


def test_a_model_whose_layers_differ_stays_left_out() -> None:
    found = aligned(fused(experts(1), turned=(2,)), single(experts(1)))
    assert not found.pairs and len(found.left_out) == LAYERS
