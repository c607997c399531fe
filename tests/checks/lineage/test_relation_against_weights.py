from __future__ import annotations

import pytest

from pytest_modelcard.checks.lineage.relation_against_weights import RelationAgainstWeights
from tests.checks.lineage.judged import DECLARED_MERGE, FINE_TUNE, MERGE, UNRELATED, card, judged


def test_a_merge_declared_as_a_fine_tune_fails() -> None:
    (found,) = judged(RelationAgainstWeights, card("base_model_relation: finetune"), MERGE)
    assert (found.outcome, found.span.line) == ("fail", 4)


def test_a_merge_with_no_relation_is_a_warning() -> None:
    (found,) = judged(RelationAgainstWeights, card(), MERGE)
    assert (found.outcome, found.severity) == ("warn", "warning")


@pytest.mark.parametrize(
    "text",
    [
        card("base_model_relation: merge", base="base_model:\n- lab/base-8b\n- other/tuned-8b"),
        card(base="base_model:\n- lab/base-8b\n- other/tuned-8b"),
    ],
)
def test_a_declared_merge_passes(text: str) -> None:
    assert judged(RelationAgainstWeights, text, DECLARED_MERGE)[0].outcome == "pass"


def test_a_fine_tune_passes_and_the_rest_cannot_be_told() -> None:
    assert (
        judged(RelationAgainstWeights, card("base_model_relation: finetune"), FINE_TUNE)[0].outcome == "pass"
    )
    assert judged(RelationAgainstWeights, card("base_model_relation: merge"), FINE_TUNE)[0].outcome == "skip"
    assert (
        judged(RelationAgainstWeights, card("base_model_relation: finetune"), UNRELATED)[0].outcome == "skip"
    )
