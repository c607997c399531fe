from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_distribution import OpenDistribution
from tests.support import findings

GOOD = "---\nlicense: mit\ndatasets: [a/b]\n---\n# Acme\n\nDownload it from Hugging Face."


def found(card: str) -> dict[str, str]:
    return {f.key: f.outcome for f in findings(OpenDistribution, card, repo_id=None) if f.outcome != "pass"}


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(["distribution-channels", "license", "additional-assets"], "warn")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("It is licensed under Apache 2.0.", "license"),
        ("[Licence](LICENSE)", "license"),
        ("**License**: custom", "license"),
        ("The training code is on https://github.com/acme/x", "additional-assets"),
        ("Available through our API.", "distribution-channels"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenDistribution.profiles == ("eu-gpai",)
