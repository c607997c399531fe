"""Shares that vary over layers, as the lists of numbers that a merge's maker wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_modelcard.lineage.gradient import at, gradients
from pytest_modelcard.lineage.recipe import recipe_config, share_of_first

ATTENTION, MLP = [0, 0.5, 0.3, 0.7, 1], [1, 0.5, 0.7, 0.3, 0]
PIECES = ("self_attn.q_proj", "self_attn.o_proj", "mlp.up_proj", "input_layernorm")


def usual(piece: str, depth: float) -> float:
    """The first model's share where t has the community's usual lists."""
    if piece.startswith("self_attn"):
        return 1 - at(ATTENTION, depth)
    return 1 - at(MLP, depth) if piece.startswith("mlp") else 0.5


def merged(share: Callable[[str, float], float], layers: int, off: float = 0.0, voting: int = 3000) -> Any:
    """A report's lineage of such a merge; `off`: what its shares are off, one up, the next down."""
    tensors: list[dict[str, Any]] = []
    weights: dict[str, float] = {}

    def add(name: str, layer: int | None, value: float) -> None:
        weights[name] = value + off * (-1) ** len(tensors)
        tensors.append(
            {"name": name, "family": name, "layer": layer, "elements": 10**7, "voting": voting, "fixed": 50}
        )

    add("model.embed_tokens.weight", None, share("embed_tokens", 0.0))
    for layer in range(layers):
        for piece in PIECES:
            add(f"model.layers.{layer}.{piece}.weight", layer, share(piece, layer / (layers - 1)))
    add("lm_head.weight", None, share("lm_head", 0.0))
    parents = [{"id": id, "weight": 0.5, "interval": [0.0, 1.0]} for id in ("lab/one", "lab/two")]
    return {
        "verdict": "exact-merge",
        "method": "slerp",
        "dtype": "BF16",
        "parents": parents,
        "per_tensor": tensors,
        "recipe": {"method": "slerp", "by": "tensor", "weights": weights},
    }


@pytest.mark.parametrize("layers", [12, 24, 32, 61])
def test_the_usual_lists_are_found_from_shares_that_are_a_little_off(layers: int) -> None:
    lineage = merged(usual, layers, off=2e-3)
    config = recipe_config(lineage)
    assert config is not None and config["merge_method"] == "slerp" and config["base_model"] == "lab/two"
    first = gradients(lineage)
    assert first == [
        {"filter": ".self_attn.", "value": [1.0, 0.5, 0.7, 0.3, 0.0]},
        {"filter": ".mlp.", "value": [0.0, 0.5, 0.3, 0.7, 1.0]},
        {"value": 0.5},
    ]


def test_shares_that_follow_no_short_list_stay_a_number_for_each_layer() -> None:
    odd = [0.13, 0.87, 0.2, 0.55, 0.41, 0.93, 0.02, 0.66, 0.35, 0.78]
    found = gradients(merged(lambda piece, depth: odd[round(depth * 9)], 10))
    assert found is not None
    lists = [entry["value"] for entry in found if isinstance(entry["value"], list)]
    assert lists and all(one == pytest.approx(odd, abs=3e-3) for one in lists)


def test_one_list_for_all_layers_needs_no_filter() -> None:
    lineage = merged(lambda piece, depth: at([1, 0.2, 0], depth), 16, off=1e-3)
    assert gradients(lineage) == [{"value": [1.0, 0.2, 0.0]}]
    config = recipe_config(lineage)  # t is the share of the model that is not the base
    assert config is not None and config["parameters"] == {"t": [1.0, 0.2, 0.0]}


def test_what_is_in_no_layer_keeps_its_own_share() -> None:
    lineage = merged(lambda piece, depth: 0.3 if piece == "lm_head" else at([1, 0], depth), 16)
    found = gradients(lineage)
    assert found is not None and {"filter": "lm_head.weight", "value": 0.3} in found


def test_every_tensor_gets_the_share_of_its_layer() -> None:
    share = share_of_first(merged(usual, 32))
    assert share is not None
    for layer in (0, 7, 31):
        for piece in PIECES:
            assert share(f"model.layers.{layer}.{piece}.weight") == pytest.approx(usual(piece, layer / 31))
    assert share("lm_head.weight") == 0.5


def test_parts_of_a_layer_that_do_not_go_together_are_left_to_filters_by_name() -> None:
    lineage = merged(lambda piece, depth: 0.9 if piece.endswith("q_proj") else 0.1, 12)
    assert gradients(lineage) is None
