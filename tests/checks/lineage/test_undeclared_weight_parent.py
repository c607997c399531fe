from __future__ import annotations

from dataclasses import replace

from pytest_modelcard.checks.lineage.undeclared_weight_parent import UndeclaredWeightParent
from tests.checks.lineage.judged import DECLARED_MERGE, FINE_TUNE, MERGE, UNRELATED, card, judged


def test_an_undeclared_parent_fails_with_its_share() -> None:
    (found,) = judged(UndeclaredWeightParent, card(), MERGE)
    assert found.outcome == "fail" and found.message.endswith("Not declared: other/tuned-8b.")
    assert "`other/tuned-8b`" in found.help


def test_declared_parents_pass() -> None:
    assert judged(UndeclaredWeightParent, card(), FINE_TUNE)[0].outcome == "pass"
    text = card(base="base_model:\n- lab/base-8b\n- other/tuned-8b")
    assert judged(UndeclaredWeightParent, text, DECLARED_MERGE)[0].outcome == "pass"


def test_unrelated_weights_are_another_rules() -> None:
    assert judged(UndeclaredWeightParent, card(), UNRELATED)[0].outcome == "skip"


def test_a_card_without_base_is_held_against_the_weights_too() -> None:
    text = card(base="tags:\n- text-generation")
    assert judged(UndeclaredWeightParent, text, MERGE)[0].outcome == "fail"
    assert judged(UndeclaredWeightParent, text, UNRELATED)[0].outcome == "pass"


def test_without_base_and_order_shared_weights_are_a_warning() -> None:
    copy = replace(FINE_TUNE, verdict="copy", declared_complete=None)
    parents = tuple(replace(p, declared=False) for p in copy.parents)
    (found,) = judged(
        UndeclaredWeightParent, card(base="tags:\n- text-generation"), replace(copy, parents=parents)
    )
    assert (found.outcome, found.severity) == ("warn", "warning")
    assert "declares no base model" in found.message


def test_an_empty_base_model_is_another_rules() -> None:
    assert judged(UndeclaredWeightParent, card(base="base_model: []"), MERGE) == []
