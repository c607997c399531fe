from __future__ import annotations

from pytest_modelcard.checks.lineage.undeclared_weight_parent import UndeclaredWeightParent
from tests.checks.lineage.judged import DECLARED_MERGE, FINE_TUNE, MERGE, UNRELATED, card, judged


def test_an_undeclared_parent_fails_with_its_share() -> None:
    (found,) = judged(UndeclaredWeightParent, card(), MERGE)
    assert found.outcome == "fail" and "0.6 (0.5998 to 0.6002) other/tuned-8b" in found.message
    assert "`other/tuned-8b`" in found.help


def test_declared_parents_pass() -> None:
    assert judged(UndeclaredWeightParent, card(), FINE_TUNE)[0].outcome == "pass"
    text = card(base="base_model:\n- lab/base-8b\n- other/tuned-8b")
    assert judged(UndeclaredWeightParent, text, DECLARED_MERGE)[0].outcome == "pass"


def test_unrelated_weights_are_another_rules() -> None:
    assert judged(UndeclaredWeightParent, card(), UNRELATED)[0].outcome == "skip"
