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
