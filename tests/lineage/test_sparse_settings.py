"""Densities and weights of sparse merges that keep changes by their size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("numpy")

import numpy as np
import yaml

from pytest_modelcard.lineage.recipe import recipe_text
from pytest_modelcard.lineage.record import Found, lineage_dict
from pytest_modelcard.lineage.sparse_settings import with_settings
from pytest_modelcard.weights.records import Lineage, Parent, TensorSample
from tests.weights import made

BASE = made.base(seed=31)
CHAT = made.fine_tune(BASE, rms=4e-3, seed=32)
CODE = made.fine_tune(BASE, rms=3e-3, seed=33)


def thinned(parent: made.Model, name: str, density: float, gamma: float = 0.0) -> Any:
    """The change of one tensor with its `gamma` largest and then its smallest elements dropped, in float32."""
    delta = (parent.tensors[name] - BASE.tensors[name]).astype(np.float32).reshape(-1)
    largest_first = np.argsort(-np.abs(delta), kind="stable")
    top = int(gamma * delta.size)
    dropped = np.ones(delta.size, np.bool_)
    dropped[largest_first[top : top + int(density * delta.size)]] = False
    delta[dropped] = 0
    return delta.reshape(BASE.tensors[name].shape)


def ties(weights: tuple[float, float], densities: tuple[float, float]) -> made.Model:
    """TIES as mergekit computes it with `dtype: float32`."""

    def one(name: str, base: Any) -> Any:
        first, second = (
            np.float32(w) * thinned(parent, name, d)
            for parent, w, d in zip((CHAT, CODE), weights, densities, strict=True)
        )
        up = first + second >= 0
        agree = [np.where(up, d > 0, d < 0) for d in (first, second)]
        total = np.where(agree[0], first, np.float32(0)) + np.where(agree[1], second, np.float32(0))
        whole = sum(np.where(a, np.float32(w), np.float32(0)) for a, w in zip(agree, weights, strict=True))
        return np.float32(base) + total / np.where(whole == 0, np.float32(1), whole)

    return BASE.map(one)


def samples(candidate: made.Model, share: float = 1.0) -> list[TensorSample]:
    """All elements, or the first of each tensor, of the candidate and of what it was made from."""
    out = []
    for name, values in candidate.tensors.items():
        taken = slice(0, int(values.size * share))
        others = {
            id: model.tensors[name].reshape(-1)[taken]
            for id, model in (("lab/chat", CHAT), ("lab/code", CODE), ("lab/base", BASE))
        }
        flat = values.reshape(-1)[taken]
        dtypes = dict.fromkeys(("", *others), "BF16")
        out.append(TensorSample(name, name, None, values.shape, np.arange(len(flat)), flat, others, dtypes))
    return out


def verdict(multiples: dict[str, float]) -> Lineage:
    parents = tuple(Parent(id, None, None, None, False) for id in (*multiples, "lab/base"))
    recipe = {"method": "sparse", "kept": 0.5, "multiples": multiples}
    return Lineage("x", "exact-merge", "", method="sparse", parents=parents, recipe=recipe)


def settings(found: Lineage) -> Any:
    return (found.recipe or {}).get("mergekit")


def test_ties_with_a_density_for_each() -> None:
    merge = ties((0.7, 0.3), (0.4, 0.55))
    found = settings(with_settings(verdict({"lab/chat": 1.0, "lab/code": 1.0}), samples(merge)))
    assert found["merge_method"] == "ties"
    assert {id: m["density"] for id, m in found["models"].items()} == {"lab/chat": 0.4, "lab/code": 0.55}
    weights = [m["weight"] for m in found["models"].values()]
    assert weights[0] / sum(weights) == pytest.approx(0.7, abs=0.012)


def test_breadcrumbs_with_its_gamma() -> None:
    merge = BASE.map(lambda n, base: np.float32(base) + np.float32(0.6) * thinned(CHAT, n, 0.5, 0.05))
    found = settings(with_settings(verdict({"lab/chat": 0.6}), samples(merge)))
    assert found["merge_method"] == "breadcrumbs"
    assert found["models"] == {"lab/chat": {"weight": 0.6, "density": 0.5, "gamma": 0.05}}


def test_lots_cannot_be_drawn_again() -> None:
    merge = made.dare(BASE, [CHAT, CODE], [0.6, 0.4], density=0.5, seed=1)
    given = verdict({"lab/chat": 1.2, "lab/code": 0.8})
    assert with_settings(given, samples(merge)) is given


def test_of_tensors_read_in_part_nothing_is_said() -> None:
    merge = ties((0.7, 0.3), (0.4, 0.55))
    given = verdict({"lab/chat": 1.0, "lab/code": 1.0})
    assert with_settings(given, samples(merge, 0.5)) is given


def test_what_is_not_sparse_stays() -> None:
    given = replace(verdict({"lab/chat": 1.0}), method="linear")
    assert with_settings(given, samples(CHAT)) is given


def test_the_recipe_is_a_configuration() -> None:
    parts = ("lab/chat", "lab/code")
    merge = ties((0.5, 0.5), (0.5, 0.5))
    found = with_settings(verdict(dict.fromkeys(parts, 1.0)), samples(merge))
    read = yaml.safe_load(recipe_text(lineage_dict(Found(found, {}, dtype="BF16"))))
    assert (read["merge_method"], read["base_model"]) == ("ties", "lab/base")
    assert [m["model"] for m in read["models"]] == list(parts)
    assert read["dtype"] in ("float32", "bfloat16")
