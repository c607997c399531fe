"""The ladder on models made of numbers: each case knows its truth, and more than a third are honest."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pytest

from pytest_modelcard.weights import stacks
from pytest_modelcard.weights.decide import decide
from pytest_modelcard.weights.records import Lineage

from . import made

B, P, Q, R = "org/base", "org/parent", "org/other", "org/third"
HONEST = {"copy", "quantised-copy", "fine-tune", "adapter", "pruned", "cannot-tell"}
SIZES = {"small": 2e-5, "middle": 1e-4, "large": 1e-3}


@lru_cache(maxsize=8)
def world(size: str, dtype: str = "BF16") -> Mapping[str, made.Model]:
    rms = SIZES[size]
    base = made.base(1, dtype)
    return {
        B: base,
        P: made.fine_tune(base, rms, 11),
        Q: made.fine_tune(base, rms, 12),
        R: made.fine_tune(base, rms, 13),
    }


World = Mapping[str, made.Model]


@dataclass(frozen=True)
class Case:
    """What is made of a world, what is declared and offered beside it, and what must be found."""

    make: Callable[[World, float], made.Model]
    verdicts: tuple[str, ...]
    method: str | None = None
    weights: tuple[tuple[str, float], ...] = ()
    declared: tuple[str, ...] = (B,)
    honest: bool = False
    complete: bool | str | None = "any"
    others: Callable[[World, float], Mapping[str, made.Model]] | None = None
    sizes: tuple[str, ...] = ("small", "middle", "large")
    most: int = 4096  #: elements sampled of a tensor


def _siblings(number: int, cosine: float) -> Callable[[World, float], Mapping[str, made.Model]]:
    def make(w: World, rms: float) -> Mapping[str, made.Model]:
        shared = made.changes(w[B], rms, 50)
        return {f"org/sibling-{k}": made.sibling(w[B], shared, cosine, rms, 100 + k) for k in range(number)}

    return make


def _one_of_many(cosine: float) -> Callable[[World, float], made.Model]:
    return lambda w, rms: made.sibling(w[B], made.changes(w[B], rms, 50), cosine, rms, 999)


def _direct(w: World, rms: float) -> Mapping[str, made.Model]:
    """The parent's own child and merge, as the Hub's list of descendants would offer them."""
    mine = made.fine_tune(w[B], rms, 31)
    return {
        "org/child-of-it": made.fine_tune(mine, rms / 4, 32),
        "org/merge-of-it": made.linear([mine, w[B]], [0.8, 0.2]),
        "org/even-merge-of-it": made.linear([mine, w[Q]], [0.5, 0.5]),
    }


def _fine_tuned(w: World, rms: float) -> made.Model:
    return made.fine_tune(w[B], rms, 31)


def _checkpoint(of: int, persistence: float) -> Callable[[World, float], made.Model]:
    return lambda w, rms: made.run(w[B], rms, 4, 41, persistence)[of]


def _checkpoints(
    of: tuple[int, ...], persistence: float
) -> Callable[[World, float], Mapping[str, made.Model]]:
    return lambda w, rms: {f"org/checkpoint-{k}": made.run(w[B], rms, 4, 41, persistence)[k] for k in of}


def _stacked(w: World, _: float) -> made.Model:
    return made.pick_layers([(w[P], 0), (w[P], 1), (w[B], 2), (w[B], 3)], w[B])


CASES = {
    # Honest: nothing may be accused.
    "copy": Case(lambda w, r: w[B], ("copy",), honest=True, complete=True),
    "cast-to-fp32": Case(lambda w, r: made.cast(w[B], "F32"), ("copy",), honest=True, complete=True),
    "cast-to-fp16": Case(
        lambda w, r: made.cast(w[B], "F16"), ("copy", "quantised-copy"), honest=True, complete=True, sizes=("middle",)
    ),
    "fp8": Case(lambda w, r: made.fp8(w[B]), ("quantised-copy",), honest=True, complete=True, sizes=("middle",)),
    "int8": Case(lambda w, r: made.int8(w[B]), ("quantised-copy",), honest=True, complete=True, sizes=("middle",)),
    "int8-multiplied-out": Case(
        lambda w, r: made.int8(w[B], raw=False), ("quantised-copy",), honest=True, sizes=("middle",)
    ),
    "fine-tune": Case(_fine_tuned, ("fine-tune",), honest=True, complete=True),
    "heavy-fine-tune": Case(
        lambda w, r: made.fine_tune(w[B], 8e-3, 33), ("fine-tune",), honest=True, complete=True, sizes=("large",)
    ),
    "continued-training": Case(
        lambda w, r: made.fine_tune(made.fine_tune(w[B], r, 34), 3 * r, 35), ("fine-tune",), honest=True
    ),
    "fine-tune-among-siblings": Case(
        _one_of_many(0.6), ("fine-tune",), honest=True, others=_siblings(30, 0.6), sizes=("small", "large")
    ),
    "fine-tune-among-close-siblings": Case(
        _one_of_many(0.97), ("fine-tune",), honest=True, others=_siblings(6, 0.97)
    ),
    "fine-tune-among-its-descendants": Case(
        _fine_tuned, ("fine-tune", "cannot-tell"), honest=True, others=_direct
    ),
    "early-checkpoint": Case(
        _checkpoint(1, 0.8), ("fine-tune", "cannot-tell"), honest=True, others=_checkpoints((2, 3), 0.8)
    ),
    "late-checkpoint": Case(
        _checkpoint(3, 0.8), ("fine-tune", "cannot-tell"), honest=True, others=_checkpoints((0, 1, 2), 0.8)
    ),
    "straight-early-checkpoint": Case(
        _checkpoint(1, 0.95), ("fine-tune", "cannot-tell"), honest=True, others=_checkpoints((2, 3), 0.95)
    ),
    "adapter": Case(lambda w, r: made.adapter(w[B], 2, 4 * r, 42), ("adapter",), honest=True, sizes=("middle", "large")),
    "pruned": Case(lambda w, r: made.prune(w[B], 0.3), ("pruned",), honest=True, complete=True, sizes=("middle",)),
    "fine-tuned-and-pruned": Case(
        lambda w, r: made.prune(made.fine_tune(w[B], r, 43), 0.3), ("pruned",), honest=True, sizes=("middle",)
    ),
    "longer-vocabulary": Case(
        lambda w, r: made.pad_vocabulary(made.fine_tune(w[B], r, 44), 40, 45), ("fine-tune",), honest=True
    ),
    "permuted-copy": Case(lambda w, r: made.permute(w[B], 46), ("permuted-copy",), honest=True, sizes=("middle",), most=9216),
    "declared-merge": Case(
        lambda w, r: made.linear([w[P], w[B]], [0.6, 0.4]),
        ("exact-merge",),
        "linear",
        ((P, 0.6), (B, 0.4)),
        declared=(B, P),
        honest=True,
        complete=True,
    ),
    "fp32-fine-tune": Case(
        lambda w, r: made.fine_tune(made.cast(w[B], "F32"), r, 47), ("fine-tune",), honest=True, complete=True
    ),
    # Not as declared.
    "undeclared-copy": Case(lambda w, r: w[P], ("copy",), complete=None),
    "undeclared-fp8": Case(lambda w, r: made.fp8(w[P]), ("quantised-copy",), complete=False, sizes=("large",)),
    "merge": Case(
        lambda w, r: made.linear([w[P], w[B]], [0.6, 0.4]), ("exact-merge",), "linear", ((P, 0.6), (B, 0.4)), complete=False
    ),
    "odd-merge": Case(
        lambda w, r: made.linear([w[P], w[B]], [0.565, 0.435]),
        ("exact-merge",), "linear", ((P, 0.565), (B, 0.435)), complete=False,
    ),
    "merge-among-siblings": Case(
        lambda w, r: made.linear([_siblings(1, 0.9)(w, r)["org/sibling-0"], w[B]], [0.7, 0.3]),
        ("exact-merge",), "linear", (("org/sibling-0", 0.7), (B, 0.3)), complete=False,
        others=_siblings(20, 0.9), sizes=("small", "middle"),
    ),
    "merge-of-two-others": Case(
        lambda w, r: made.linear([w[P], w[Q]], [0.5, 0.5]),
        ("exact-merge",), "linear", ((P, 0.5), (Q, 0.5)), complete=False,
    ),
    "merge-of-three": Case(
        lambda w, r: made.linear([w[P], w[Q], w[B]], [0.3, 0.5, 0.2]),
        ("exact-merge",), "linear", ((P, 0.3), (Q, 0.5), (B, 0.2)), complete=False,
    ),
    "merge-of-four": Case(
        lambda w, r: made.linear([w[P], w[Q], w[R], w[B]], [0.2, 0.3, 0.4, 0.1]),
        ("exact-merge",), "linear", ((P, 0.2), (Q, 0.3), (R, 0.4), (B, 0.1)), complete=False, sizes=("middle",),
    ),
    "merge-in-fp32": Case(
        lambda w, r: made.linear([w[P], w[B]], [0.6, 0.4], "F32"),
        ("exact-merge",), "linear", ((P, 0.6), (B, 0.4)), complete=False,
    ),
    "merge-in-fp16": Case(
        lambda w, r: made.linear([w[P], w[B]], [0.6, 0.4], "F16"),
        ("exact-merge",), "linear", ((P, 0.6), (B, 0.4)), complete=False, sizes=("large",),
    ),
    "layers-schedule": Case(
        lambda w, r: made.scheduled(w[B], w[P], lambda n: 0.2 + 0.15 * (made.layer_of(n) or 0)),
        ("exact-merge",), "linear", complete=False,
    ),
    "modules-schedule": Case(
        lambda w, r: made.scheduled(w[B], w[P], lambda n: 0.7 if "mlp" in n else 0.3),
        ("exact-merge",), "linear", complete=False,
    ),
    "task-arithmetic": Case(
        lambda w, r: made.task_arithmetic(w[B], [w[P]], [0.7]), ("exact-merge",), "task-arithmetic", ((P, 0.7),)
    ),
    "task-arithmetic-of-two": Case(
        lambda w, r: made.task_arithmetic(w[B], [w[P], w[Q]], [0.7, 0.6], low=False),
        ("exact-merge",), "task-arithmetic", ((P, 0.7), (Q, 0.6)),
    ),
    "slerp": Case(
        lambda w, r: made.slerp(w[B], made.fine_tune(w[B], 8e-3, 51), 0.4),
        ("exact-merge",), "slerp", (("org/far", 0.4), (B, 0.6)), complete=False,
        others=lambda w, r: {"org/far": made.fine_tune(w[B], 8e-3, 51)}, sizes=("large",),
    ),
    "ties": Case(
        lambda w, r: made.ties(w[B], [w[P], w[Q]], [0.5, 0.5], 0.5), ("exact-merge",), "sparse", sizes=("middle", "large")
    ),
    "dare": Case(lambda w, r: made.dare(w[B], [w[P], w[Q]], [0.5, 0.5], 0.5, 52), ("exact-merge",), "sparse"),
    "dare-of-one": Case(lambda w, r: made.dare(w[B], [w[P]], [0.6], 0.5, 53), ("exact-merge",), "sparse"),
    "breadcrumbs": Case(lambda w, r: made.breadcrumbs(w[B], w[P], 0.7, 0.6, 0.05), ("exact-merge",), "sparse"),
    "layer-stack": Case(_stacked, ("exact-merge",), "layer-stack", complete=False),
    "merge-then-training": Case(
        lambda w, r: made.fine_tune(made.linear([w[P], w[B]], [0.6, 0.4]), 1e-6 + r / 50, 54),
        ("merge-then-training",), "linear", ((P, 0.6),), complete=False,
    ),
    "grandchild": Case(
        lambda w, r: made.fine_tune(w[P], r / 2, 55), ("descendant",), complete=False, sizes=("small", "middle")
    ),
    "heavy-grandchild": Case(lambda w, r: made.fine_tune(w[P], r, 56), ("cannot-tell", "descendant"), sizes=("large",)),
    "rescaled-copy": Case(lambda w, r: made.permute(w[P], 57, scale=True), ("permuted-copy",), complete=None, most=9216),
    "unrelated": Case(lambda w, r: made.base(99), ("unrelated",), complete=False, sizes=("middle",)),
}  # fmt: skip
TABLE = [(name, size) for name, case in CASES.items() for size in case.sizes]
#: Where weights are known only so well: a blend that was trained on.
LOOSE = {"merge-then-training": 0.02}


def found(name: str, size: str) -> Lineage:
    case, w = CASES[name], world(size)
    others = {**w, **(case.others(w, SIZES[size]) if case.others else {})}
    candidate = case.make(w, SIZES[size])
    offered = [i for i in others if i not in case.declared]
    samples = made.samples(candidate, others, most=case.most)
    return decide(samples, "org/candidate", list(case.declared), offered, dict.fromkeys(others, "main"))


#: Each case in one size always, but for some that take long; the other sizes with the trials.
_ALL = bool(os.environ.get("PYTEST_MODELCARD_TRIALS"))
_LONG = ("fine-tune-among-siblings", "straight-early-checkpoint", "late-checkpoint")


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (n, s)
        for n, s in TABLE
        if _ALL or (n not in _LONG and s == ("middle" if "middle" in CASES[n].sizes else CASES[n].sizes[0]))
    ],
)
def test_verdict(name: str, size: str) -> None:
    case = CASES[name]
    lineage = found(name, size)
    assert lineage.verdict in case.verdicts, lineage.sentence
    assert lineage.method == case.method
    if case.honest:
        assert lineage.declared_complete is not False
        assert lineage.verdict in HONEST or all(p.declared for p in lineage.parents)
    if case.complete != "any":
        assert lineage.declared_complete is case.complete
    weights = {p.id: p.weight for p in lineage.parents}
    for model, weight in case.weights:
        assert math.isclose(weights[model], weight, abs_tol=LOOSE.get(name, 0.001))


def test_the_table_is_large_and_honest_enough() -> None:
    assert len(TABLE) >= 60
    assert sum(CASES[name].honest for name, _ in TABLE) >= len(TABLE) / 3


def test_a_missing_parent_gives_no_wrong_recipe() -> None:
    w = world("middle")
    candidate = made.linear([w[P], w[Q], w[B]], [0.4, 0.3, 0.3])
    samples = made.samples(candidate, {B: w[B], P: w[P]})
    lineage = decide(samples, "org/candidate", [B], [P], {})
    assert lineage.verdict != "exact-merge"
    assert "among these candidates" in lineage.sentence


def test_parents_too_alike_give_no_weights() -> None:
    w = world("middle")
    # All differ by a step or none: any weight between a quarter and three quarters gives the same.
    near = made.fine_tune(w[B], 1e-6, 61)
    samples = made.samples(near, {B: w[B], P: made.fine_tune(w[B], 1e-6, 61)})
    lineage = decide(samples, "org/candidate", [B], [P], {})
    assert lineage.verdict == "copy"
    mixed = made.linear([near, w[B]], [0.52, 0.48])
    lineage = decide(made.samples(mixed, {B: w[B], P: near}), "org/candidate", [B], [P], {})
    assert all(p.weight in (None, 1.0) or p.interval for p in lineage.parents)


def test_a_copy_of_an_older_model_has_a_direction() -> None:
    w = world("middle")
    samples = made.samples(w[P], {B: w[B], P: w[P]})
    assert decide(samples, "c", [B], [P], {}).declared_complete is None
    assert decide(samples, "c", [B], [P], {}, config={"older": [P]}).declared_complete is False


def test_infinite_and_nan_weights_are_left_out() -> None:
    w = world("middle")
    samples = made.samples(made.linear([w[P], w[B]], [0.6, 0.4]), {B: w[B], P: w[P]})
    broken = replace(samples[3], candidate=np.full_like(samples[3].candidate, np.nan))
    lineage = decide([*samples[:3], broken, *samples[4:]], "c", [B], [P], {})
    assert lineage.verdict == "exact-merge"
    assert [left.name for left in lineage.left_out] == [samples[3].name]
    only = decide([broken], "c", [B], [P], {})
    assert only.verdict == "cannot-tell" and only.missing


def test_twins_of_a_declared_model_are_not_undeclared_parents() -> None:
    w = world("middle")
    others = {**w, "mirror/base": w[B]}
    lineage = decide(made.samples(w[B], others), "c", [B], ["mirror/base", P], {})
    assert [p.id for p in lineage.parents] == [B]
    assert any("mirror/base" in note for note in lineage.notes)


def test_shifted_layers_are_matched_and_named() -> None:
    w = world("middle")
    sources = [(w[P], 0), (w[P], 1), (w[B], 1), (w[B], 2), (w[B], 3)]
    candidate = made.pick_layers(sources, w[B])
    name = "self_attn.q_proj.weight"

    def probes(model: made.Model, layers: int) -> dict[int, np.ndarray]:
        return {k: model.tensors[f"model.layers.{k}.{name}"].reshape(-1)[:512] for k in range(layers)}

    matched = stacks.match(probes(candidate, 5), {B: probes(w[B], 4), P: probes(w[P], 4)})
    stack = stacks.stack(matched, [B, P], 512 * 5)
    assert stack is not None
    assert [(part.id, part.layer) for part in stack.layers] == [(P, 0), (P, 1), (B, 1), (B, 2), (B, 3)]
    lineage = decide(made.samples(candidate, {B: w[B], P: w[P]}), "c", [B], [P], {}, stack=stack)
    assert (lineage.verdict, lineage.method, lineage.declared_complete) == (
        "exact-merge",
        "layer-stack",
        False,
    )


def test_schedules_are_told_by_layer_or_module() -> None:
    for name, how in (("layers-schedule", "layer"), ("modules-schedule", "module")):
        recipe = found(name, "middle").recipe
        assert recipe is not None and recipe["by"] == how


def test_the_order_of_the_offered_models_does_not_matter() -> None:
    w = world("middle")
    samples = made.samples(made.linear([w[P], w[B]], [0.6, 0.4]), w)
    one = decide(samples, "c", [B], [P, Q, R], {})
    two = decide(samples, "c", [B], [R, Q, P], {})
    assert (one.verdict, one.parents) == (two.verdict, two.parents)
