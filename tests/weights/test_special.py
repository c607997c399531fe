"""Marks of copies, adapters, permutations, sparse merges and inheritance, each with what must not show it."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights.by_tensor import tensorwise
from pytest_modelcard.weights.copies import likeness
from pytest_modelcard.weights.decide import decide
from pytest_modelcard.weights.descent import descent
from pytest_modelcard.weights.low_rank import adapted, low_rank
from pytest_modelcard.weights.merges import single
from pytest_modelcard.weights.permuted import permuted
from pytest_modelcard.weights.quantised import quantised
from pytest_modelcard.weights.sparse import sparse

from . import made

BASE = made.base(3)


def _matrices(candidate: made.Model, other: made.Model = BASE) -> list:
    return [s for s in made.samples(candidate, {"b": other}) if len(s.shape) == 2 and s.layer in (0, 1)]


def test_likeness_counts_equal_rounded_and_zeroed() -> None:
    like = likeness(made.samples(made.prune(BASE, 0.25), {"b": BASE}), "b")
    assert like is not None
    assert 0.2 < like.zeroed < 0.3 and like.kept == 1.0
    like = likeness(made.samples(made.cast(made.fine_tune(BASE, 1e-4), "F16"), {"b": BASE}), "b")
    assert like is not None and like.rounded < 0.6


@pytest.mark.parametrize("make", [made.fp8, made.int8])
def test_codes_are_explained_by_one_scale_a_group_only_for_the_model_itself(make) -> None:
    assert min(quantised(s, "b") for s in _matrices(make(BASE))) > 0.999
    assert max(quantised(s, "b") for s in _matrices(make(made.fine_tune(BASE, 1e-4)))) < 0.95


def test_a_fine_tune_is_no_quantised_copy() -> None:
    assert max(quantised(s, "b") for s in _matrices(made.fine_tune(BASE, 1e-4))) < 0.9


@pytest.mark.parametrize("rank", [1, 2, 8])
def test_low_rank_is_found_and_full_rank_is_not(rank: int) -> None:
    found = [low_rank(s, "b") for s in _matrices(made.adapter(BASE, rank, 1e-3, 5)) if "q_proj" in s.name]
    assert all(f is not None and f.rank <= rank for f in found)
    assert not any(low_rank(s, "b") for s in _matrices(made.fine_tune(BASE, 1e-3)))


@pytest.mark.slow
def test_the_spectrum_of_training_has_no_end_though_it_decays() -> None:
    rng = np.random.default_rng(20)

    def decaying(name: str, v: np.ndarray) -> np.ndarray:
        if v.ndim != 2:
            return v
        left, _, right = np.linalg.svd(rng.normal(size=v.shape), full_matrices=False)
        sizes = 1e-2 / np.arange(1, len(right) + 1) ** 1.5
        return v + (left * sizes) @ right * 10

    assert adapted(made.samples(BASE.map(decaying), {"b": BASE}), "b") is None
    found = adapted(made.samples(made.adapter(BASE, 4, 1e-3, 21), {"b": BASE}), "b")
    assert found is not None and {f.rank for f in found} == {4}


def test_an_adapter_names_the_model_it_was_made_on() -> None:
    parent = made.fine_tune(BASE, 3e-4, 22)
    others = {"b": BASE, "p": parent}
    lineage = decide(made.samples(made.adapter(parent, 4, 1e-3, 23), others), "c", ["b"], ["p"], {})
    assert (lineage.verdict, [p.id for p in lineage.parents]) == ("adapter", ["p"])
    assert lineage.declared_complete is False
    # Of two adapters on one model, and of a model and its own child, none is the other's parent.
    mine, sibling = made.adapter(BASE, 4, 1e-3, 24), made.adapter(BASE, 4, 1e-3, 25)
    lineage = decide(made.samples(mine, {"b": BASE, "p": sibling}), "c", ["b"], ["p"], {})
    assert (lineage.verdict, [p.id for p in lineage.parents]) == ("adapter", ["b"])
    child = made.adapter(parent, 4, 1e-3, 26)
    lineage = decide(made.samples(parent, {"b": BASE, "p": child}), "c", ["b"], ["p"], {})
    assert lineage.verdict == "fine-tune" and lineage.declared_complete is not False


def _four_bits(name: str, v: np.ndarray) -> np.ndarray:
    if v.ndim != 2 or "proj" not in name:
        return v
    low, high = v.min(1, keepdims=True), v.max(1, keepdims=True)
    step = (high - low) / 15
    return np.rint((v - low) / step) * step + low


def _eight_bits(name: str, v: np.ndarray) -> np.ndarray:
    scale = np.abs(v).max(-1, keepdims=True) / 127
    return np.rint(v / scale) * scale if v.ndim == 2 and "proj" in name else v


@pytest.mark.parametrize("make", [_eight_bits, pytest.param(_four_bits, marks=pytest.mark.slow)])
def test_values_multiplied_out_show_their_steps(make) -> None:
    samples = [s for s in _matrices(BASE.map(make)) if "proj" in s.name]
    assert min(quantised(s, "b") for s in samples) > 0.999
    tuned = [s for s in _matrices(made.fine_tune(BASE, 1e-3).map(make)) if "proj" in s.name]
    assert max(quantised(s, "b") for s in tuned) < 0.98


def test_training_a_few_layers_is_no_quantisation() -> None:
    tuned = made.fine_tune(BASE, 2e-4, 27)
    candidate = made.pick_layers([(BASE, 0), (BASE, 1), (tuned, 2), (tuned, 3)], BASE)
    assert decide(made.samples(candidate, {"b": BASE}), "c", ["b"], [], {}).verdict == "fine-tune"


def test_norms_alone_make_no_copy() -> None:
    samples = [s for s in made.samples(BASE, {"b": BASE}) if len(s.shape) == 1 or s.layer is None]
    lineage = decide(samples, "c", ["b"], [], {})
    assert lineage.verdict == "cannot-tell" and "packed" in lineage.missing


def test_what_was_set_to_zero_does_not_hide_the_parent() -> None:
    parent = made.fine_tune(BASE, 1e-4, 28)
    child = made.prune(made.fine_tune(parent, 4e-5, 29), 0.3)
    lineage = decide(made.samples(child, {"b": BASE, "p": parent}), "c", ["b"], ["p"], {})
    assert (lineage.verdict, [p.id for p in lineage.parents]) == ("descendant", ["p"])
    assert any("set to zero" in note for note in lineage.notes)


def test_a_permuted_model_that_was_trained_on_is_still_found() -> None:
    moved = made.fine_tune(made.permute(BASE, 30), 3e-4, 31)
    found = permuted(made.samples(moved, {"b": BASE}, most=9216), "b")
    assert found is not None and found.matched >= 0.9
    rows = {5: 0.01, 9: 0.02}

    def new_rows(name: str, v: np.ndarray) -> np.ndarray:
        return v + np.isin(np.arange(len(v)), list(rows))[:, None] * 0.01 if "embed" in name else v

    assert permuted(made.samples(BASE.map(new_rows), {"b": BASE}, most=9216), "b") is None


def test_factors_of_rows_and_columns_are_seen_through() -> None:
    rng = np.random.default_rng(32)

    def both(name: str, v: np.ndarray) -> np.ndarray:
        if "proj" not in name:
            return v
        return v * rng.uniform(1, 2, (len(v), 1)) / rng.uniform(1, 2, (1, v.shape[1]))

    found = permuted(made.samples(BASE.map(both), {"b": BASE}, most=9216), "b")
    assert found is not None and found.matched >= 0.9
    # One factor for all, as a blend whose weights do not sum to one has, moves nothing about.
    assert permuted(made.samples(BASE.map(lambda n, v: v * 1.2), {"b": BASE}, most=9216), "b") is None


def test_permutations_are_found_and_fine_tunes_are_none() -> None:
    found = permuted(made.samples(made.permute(BASE, 6, scale=True), {"b": BASE}), "b")
    assert found is not None and found.matched == 1.0
    other = permuted(made.samples(made.base(4), {"b": BASE}), "b")
    assert other is None


def test_sparse_multiples_are_recovered() -> None:
    parent = made.fine_tune(BASE, 1e-3, 7)
    samples = made.samples(made.dare(BASE, [parent], [0.6], 0.5, 8), {"b": BASE, "p": parent})
    found = sparse(samples, "b", ["p"])
    assert found is not None
    assert abs(found.multiples[0] - 1.2) < 0.005 and 0.45 < found.kept < 0.55
    sibling = made.sibling(BASE, made.changes(BASE, 1e-3, 7), 0.94, 1e-3, 9)
    assert sparse(made.samples(sibling, {"b": BASE, "p": parent}), "b", ["p"]) is None


def test_inheritance_has_a_direction() -> None:
    parent = made.fine_tune(BASE, 2e-5, 10)
    child = made.fine_tune(parent, 1e-5, 11)
    found = descent(made.samples(child, {"b": BASE, "p": parent}), "b", "p")
    assert found is not None and found.child
    back = descent(made.samples(parent, {"b": BASE, "p": child}), "b", "p")
    assert back is None or not back.child


@pytest.mark.parametrize("cosine", [0.0, 0.6, 0.94, 0.99])
@pytest.mark.parametrize("rms", [2e-5, 1e-4, 1e-3])
def test_siblings_are_neither_children_nor_blends(rms: float, cosine: float) -> None:
    shared = made.changes(BASE, rms, 12)
    models = [made.sibling(BASE, shared, cosine, rms, k) for k in (13, 14)]
    samples = made.samples(models[0], {"b": BASE, "p": models[1]})
    found = descent(samples, "b", "p")
    assert found is None or not found.child
    fit = single(samples, "b", "p")
    assert fit is None or (not fit.exact and fit.held_out.hit_rate < 0.2)


@pytest.mark.parametrize("rms", [2e-5, 1e-4, 1e-3])
@pytest.mark.parametrize("earlier", [0, 1, 2])
def test_checkpoints_of_one_run_are_neither(rms: float, earlier: int) -> None:
    saved = made.run(BASE, rms, 4, 15)
    for candidate, other in ((saved[3], saved[earlier]), (saved[earlier], saved[3])):
        samples = made.samples(candidate, {"b": BASE, "p": other})
        found = descent(samples, "b", "p")
        assert found is None or not found.child
        fit = single(samples, "b", "p")
        assert fit is None or not fit.exact


def test_weights_by_tensor_follow_a_schedule() -> None:
    parent = made.fine_tune(BASE, 1e-4, 16)
    model = made.scheduled(BASE, parent, lambda n: 0.2 + 0.1 * (made.layer_of(n) or 0))
    fit = tensorwise(made.samples(model, {"b": BASE, "p": parent}), ["p", "b"])
    assert fit is not None and fit.exact and fit.by_tensor is not None
    for name, weights in fit.by_tensor.items():
        if "proj" in name:
            assert np.isclose(weights[0], 0.2 + 0.1 * (made.layer_of(name) or 0), atol=2e-3)


def test_layers_in_other_places_are_no_permutation() -> None:
    tuned = made.fine_tune(BASE, 1e-3, 33)
    candidate = made.pick_layers([(BASE, 0), (tuned, 0), (tuned, 1), (BASE, 1)], BASE)
    assert permuted(made.samples(candidate, {"b": BASE, "p": tuned}, most=9216), "p") is None
