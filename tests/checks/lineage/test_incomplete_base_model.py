from __future__ import annotations

from pytest_modelcard.checks.lineage.incomplete_base_model import IncompleteBaseModel
from tests.checks.lineage.judged import DECLARED_MERGE, FINE_TUNE, MERGE, TRAINED_MERGE, card, judged


def test_one_of_two_parents_fails() -> None:
    for lineage in (MERGE, TRAINED_MERGE):
        (found,) = judged(IncompleteBaseModel, card(), lineage)
        assert found.outcome == "fail" and "1 of the 2 parents" in found.message


def test_a_complete_list_and_a_fine_tune_pass() -> None:
    text = card(base="base_model:\n- lab/base-8b\n- other/tuned-8b")
    assert judged(IncompleteBaseModel, text, DECLARED_MERGE)[0].outcome == "pass"
    assert judged(IncompleteBaseModel, card(), FINE_TUNE)[0].outcome == "pass"
