"""Weights that no parent has a counterpart of: what is equal, or a blend, besides them proves nothing about them."""

from __future__ import annotations

import numpy as np

from pytest_modelcard.checks import ALL_RULES
from pytest_modelcard.engine import plan, run
from pytest_modelcard.evidence import EvidenceOptions
from pytest_modelcard.lineage.find import find_lineage
from pytest_modelcard.policy import Policy
from tests.lineage.repos import BASE, CHAT, card, evidence, files
from tests.weights import made
from tests.weights.made import Model

TRAINED = "Post-trained from Base 8B with our own data."


def with_tower(model: Model, rows: int = 96) -> Model:
    """A vision tower of its own beside the language model; with 0 rows only a constant."""
    draw = np.random.default_rng(7)
    names = [f"vision_tower.blocks.{n}.{part}.weight" for n in range(2) for part in ("qkv", "proj")]
    tower = {name: made.round_to(draw.normal(0, 0.02, (rows, 64)), "BF16") for name in names if rows}
    return Model({**model.tensors, **tower, "rotary_emb.inv_freq": made.round_to(np.ones(8), "BF16")})


def judge(candidate: Model, others: dict[str, Model], *declared: str) -> tuple[object, dict[str, str]]:
    """The verdict, and the outcome of each rule about it."""
    there = {id: files(model) for id, model in others.items()}
    suspects = tuple(id for id in others if id not in declared)
    subject = evidence(
        card(*declared, text=TRAINED), files(candidate), there, EvidenceOptions(auto=False, suspects=suspects)
    )
    policy = Policy(select=("MC3",))
    outcomes = {
        f.rule: f.outcome for f in (run(c, subject, policy) for c in plan(subject, ALL_RULES, policy))
    }
    return find_lineage(subject).lineage, outcomes


def test_a_new_tower_on_a_frozen_model_is_no_copy() -> None:
    base = made.base()
    found, outcomes = judge(with_tower(base), {BASE: base}, BASE)
    assert found.verdict == "cannot-tell" and "have no counterpart in lab/base" in found.missing
    assert 0 < found.uncompared < 0.5
    assert not {"fail", "warn"} & set(outcomes.values())


def test_a_constant_of_its_own_changes_nothing() -> None:
    base = made.base()
    found, outcomes = judge(with_tower(base, rows=0), {BASE: base}, BASE)
    assert (found.verdict, found.uncompared) == ("copy", 0.0)
    assert outcomes["MC305"] == "fail"


def test_a_tower_trained_on_a_merge_may_be_called_trained() -> None:
    base = made.base()
    chat = made.fine_tune(base, 3e-4)
    merged = with_tower(made.linear([chat, base], [0.6, 0.4]))
    found, outcomes = judge(merged, {BASE: base, CHAT: chat}, BASE)
    assert found.verdict == "exact-merge" and 0 < found.uncompared < 0.5
    assert "have no counterpart" in found.sentence
    assert outcomes["MC305"] == outcomes["MC304"] == "skip"
    assert outcomes["MC303"] == "fail"  # what it was made from is shown all the same


def test_a_tower_that_a_parent_has_is_compared() -> None:
    base = with_tower(made.base())
    found, _ = judge(base, {BASE: base}, BASE)
    assert (found.verdict, found.uncompared) == ("copy", 0.0)
