"""The order and the method of a sum, from its last digits."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("numpy")

import numpy as np

from pytest_modelcard.lineage.summation import with_summation
from pytest_modelcard.weights.formats import round_to
from pytest_modelcard.weights.records import Lineage, Parent, TensorSample, Votes

SIZE = 300_000


def fused(order: list[str], weights: dict[str, float], models: dict[str, Any]) -> Any:
    """torch's addcmul, one model after the other: each sum rounded to float32 once."""
    total = np.zeros(SIZE, np.float32)
    for id in order:
        total = (total + float(np.float32(weights[id])) * models[id]).astype(np.float32)
    return total


def spherical(order: list[str], weights: dict[str, float], models: dict[str, Any]) -> Any:
    """mergekit's slerp of nearly parallel tensors: both products rounded to float32, then their sum."""
    t = np.float32(weights[order[1]])
    first, second = (models[id].astype(np.float32) for id in order)
    return (np.float32(1) - t) * first + t * second


def made(way: Any, order: list[str], spread: float) -> tuple[Lineage, list[TensorSample]]:
    random = np.random.default_rng(5)
    first = random.standard_normal(SIZE)
    models = {
        "lab/a": round_to(first, "BF16"),
        "lab/b": round_to(first + spread * random.standard_normal(SIZE), "BF16"),
    }
    weights = {"lab/a": 0.6, "lab/b": 0.4}
    candidate = round_to(way(order, weights, models).astype(np.float64), "BF16")
    sample = TensorSample(
        "model.layers.0.up.weight",
        "layers.up.weight",
        0,
        (SIZE,),
        np.arange(SIZE),
        candidate,
        models,
        {"": "BF16", "lab/a": "BF16", "lab/b": "BF16"},
    )
    parents = tuple(Parent(id, None, w, (w - 1e-7, w + 1e-7), False) for id, w in weights.items())
    recipe = {"method": "linear", "arithmetic": "float32", "weights": dict(weights)}
    lineage = Lineage("x", "exact-merge", "", method="linear", parents=parents, recipe=recipe)
    return lineage, [sample]


@pytest.mark.parametrize("order", [["lab/a", "lab/b"], ["lab/b", "lab/a"]])
@pytest.mark.parametrize("way, named", [(fused, "linear"), (spherical, "slerp")])
def test_order_and_method_show_in_the_last_digits(way: Any, named: str, order: list[str]) -> None:
    found = with_summation(*made(way, order, spread=0.01))
    assert (found.recipe or {})["summed"] == {"as": named, "order": order}


def test_slerp_is_no_linear_sum_where_the_models_are_far_apart() -> None:
    found = with_summation(*made(spherical, ["lab/a", "lab/b"], spread=0.1))
    assert (found.recipe or {})["summed"]["as"] == "linear"


def test_a_blend_computed_in_the_stored_format_stays_as_it_is() -> None:
    lineage, samples = made(fused, ["lab/a", "lab/b"], spread=0.01)
    stored = Lineage(**{**_fields(lineage), "recipe": {**(lineage.recipe or {}), "arithmetic": "stored"}})
    assert with_summation(stored, samples) is stored


def test_weights_by_part_are_looked_up() -> None:
    from pytest_modelcard.weights.records import TensorEvidence

    lineage, samples = made(fused, ["lab/b", "lab/a"], spread=0.01)
    votes = Votes(0.6, 0.5999999, 0.6000001, 1.0, 100, 0, 0)
    tensor = TensorEvidence(samples[0].name, samples[0].family, 0, SIZE, votes)
    parts = {"method": "linear", "by": "layer", "weights": {"0": 0.6}}
    varying = Lineage(**{**_fields(lineage), "recipe": parts, "per_tensor": (tensor,)})
    assert (with_summation(varying, samples).recipe or {})["summed"]["order"] == ["lab/b", "lab/a"]


def _fields(lineage: Lineage) -> dict[str, Any]:
    return {name: getattr(lineage, name) for name in Lineage.__dataclass_fields__}
