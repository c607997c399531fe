"""MC112 undeclared-parent."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_modelcard.checks.metadata.undeclared_parent import UndeclaredParent
from tests.support import findings, outcomes

CARDS = Path(__file__).resolve().parents[3] / ".." / "shared" / "cards"
HEAD = "---\nlicense: mit\nbase_model: acme/a-7b\n---\n# Model\n\n"


def test_declared_parents_pass_in_any_spelling() -> None:
    card = """---
base_model: [Qwen/Qwen3.5-397B-A17B, beta/B-7b]
---
# Model

This model is a merge of Qwen 3.5 397B and https://huggingface.co/Beta/b-7B.
"""
    found = findings(UndeclaredParent, card)
    assert {f.outcome for f in found} == {"pass"} and found


def test_a_merge_parent_beside_a_declared_one_is_an_error_without_the_network() -> None:
    text = "The model is built via a merge of https://huggingface.co/beta/b-7b and acme/a-7b.\n"
    found = findings(UndeclaredParent, HEAD + text, offline=True)
    assert outcomes(found) == {"beta-b-7b": "fail", "acme-a-7b": "pass"}
    guilty = next(f for f in found if f.outcome == "fail")
    assert guilty.span.line == 7 and guilty.related[0].span.line == 3
    assert "beta/b-7b" in guilty.message and "acme/a-7b" in guilty.message


def test_an_adapter_merged_into_the_declared_base_is_at_most_a_warning() -> None:
    text = "This model is a merge of the LoRA beta/b-lora-7b and acme/a-7b.\n"
    assert "fail" not in {f.outcome for f in findings(UndeclaredParent, HEAD + text, offline=True)}


def test_a_second_parent_of_a_fine_tune_may_be_a_grandparent() -> None:
    text = "This model is a fine-tuned version of gamma/c-7b.\n"
    assert [f.outcome for f in findings(UndeclaredParent, HEAD + text, offline=True)] == ["skip"]
    above = {"acme/a-7b": {"README.md": "---\nbase_model: gamma/c-7b\n---\n"}}
    assert [f.outcome for f in findings(UndeclaredParent, HEAD + text, others=above)] == ["pass"]
    alone = {"acme/a-7b": {"README.md": "# A\n"}}
    (found,) = findings(UndeclaredParent, HEAD + text, others=alone)
    assert (found.outcome, found.severity) == ("warn", "warning")


def test_a_bare_name_that_may_be_the_declared_one_is_left_open() -> None:
    text = "This model was fine-tuned from Foo 9B.\n"
    assert {f.outcome for f in findings(UndeclaredParent, HEAD + text)} <= {"skip"}


@pytest.mark.parametrize(
    "card",
    [
        "# Model\n\nThis model is a merge of acme/a-7b and beta/b-7b.\n",
        "---\nlicense: mit\n---\nThis model is a merge of acme/a-7b and beta/b-7b.\n",
        HEAD + "It was distilled from beta/teacher-70b.\n",
        HEAD + "It beats beta/b-7b on every benchmark.\n",
    ],
)
def test_silent_without_declared_bases_and_for_what_is_no_parent(card: str) -> None:
    assert findings(UndeclaredParent, card) == []


def test_rios_edited_card_hides_one_parent_of_its_merge() -> None:
    path = CARDS / "rio-3.5-open-397b.md"
    if not path.is_file():
        pytest.skip("the card is not beside the repository")
    found = findings(
        UndeclaredParent, path.read_bytes(), repo_id="prefeitura-rio/Rio-3.5-Open-397B", offline=True
    )
    assert [f.key for f in found if f.outcome == "fail"] == ["nex-agi-nex-n2-pro"]
    first = findings(UndeclaredParent, (CARDS / "rio-3.5-open-397b.2026-06-13.md").read_bytes(), offline=True)
    assert {f.outcome for f in first} <= {"pass"}
