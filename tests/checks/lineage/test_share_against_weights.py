from __future__ import annotations

from pytest_modelcard.checks.lineage.share_against_weights import ShareAgainstWeights
from tests.checks.lineage.judged import DECLARED_MERGE, FINE_TUNE, card, judged

BASES = "base_model:\n- lab/base-8b\n- other/tuned-8b"


def recipe(first: float, second: float) -> str:
    return (
        f"```yaml\nmerge_method: linear\nmodels:\n- model: other/tuned-8b\n  parameters: {{weight: {first}}}\n"
        f"- model: lab/base-8b\n  parameters: {{weight: {second}}}\n```"
    )


def test_other_shares_fail() -> None:
    (found,) = judged(ShareAgainstWeights, card(text=recipe(0.5, 0.5), base=BASES), DECLARED_MERGE)
    assert found.outcome == "fail" and "other/tuned-8b: 0.5 printed, 0.6" in found.message


def test_the_shares_of_the_weights_pass_also_unnormalised() -> None:
    for shares in ((0.6, 0.4), (3, 2)):
        (found,) = judged(ShareAgainstWeights, card(text=recipe(*shares), base=BASES), DECLARED_MERGE)
        assert found.outcome == "pass"


def test_without_a_linear_merge_nothing_can_be_told() -> None:
    assert (
        judged(ShareAgainstWeights, card(text=recipe(0.5, 0.5), base=BASES), FINE_TUNE)[0].outcome == "skip"
    )


def test_hostile_configurations_have_no_subject() -> None:
    for text in ("```yaml\nmerge_method: [\n```", "```yaml\na: &a [*a]\nmerge_method: linear\n```"):
        assert judged(ShareAgainstWeights, card(text=text), DECLARED_MERGE) == []
