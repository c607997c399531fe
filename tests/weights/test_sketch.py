"""Sketches: the same places for everyone, and what their values say."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("numpy")

import numpy as np

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.weights import sketch
from pytest_modelcard.weights.opened import Weights, open_weights
from tests.weights import made
from tests.weights.models import Model, bf16, file_bytes

BASE = made.base(seed=3)


def opened(tensors: dict[str, Any]) -> Weights:
    return open_weights(Model({"model.safetensors": file_bytes(tensors)}))


def stored(model: made.Model) -> dict[str, Any]:
    return {name: bf16(values) for name, values in model.tensors.items()}


def of(model: made.Model) -> sketch.Sketch:
    return sketch.sketch(opened(stored(model)))


def test_a_sketch_survives_its_bytes() -> None:
    values = of(BASE).values
    raw = sketch.to_bytes(values)
    assert len(raw) == 2 * sketch.TENSORS * sketch.ELEMENTS
    np.testing.assert_array_equal(sketch.from_bytes(raw), values)


def test_its_values_are_those_of_the_model() -> None:
    weights = opened(stored(BASE))
    rows = sketch.sketch(weights).values
    for row, (name, [(start, count)]) in zip(rows, sketch.places(weights.tensors).items(), strict=False):
        np.testing.assert_array_equal(row[:count], BASE.tensors[name].reshape(-1)[start : start + count])


def test_kinds_of_matrices_take_turns() -> None:
    places = sketch.places(opened(stored(BASE)).tensors)
    assert len(places) == sketch.TENSORS
    kinds = [name.split(".", 3)[3] for name in places]
    assert len(set(kinds[:7])) == 7
    assert max(kinds.count(k) for k in kinds) - min(kinds.count(k) for k in kinds) <= 1


def test_wrappers_vocabulary_heads_and_dtype_do_not_matter() -> None:
    plain = stored(BASE)
    other = {
        name.replace("model.", "model.language_model.", 1): ("F32", BASE.tensors[name].astype(np.float32))
        for name in plain
        if "embed" not in name and "lm_head" not in name
    }
    other["model.language_model.embed_tokens.weight"] = bf16(np.zeros((500, 64)))
    first, second = sketch.sketch(opened(plain)), sketch.sketch(opened(other))
    assert first.key == second.key
    np.testing.assert_array_equal(first.values, second.values)


def test_another_shape_is_another_architecture() -> None:
    assert of(BASE).key != of(made.base(seed=3, layers=5)).key


def test_experts_in_one_piece_or_many_have_one_key() -> None:
    rows = np.arange(64.0).reshape(4, 16)
    rest = {"model.layers.0.self_attn.q_proj.weight": bf16(rows)}
    single = {f"model.layers.0.mlp.experts.{n}.down_proj.weight": bf16(rows) for n in range(3)}
    fused = {"model.layers.0.mlp.experts.down_proj": bf16(np.stack([rows] * 3))}
    one, other = (sketch.key_of(opened({**rest, **experts}).tensors) for experts in (single, fused))
    assert one == other


def test_small_matrices_are_taken_whole() -> None:
    found = sketch.sketch(opened({"model.layers.0.mlp.gate.weight": bf16(np.ones((2, 3)))})).values
    assert np.isfinite(found).sum() == 6


def test_weights_without_matrices_have_none() -> None:
    with pytest.raises(CannotTell):
        sketch.sketch(opened({"model.norm.weight": bf16(np.ones(8))}))


def test_likeness_tells_relatives_from_strangers() -> None:
    base, tuned, stranger = of(BASE), of(made.fine_tune(BASE)), of(made.base(seed=4))
    assert sketch.likeness(base.values, base.values) == pytest.approx(1.0)
    assert sketch.likeness(base.values, tuned.values) > 0.99
    assert abs(sketch.likeness(base.values, stranger.values)) < 0.15
    assert sketch.equal(base.values, base.values) == 1.0
    assert sketch.equal(base.values, tuned.values) < 1.0


def test_changes_point_to_the_parent_of_a_merge() -> None:
    parent, other = made.fine_tune(BASE, seed=1), made.fine_tune(BASE, seed=2)
    merge = made.linear([parent, BASE], [0.6, 0.4])
    base, candidate = of(BASE).values, of(merge).values
    assert (sketch.of_changes(candidate, of(parent).values, base) or 0) > 0.7
    assert abs(sketch.of_changes(candidate, of(other).values, base) or 0) < 0.15
    assert sketch.of_changes(candidate, base, base) is None


def test_values_that_are_not_finite_are_left_out() -> None:
    broken = of(BASE).values.copy()
    broken[0, 0], broken[1, 1] = np.nan, np.inf
    assert sketch.likeness(broken, of(BASE).values) == pytest.approx(1.0)
    assert sketch.equal(broken, of(BASE).values) == 1.0
