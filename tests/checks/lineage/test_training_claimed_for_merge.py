from __future__ import annotations

from pytest_modelcard.checks.lineage.training_claimed_for_merge import TrainingClaimedForMerge
from tests.checks.lineage.judged import COPY, DECLARED_MERGE, FINE_TUNE, MERGE, TRAINED_MERGE, card, judged

TEXT = "Model 8B is post-trained from [lab/base-8b](https://huggingface.co/lab/base-8b)."


def test_training_claimed_for_an_exact_merge_fails() -> None:
    (found,) = judged(TrainingClaimedForMerge, card(text=TEXT), MERGE)
    assert found.outcome == "fail" and "post-trained" in found.message


def test_training_claimed_for_a_copy_fails() -> None:
    assert judged(TrainingClaimedForMerge, card(text=TEXT), COPY)[0].outcome == "fail"


def test_training_that_left_traces_passes() -> None:
    for lineage in (FINE_TUNE, TRAINED_MERGE):
        assert judged(TrainingClaimedForMerge, card(text=TEXT), lineage)[0].outcome == "pass"


def test_a_card_that_tells_the_merge_is_only_warned() -> None:
    text = (
        "Model 8B is a merge of https://huggingface.co/lab/base-8b and https://huggingface.co/other/tuned-8b. "
        "Model 8B was post-trained with our own data."
    )
    full = card(text=text, base="base_model:\n- lab/base-8b\n- other/tuned-8b")
    (found,) = judged(TrainingClaimedForMerge, full, DECLARED_MERGE)
    assert found.severity == "warning"


def test_no_training_claimed_no_subject() -> None:
    assert judged(TrainingClaimedForMerge, card(text="Model 8B answers questions."), MERGE) == []
