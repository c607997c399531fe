"""Recipes as mergekit reads them, written from a report's lineage."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

pytest.importorskip("numpy")

from pytest_modelcard.lineage.recipe import recipe_text


def parent(id: str, weight: float | None, width: float = 1e-6, revision: str | None = None) -> dict[str, Any]:
    interval = None if weight is None else [weight - width, weight + width]
    return {"id": id, "weight": weight, "interval": interval, "revision": revision, "declared": False}


def lineage(method: str, *parents: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"candidate": "lab/mix", "verdict": "exact-merge", "sentence": "", "method": method}
    return {**known, "parents": list(parents), **more}


def read(found: dict[str, Any]) -> Any:
    return yaml.safe_load(recipe_text(found))


def test_a_linear_merge_names_the_simplest_weights_in_the_order_they_were_summed_in() -> None:
    recipe = {"arithmetic": "float32", "weights": {"lab/b": 0.4, "lab/a": 0.6}}
    found = read(lineage("linear", parent("lab/a", 0.6000001), parent("lab/b", 0.3999999), recipe=recipe))
    assert found["merge_method"] == "linear"
    assert [(m["model"], m["parameters"]["weight"]) for m in found["models"]] == [
        ("lab/b", 0.4),
        ("lab/a", 0.6),
    ]
    assert (found["dtype"], found["out_dtype"]) == ("float32", "bfloat16")


def test_revisions_are_kept() -> None:
    found = read(lineage("linear", parent("lab/a", 0.5, revision="ab12"), parent("lab/b", 0.5)))
    assert [m["model"] for m in found["models"]] == ["lab/a@ab12", "lab/b"]


def test_a_schedule_over_layers_becomes_filters() -> None:
    per_tensor = [
        {
            "name": f"model.layers.{n}.{part}.weight",
            "family": f"layers.{part}.weight",
            "layer": n,
            "interval": ends,
            "narrow": True,
        }
        for n, ends in ((0, [0.8999, 0.9001]), (1, [0.2999, 0.3001]))
        for part in ("mlp.up_proj", "self_attn.q_proj")
    ]
    found = read(
        lineage(
            "linear",
            parent("lab/a", 0.6, 0.3),
            parent("lab/b", 0.4, 0.3),
            per_tensor=per_tensor,
            recipe={"by": "layer"},
        )
    )
    first, second = (m["parameters"]["weight"] for m in found["models"])
    assert first[:2] == [{"filter": "layers.0.", "value": 0.9}, {"filter": "layers.1.", "value": 0.3}]
    assert second[:2] == [{"filter": "layers.0.", "value": 0.1}, {"filter": "layers.1.", "value": 0.7}]


def test_task_arithmetic_in_the_stored_format() -> None:
    parents = (parent("lab/a", 0.7), parent("lab/b", 0.5), parent("lab/base", -0.2))
    found = read(lineage("task-arithmetic", *parents, recipe={"arithmetic": "stored"}))
    assert found["base_model"] == "lab/base"
    assert [m["parameters"]["weight"] for m in found["models"]] == [0.7, 0.5]
    assert found["dtype"] == "bfloat16"
    assert "out_dtype" not in found


def test_slerp_names_its_base_first() -> None:
    found = read(lineage("slerp", parent("lab/b", 0.4004), parent("lab/a", 0.5996)))
    assert (found["base_model"], found["parameters"]) == ("lab/a", {"t": 0.4})


def test_layers_in_a_row_are_one_slice() -> None:
    layers = ["lab/a:0", "lab/a:1", "lab/b:1", "lab/b:2"]
    found = read(
        lineage("layer-stack", parent("lab/a", 0.5), parent("lab/b", 0.5), recipe={"layers": layers})
    )
    assert [s["sources"][0]["layer_range"] for s in found["slices"]] == [[0, 2], [1, 3]]


def test_a_model_without_some_layers_is_a_passthrough() -> None:
    recipe = {"method": "layer-stack", "layers": ["lab/a:0", "lab/a:1", "lab/a:4"]}
    made = lineage("", parent("lab/a", 1.0), recipe=recipe)
    found = read({**made, "method": None, "verdict": "pruned"})
    assert found["merge_method"] == "passthrough"
    assert [s["sources"][0]["layer_range"] for s in found["slices"]] == [[0, 2], [4, 5]]
    assert recipe_text({**made, "method": None, "verdict": "pruned", "recipe": None}) == ""


@pytest.mark.parametrize("verdict", ["fine-tune", "cannot-tell", "copy"])
def test_what_is_no_merge_has_no_recipe(verdict: str) -> None:
    assert (
        recipe_text({**lineage("linear", parent("lab/a", 0.5), parent("lab/b", 0.5)), "verdict": verdict})
        == ""
    )


def test_weights_that_are_not_known_give_no_recipe() -> None:
    assert recipe_text(lineage("linear", parent("lab/a", None), parent("lab/b", 0.5))) == ""


def test_a_name_cannot_leave_its_comment_or_its_value() -> None:
    evil = "lab/x\nmerge_method: ties"
    found = read(lineage("linear", parent(evil, 0.5), parent("lab/b", 0.5), candidate=evil, sentence=evil))
    assert found["merge_method"] == "linear"
    assert found["models"][0]["model"] == evil


def narrow(name: str, layer: int | None, low: float, high: float, sure: bool = True) -> dict[str, Any]:
    return {"name": name, "family": name, "layer": layer, "interval": [low, high], "narrow": sure}


def test_a_schedule_over_modules_names_longer_pieces_first() -> None:
    per_tensor = [
        narrow("model.layers.0.mlp.proj.weight", 0, 0.6999, 0.7001),
        narrow("model.layers.0.attn.mlp.proj.weight", 0, 0.1999, 0.2001),
        narrow("model.layers.1.mlp.proj.weight", 1, 0.6999, 0.7001),
        narrow("model.layers.0.moe.experts.3.w1.weight", 0, 0.4999, 0.5001),
        narrow("model.embed.weight", None, 0.2499, 0.2501),
    ]
    parents = (parent("lab/a", 0.5, 0.3), parent("lab/b", 0.5, 0.3))
    found = read(lineage("linear", *parents, per_tensor=per_tensor, recipe={"by": "module"}))
    assert found["models"][0]["parameters"]["weight"] == [
        {"filter": "attn.mlp.proj.weight", "value": 0.2},
        {"filter": "model.embed.weight", "value": 0.25},
        {"filter": "mlp.proj.weight", "value": 0.7},
        {"filter": "w1.weight", "value": 0.5},
        {"value": 0.5},
    ]


def test_where_the_parents_are_alike_a_weight_of_other_parts_is_taken() -> None:
    per_tensor = [
        narrow("model.layers.0.up.weight", 0, 0.8999, 0.9001),
        narrow("model.layers.1.up.weight", 1, 0.7, 1.4, sure=False),
        narrow("model.layers.2.up.weight", 2, -3.0, 0.0, sure=False),
    ]
    parents = (parent("lab/a", 0.5, 0.3), parent("lab/b", 0.5, 0.3))
    found = read(lineage("linear", *parents, per_tensor=per_tensor, recipe={"by": "layer"}))
    values = {entry.get("filter"): entry["value"] for entry in found["models"][0]["parameters"]["weight"]}
    assert values == {"layers.0.": 0.9, "layers.1.": 0.9, "layers.2.": 0.5, None: 0.5}


def test_the_base_of_task_arithmetic_is_the_last_of_the_sum_whatever_its_weight() -> None:
    parents = (parent("lab/base", 0.6), parent("lab/a", 0.2), parent("lab/b", 0.2))
    recipe = {"arithmetic": "stored", "weights": {"lab/a": 0.2, "lab/b": 0.2, "lab/base": 0.6}}
    found = read(lineage("task-arithmetic", *parents, recipe=recipe))
    assert found["base_model"] == "lab/base"
    assert [m["model"] for m in found["models"]] == ["lab/a", "lab/b"]


def test_a_weight_that_was_rounded_itself_is_the_simplest_that_rounds_alike() -> None:
    parents = (parent("lab/a", 0.349609375, 0.0), parent("lab/base", 0.650390625, 0.0))
    found = read(lineage("task-arithmetic", *parents, recipe={"arithmetic": "stored"}, dtype="BF16"))
    assert found["models"][0]["parameters"]["weight"] == 0.35


@pytest.mark.parametrize("stored, named", [("F16", "float16"), ("F32", "float32"), ("BF16", "bfloat16")])
def test_the_result_has_the_candidates_dtype(stored: str, named: str) -> None:
    found = read(lineage("linear", parent("lab/a", 0.5), parent("lab/b", 0.5), dtype=stored))
    assert (found["dtype"], found["out_dtype"]) == ("float32", named)


def test_slerp_by_layer_has_a_share_for_each() -> None:
    per_tensor = [
        narrow("model.layers.0.up.weight", 0, 0.2001, 0.2004),
        narrow("model.layers.1.up.weight", 1, 0.7499, 0.7502),
    ]
    parents = (parent("lab/b", 0.475, 0.3), parent("lab/a", 0.525, 0.3))
    found = read(lineage("slerp", *parents, per_tensor=per_tensor, recipe={"by": "layer"}))
    assert found["parameters"]["t"][:2] == [
        {"filter": "layers.0.", "value": 0.2},
        {"filter": "layers.1.", "value": 0.75},
    ]


def test_a_sparse_merge_has_comments_and_no_configuration() -> None:
    recipe = {
        "method": "sparse",
        "kept": 0.52,
        "multiples": {"lab/a": 1.25, "lab/b\nmerge_method: ties": 1.0},
    }
    text = recipe_text(lineage("sparse", parent("lab/a", None), parent("lab/base", None), recipe=recipe))
    assert "1.25 times" in text
    assert "0.520" in text
    assert yaml.safe_load(text) is None


@pytest.mark.parametrize(
    "name",
    ["a\u2028b: c", "\ud800x", "a\x00\x1b[2Jb", "*x &y !!python/object:os.system", "'\"\\ # {", "\x85- a"],
)
def test_hostile_names_stay_names(name: str) -> None:
    made = lineage("linear", parent(name, 0.5), parent("lab/b", 0.5), candidate=name, sentence=name)
    text = recipe_text(made)
    assert read(made)["models"][0]["model"] == name
    assert text.isascii()
    assert "\x1b" not in text


def test_a_linear_blend_with_the_last_digits_of_slerp_is_replayed_by_slerp() -> None:
    recipe = {"weights": {"lab/a": 0.6, "lab/b": 0.4}, "summed": {"as": "slerp", "order": ["lab/a", "lab/b"]}}
    made = lineage("linear", parent("lab/a", 0.6), parent("lab/b", 0.4), recipe=recipe)
    found = read(made)
    assert (found["merge_method"], found["base_model"]) == ("slerp", "lab/a")
    assert found["parameters"] == {"t": 0.4}
    assert "last digits are slerp's" in recipe_text(made)


def test_a_configuration_that_gave_every_element_back_is_written() -> None:
    lineage = {
        "verdict": "exact-merge",
        "method": "linear",
        "recipe": {"coefficients": {}},
        "candidate": "lab/m",
    }
    config = {"merge_method": "karcher", "models": [{"model": "lab/a"}, {"model": "lab/b"}]}
    assert yaml.safe_load(recipe_text(lineage) or "null") is None
    text = recipe_text(lineage, config)
    assert yaml.safe_load(text) == config
    assert "Replayed over every element" in text
