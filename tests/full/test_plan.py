"""Where every tensor's parts lie, and which files are hashed by whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy")

from pytest_modelcard.full.plan import Plan, make_plan, total_size
from pytest_modelcard.full.programs import Recipe
from pytest_modelcard.source.local import LocalSource
from pytest_modelcard.weights.opened import open_weights

from . import hub


def planned(folder: Path, config: dict[str, Any]) -> Plan:
    recipe = Recipe(config)
    folders = {"": folder / hub.MERGED, **{id: folder / id for id in recipe.models}}
    opened = {
        id: open_weights(LocalSource(path, label=id), model=id or "merged") for id, path in folders.items()
    }
    return make_plan(recipe, opened.pop(""), opened, folders)


def linear() -> dict[str, Any]:
    models = [
        {"model": id, "parameters": {"weight": w}}
        for id, w in zip((hub.ONE, hub.TWO), hub.WEIGHTS, strict=True)
    ]
    return {"merge_method": "linear", "models": models, "dtype": "float32", "out_dtype": "bfloat16"}


def test_every_file_is_hashed_exactly_once(tmp_path: Path) -> None:
    plan = planned(hub.hub(tmp_path), linear())
    hashed = [key for group in plan.groups for key in group.digests]
    assert sorted(hashed) == sorted((model, path) for model, found in plan.files.items() for path in found)
    assert len(hashed) == len(set(hashed)) == 6
    on_the_way = {key for group in plan.groups if group.tasks for key in group.digests}
    assert {key for key in hashed if key[0] == ""} <= on_the_way, (
        "the candidate's files are hashed by who reads them"
    )
    assert total_size(plan) == sum(p.stat().st_size for p in tmp_path.rglob("*.safetensors"))


def test_files_with_the_same_tensors_are_hashed_on_the_way(tmp_path: Path) -> None:
    folder = tmp_path
    one, two = hub.parents()
    for id, stored in ((hub.ONE, one), (hub.TWO, two), (hub.MERGED, one)):
        hub.write(folder / id, stored, 2, README="# M")
    plan = planned(folder, linear())
    assert [bool(group.tasks) for group in plan.groups] == [True, True]
    assert all(len(group.digests) == 3 for group in plan.groups)


def test_all_elements_are_planned_or_told(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    plan = planned(folder, linear())
    covered = sum(s.count for g in plan.groups for t in g.tasks for s in t.segments)
    assert covered == plan.elements and plan.left_out == ()
    layers = [{"sources": [{"model": hub.ONE, "layer_range": [0, 1]}]}]
    less = planned(folder, {"merge_method": "passthrough", "slices": layers})
    covered = sum(s.count for g in less.groups for t in g.tasks for s in t.segments)
    assert covered + sum(n for _, n, _ in less.left_out) == less.elements
    assert {why for _, _, why in less.left_out} == {"the configuration makes no layer 1"}


def test_layers_of_slices_are_found_under_their_own_numbers(tmp_path: Path) -> None:
    layers = [
        {"sources": [{"model": hub.TWO, "layer_range": [1, 2]}]},
        {"sources": [{"model": hub.ONE, "layer_range": [0, 1]}]},
    ]
    plan = planned(hub.hub(tmp_path), {"merge_method": "passthrough", "slices": layers})
    tasks = {t.name: t.segments[0].sources[0] for g in plan.groups for t in g.tasks}
    query = "model.layers.{}.self_attn.q_proj.weight"
    assert tasks[query.format(0)].tensor.name == query.format(1) and tasks[query.format(0)].model == hub.TWO
    assert tasks[query.format(1)].tensor.name == query.format(0) and tasks[query.format(1)].model == hub.ONE
