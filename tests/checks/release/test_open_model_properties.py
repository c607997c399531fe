from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_model_properties import OpenModelProperties
from tests.support import findings

GOOD = "# Acme\n\nA transformer language model with 7B parameters, GQA and a context length of 32,768 tokens."


def found(card: str) -> dict[str, str]:
    return {
        f.key: f.outcome for f in findings(OpenModelProperties, card, repo_id=None) if f.outcome != "pass"
    }


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(
        [
            "architecture",
            "design-specifications",
            "input-modalities",
            "output-modalities",
            "maximum-size",
            "total-parameters",
        ],
        "warn",
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A mixture-of-experts model.", "architecture"),
        ("Supports 128K context.", "maximum-size"),
        ("支持 128K 上下文。", "maximum-size"),
        ("Input: text and images.", "input-modalities"),
        ("It generates text.", "output-modalities"),
        ("It has 397B total parameters.", "total-parameters"),
        ("## Model details\n\nx", "design-specifications"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenModelProperties.profiles == ("eu-gpai",)


def test_what_is_only_touched_is_left_to_a_person() -> None:
    assert found("# \n\nIt has the same architecture as before.")["architecture"] == "skip"
