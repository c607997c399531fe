from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_training_process import OpenTrainingProcess
from tests.support import findings

GOOD = (
    "# Acme\n\nIt was pre-trained on text and then tuned by reinforcement learning in two long "
    "stages. Learning rate 1e-4."
)


def found(card: str) -> dict[str, str]:
    return {
        f.key: f.outcome for f in findings(OpenTrainingProcess, card, repo_id=None) if f.outcome != "pass"
    }


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(["methodology", "design-choices"], "warn")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("## Training procedure\n\nSee paper.", "methodology"),
        ("We used AdamW with a batch size of 4M tokens.", "design-choices"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenTrainingProcess.profiles == ("eu-gpai",)


def test_what_is_only_touched_is_left_to_a_person() -> None:
    assert found("# \n\nTraining had three stages.")["design-choices"] == "skip"
