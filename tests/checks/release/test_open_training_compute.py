from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_training_compute import OpenTrainingCompute
from tests.support import findings

GOOD = "# Acme\n\nTraining took 1.2M H100 hours, about 3e24 FLOPs, estimated as 6ND from GPU hours."


def found(card: str) -> dict[str, str]:
    return {
        f.key: f.outcome for f in findings(OpenTrainingCompute, card, repo_id=None) if f.outcome != "pass"
    }


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(["training-time", "training-computation", "measurement"], "warn")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("It was trained for 21 days.", "training-time"),
        ("3.1e24 floating point operations", "training-computation"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenTrainingCompute.profiles == ("eu-gpai",)
