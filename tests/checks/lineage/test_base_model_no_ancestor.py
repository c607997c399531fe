from __future__ import annotations

from pytest_modelcard.checks.lineage.base_model_no_ancestor import BaseModelNoAncestor
from tests.checks.lineage.judged import FINE_TUNE, MERGE, UNKNOWN, UNRELATED, card, judged


def test_unrelated_weights_fail() -> None:
    (found,) = judged(BaseModelNoAncestor, card(), UNRELATED)
    assert (found.outcome, found.key, found.span.line) == ("fail", "lab-base-8b", 3)
    assert "lab/base-8b" in found.message


def test_a_fine_tune_and_a_parent_of_a_merge_pass() -> None:
    assert judged(BaseModelNoAncestor, card(), FINE_TUNE)[0].outcome == "pass"
    assert judged(BaseModelNoAncestor, card(), MERGE)[0].outcome == "pass"


def test_what_the_weights_do_not_tell_is_skipped_with_what_is_missing() -> None:
    (found,) = judged(BaseModelNoAncestor, card(), UNKNOWN)
    assert found.outcome == "skip" and "too alike" in found.message


def test_a_base_that_could_not_be_read_is_skipped() -> None:
    (found,) = judged(BaseModelNoAncestor, card(base="base_model: lab/gated"), UNRELATED)
    assert found.outcome == "skip" and "lab/gated" in found.message


def test_a_card_without_base_model_has_no_subject() -> None:
    assert judged(BaseModelNoAncestor, card(base=""), FINE_TUNE) == []
