from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_general_information import OpenGeneralInformation
from tests.support import findings

GOOD = (
    "# Acme 7B\n\nDeveloped by Acme AI Ltda. Released on 2026-06-13. This model is based on "
    "Qwen/Qwen2.5-7B.\n\nSHA-256 of the weights: see SHA256SUMS."
)


def found(card: str) -> dict[str, str]:
    return {
        f.key: f.outcome for f in findings(OpenGeneralInformation, card, repo_id=None) if f.outcome != "pass"
    }


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(
        ["provider-legal-name", "model-name", "authenticity", "release-date", "dependencies"], "warn"
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Released in June 2026.", "release-date"),
        ("- 2025-08-20: first version", "release-date"),
        ("## News\n\n- hello", "release-date"),
        ("It was trained from scratch.", "dependencies"),
        ("本模型从头训练。", "dependencies"),
        ("Desenvolvido por Acme.", "provider-legal-name"),
        ("由 Acme 公司研发的模型", "provider-legal-name"),
        ("The weights are signed with sigstore.", "authenticity"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenGeneralInformation.profiles == ("eu-gpai",)
