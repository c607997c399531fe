"""Who was made from whom: float32's last digit, averages along a run, and what goes on from another model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pytest_modelcard.weights.decide import decide
from pytest_modelcard.weights.direction import forwards, in_float32
from pytest_modelcard.weights.one_run import same_way
from pytest_modelcard.weights.records import Lineage

from . import made

B, P, Q, D = "org/base", "org/parent", "org/other", "org/descendant"


def _float32(weights: Sequence[float], models: Sequence[made.Model]) -> made.Model:
    """Every step in float32, as `w * a + v * b` on float32 tensors."""

    def blend(name: str, _: np.ndarray) -> np.ndarray:
        total = np.zeros(models[0].tensors[name].shape, np.float32)
        for weight, model in zip(weights, models, strict=True):
            total = total + np.float32(weight) * model.tensors[name].astype(np.float32)
        return total.astype(np.float64)

    return models[0].map(blend)


def _said(candidate: made.Model, others: dict[str, made.Model]) -> Lineage:
    offered = [i for i in others if i != B]
    return decide(made.samples(candidate, others), "c", [B], offered, dict.fromkeys(others, "main"))


@pytest.fixture(scope="module")
def wide() -> dict[str, made.Model]:
    base = made.base(1, "F32")
    return {B: base, P: made.fine_tune(base, 1e-3, 11), Q: made.fine_tune(base, 1e-3, 12)}


def test_a_merge_in_float32_is_named_with_its_weights(wide: dict[str, made.Model]) -> None:
    found = _said(_float32([0.37, 0.63], [wide[P], wide[Q]]), wide)
    assert (found.verdict, found.method, found.declared_complete) == ("exact-merge", "linear", False)
    weights = {p.id: p.weight for p in found.parents}
    assert weights == pytest.approx({P: 0.37, Q: 0.63}, abs=1e-4)


@pytest.mark.parametrize("weights", [(0.5, 0.5), (1.3, -0.3)])
def test_what_was_made_from_a_model_in_float32_is_not_its_parent(
    wide: dict[str, made.Model], weights: tuple[float, float]
) -> None:
    descendant = _float32(weights, [wide[P], wide[B]])
    found = _said(wide[P], {B: wide[B], Q: wide[Q], D: descendant})
    assert found.verdict in ("fine-tune", "cannot-tell"), found.sentence
    assert found.declared_complete is not False


def test_the_last_digit_tells_the_direction(wide: dict[str, made.Model]) -> None:
    child = _float32([0.37, 0.63], [wide[P], wide[Q]])
    samples = made.samples(child, wide)
    assert in_float32(samples, (P, Q))
    assert forwards(samples, (P, Q), lambda _: (0.37, 0.63)) is True
    turned = made.samples(wide[Q], {**wide, D: child})
    assert forwards(turned, (D, P), lambda _: (1 / 0.63, -0.37 / 0.63)) is False


def test_formats_of_fewer_digits_are_told_otherwise() -> None:
    base = made.base(1)
    samples = made.samples(made.fine_tune(base, 1e-3, 2), {B: base, P: made.fine_tune(base, 1e-3, 11)})
    assert not in_float32(samples, (B, P))


def test_an_average_along_a_run_is_no_merge_of_its_checkpoints() -> None:
    base = made.base(1)
    rms = 1e-3
    shared = made.changes(base, rms, 50)
    run = [made.sibling(base, shared, 0.98, rms, 100 + k) for k in range(2)]
    inside = {n: sum(m.tensors[n] for m in run) / 2 + made.changes(base, 3e-5, 7)[n] for n in base.tensors}
    average = base.map(lambda n, _: inside[n])
    found = _said(average, {B: base, P: run[0], Q: run[1]})
    assert found.verdict in ("fine-tune", "cannot-tell"), found.sentence
    assert found.declared_complete is not False


def test_models_that_moved_the_same_way_are_told_from_others() -> None:
    base = made.base(1)
    shared = made.changes(base, 1e-3, 50)
    others = {
        B: base,
        P: made.sibling(base, shared, 0.95, 1e-3, 101),
        Q: made.sibling(base, shared, 0.95, 1e-3, 102),
        "org/far": made.fine_tune(base, 1e-3, 103),
    }
    samples = made.samples(others[P], others)
    assert set(same_way(samples, B, [P, Q, "org/far", B]) or ()) == {P, Q}
    assert same_way(samples, B, [P, "org/far"]) is None
    assert same_way(samples, B, [P]) is None


@pytest.mark.parametrize("weights", [(0.37, 0.63), (0.5, 0.3, 0.2)])
def test_blends_of_rounded_products_are_exact_merges(weights: tuple[float, ...]) -> None:
    base = made.base(1)
    models = {
        i: made.fine_tune(base, 1e-3, 11 + k) for k, i in enumerate((P, Q, "org/third")[: len(weights)])
    }

    def by_hand(name: str, _: np.ndarray) -> np.ndarray:
        total = np.zeros_like(base.tensors[name])
        for weight, model in zip(weights, models.values(), strict=True):
            total = made.round_to(total + made.round_to(weight * model.tensors[name], "BF16"), "BF16")
        return total

    found = _said(base.map(by_hand), {B: base, **models})
    assert (found.verdict, found.method, found.declared_complete) == ("exact-merge", "linear", False)
    assert {p.id: p.weight for p in found.parents} == pytest.approx(
        dict(zip(models, weights, strict=True)), abs=1e-3
    )


def test_what_goes_on_from_another_model_is_no_plain_fine_tune() -> None:
    base = made.base(1, "F16")
    parent = made.fine_tune(base, 4e-3, 11)
    after = made.fine_tune(parent, 3e-4, 12)
    found = _said(after, {B: base, P: parent})
    assert found.verdict in ("cannot-tell", "descendant"), found.sentence
    # Turned about: the candidate was there first, and the other model is its child.
    before = _said(parent, {B: base, P: after})
    assert before.verdict == "fine-tune", before.sentence
    assert before.declared_complete is not False


def _scaled(of: made.Model, factor: float) -> made.Model:
    """Norms times a factor, and what they feed divided by it: the same function."""

    def one(name: str, v: np.ndarray) -> np.ndarray:
        if "input_layernorm" in name:
            return v * factor
        fed = any(part in name for part in ("q_proj", "k_proj", "v_proj"))
        return v / factor if fed else v

    return of.map(one)


def test_one_factor_for_whole_tensors_is_a_rescaled_copy() -> None:
    base = made.base(1)
    parent = made.fine_tune(base, 1e-3, 11)
    found = _said(_scaled(parent, 2.0), {B: base, P: parent})
    assert (found.verdict, [p.id for p in found.parents]) == ("permuted-copy", [P])


def test_weights_that_shrank_in_training_are_no_rescaled_copy() -> None:
    base = made.base(1)
    shrunk = made.fine_tune(base.map(lambda n, v: v * 0.95), 1e-4, 12)
    found = _said(shrunk, {B: base})
    assert found.verdict == "fine-tune", found.sentence
    assert found.declared_complete is not False
