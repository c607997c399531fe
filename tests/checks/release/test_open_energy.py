from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_energy import OpenEnergy
from tests.support import findings

GOOD = "# Acme\n\nTraining took 320 MWh (PUE 1.2). Inference takes 0.3 Wh per query of energy."


def found(card: str) -> dict[str, str]:
    return {f.key: f.outcome for f in findings(OpenEnergy, card, repo_id=None) if f.outcome != "pass"}


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(
        ["training-energy", "energy-measurement", "inference-energy"], "warn"
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("## Environmental impact\n\nUnknown.", "training-energy"),
        ("Measured by codecarbon.", "energy-measurement"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenEnergy.profiles == ("eu-gpai",)
