"""mergekit configurations as programs: what is computed for which tensor, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.full.program import View
from pytest_modelcard.full.programs import Recipe

ATTENTION, MLP = "model.layers.{}.self_attn.q_proj.weight", "model.layers.{}.mlp.up_proj.weight"


def models(**weights: Any) -> list[dict[str, Any]]:
    return [{"model": f"lab/{name}", "parameters": {"weight": weight}} for name, weight in weights.items()]


def test_linear_in_one_rounding() -> None:
    recipe = Recipe(
        {
            "merge_method": "linear",
            "models": models(a=0.4, b=0.6),
            "dtype": "float32",
            "out_dtype": "bfloat16",
        }
    )
    program = recipe.program(ATTENTION.format(0), 4)
    assert recipe.models == ("lab/a", "lab/b")
    assert program.method == "linear" and program.sources == (View("lab/a"), View("lab/b"))
    assert (program.loaded, program.merged, program.divided) == ("F32", "BF16", False)
    assert program.weights == (float(np.float32(0.4)), float(np.float32(0.6)))


def test_weights_that_do_not_sum_to_one_are_divided_by_their_sum() -> None:
    program = Recipe({"merge_method": "linear", "models": models(a=1.0, b=0.5)}).program(
        "model.norm.weight", 4
    )
    assert program.divided and program.weights == (1.0, 0.5, 1.5)
    config = {"merge_method": "linear", "models": models(a=1.0, b=0.5), "parameters": {"normalize": False}}
    assert not Recipe(config).program("model.norm.weight", 4).divided


def test_gradients_and_filters() -> None:
    weight = [{"filter": "self_attn", "value": [0.0, 1.0]}, {"value": 0.25}]
    recipe = Recipe({"merge_method": "linear", "models": models(a=weight, b=0.5)})
    assert [recipe.program(ATTENTION.format(n), 5).weights[0] for n in range(5)] == [
        0.0,
        0.25,
        0.5,
        0.75,
        1.0,
    ]
    assert recipe.program(MLP.format(3), 5).weights[0] == 0.25
    assert recipe.program("lm_head.weight", 5).weights[0] == 0.25


def test_slices_renumber_layers() -> None:
    slices = [
        {"sources": [{"model": "lab/a", "layer_range": [0, 3]}]},
        {"sources": [{"model": "lab/b", "layer_range": [1, 4]}]},
    ]
    recipe = Recipe({"merge_method": "passthrough", "slices": slices, "dtype": "bfloat16"})
    assert recipe.program(MLP.format(2), 6).sources == (View("lab/a", (0, 3, 0)),)
    assert recipe.program(MLP.format(3), 6).sources == (View("lab/b", (1, 4, 3)),)
    assert recipe.program("model.embed_tokens.weight", 6).sources[0].model == "lab/a"
    assert recipe.program("lm_head.weight", 6).sources[0].model == "lab/b"
    with pytest.raises(CannotTell, match="no layer 6"):
        recipe.program(MLP.format(6), 7)


def test_task_arithmetic_and_slerp_start_from_their_base() -> None:
    recipe = Recipe(
        {
            "merge_method": "task_arithmetic",
            "base_model": "lab/base",
            "models": models(a=0.7, b=0.5),
            "dtype": "bfloat16",
        }
    )
    program = recipe.program(MLP.format(0), 2)
    assert [v.model for v in program.sources] == ["lab/base", "lab/a", "lab/b"]
    assert program.weights == (0.7, 0.5) and program.steps == "BF16" and "lab/base" in recipe.models
    turned = Recipe(
        {"merge_method": "slerp", "base_model": "lab/b", "models": models(a=1, b=1), "parameters": {"t": 0.4}}
    )
    assert [v.model for v in turned.program(MLP.format(0), 2).sources] == ["lab/b", "lab/a"]


def test_a_revision_behind_the_name_is_no_part_of_it() -> None:
    assert Recipe({"merge_method": "passthrough", "models": [{"model": "lab/a@" + "0" * 40}]}).models == (
        "lab/a",
    )


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"merge_method": "dare_ties", "models": models(a=1)}, "dare_ties"),
        ({"merge_method": "linear"}, "names no models"),
        ({"merge_method": "linear", "models": [{"model": "lab/a+lab/lora"}]}, "adapter"),
        ({"merge_method": "linear", "models": models(a=0.5), "dtype": "int8"}, "int8"),
        ({"merge_method": "slerp", "models": models(a=1, b=1)}, "base model"),
        (
            {
                "merge_method": "task_arithmetic",
                "base_model": "lab/c",
                "models": models(a=1),
                "parameters": {"lambda": 2},
            },
            "lambda",
        ),
        ({"merge_method": "passthrough", "models": models(a=1, b=1)}, "several sources"),
        (
            {
                "merge_method": "passthrough",
                "slices": [{"sources": [{"model": "lab/a", "layer_range": [3, 1]}]}],
            },
            "range",
        ),
        ({"merge_method": "passthrough", "slices": [{"sources": "lab/a"}]}, "tables"),
        ({"merge_method": "linear", "models": [7]}, "tables"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_the_reason(config: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotTell, match=why):
        Recipe(config)


@pytest.mark.parametrize("weight", ["much", {"filter": 1, "value": {}}, [[1]], [], None])
def test_a_weight_that_is_none(weight: Any) -> None:
    with pytest.raises(CannotTell):
        Recipe({"merge_method": "linear", "models": models(a=weight)}).program("x1", 1)
