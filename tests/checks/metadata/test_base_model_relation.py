"""MC111 base-model-relation."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.base_model_relation import BaseModelRelation
from tests.support import findings

ONE = "base_model: acme/a-7b"
TWO = "base_model: [acme/a-7b, beta/b-7b]"
MERGE = "This model is a merge of acme/a-7b and beta/b-7b."
TUNED = "This model is a fine-tuned version of acme/a-7b."


def judge(yaml: str, text: str = "", repo_id: str = "acme/model") -> tuple[str, str]:
    (found,) = findings(
        BaseModelRelation, f"---\nlicense: mit\n{yaml}\n---\n# M\n\n{text}\n", repo_id=repo_id
    )
    return found.outcome, found.severity


@pytest.mark.parametrize(
    ("yaml", "text"),
    [
        (f"{ONE}\nbase_model_relation: finetune", TUNED),
        (f"{ONE}\nbase_model_relation: quantized", ""),
        (f"{TWO}\nbase_model_relation: merge", MERGE),
        (f"{ONE}\nbase_model_relation: finetune", MERGE + " " + TUNED),
        (f"{ONE}\nbase_model_relation: finetune", "The adapter was merged with acme/a-7b."),
    ],
)
def test_a_stated_relation_that_fits_passes(yaml: str, text: str) -> None:
    assert judge(yaml, text)[0] == "pass"


@pytest.mark.parametrize(
    ("yaml", "text"),
    [
        (f"{ONE}\nbase_model_relation: distilled", ""),
        (f"{TWO}\nbase_model_relation: finetune", MERGE),
        (f"{ONE}\nbase_model_relation: finetune", MERGE),
    ],
)
def test_an_unknown_word_or_a_merge_called_a_fine_tune_is_an_error(yaml: str, text: str) -> None:
    assert judge(yaml, text) == ("fail", "error")


@pytest.mark.parametrize(
    ("yaml", "text"),
    [
        ("base_model_relation: merge", ""),
        (f"{TWO}\nbase_model_relation: finetune", ""),
        (f"{ONE}\nbase_model_relation: quantized", TUNED),
        (f"{ONE}\nbase_model_relation: finetune\ntags: [mergekit]", ""),
        (f"{ONE}\ntags: [merge]", ""),
        (ONE, MERGE),
    ],
)
def test_what_probably_disagrees_is_a_warning(yaml: str, text: str) -> None:
    assert judge(yaml, text) == ("warn", "warning")


@pytest.mark.parametrize(
    ("yaml", "repo_id", "inferred"),
    [
        (ONE, "acme/model", "finetune"),
        (TWO, "acme/model", "merge"),
        (f"{ONE}\nlibrary_name: peft", "acme/model", "adapter"),
        (ONE, "acme/model-GGUF", "quantized"),
    ],
)
def test_a_missing_relation_is_a_note_that_says_what_the_hub_infers(
    yaml: str, repo_id: str, inferred: str
) -> None:
    (found,) = findings(BaseModelRelation, f"---\n{yaml}\n---\n# M\n", repo_id=repo_id)
    assert (found.outcome, found.severity) == ("warn", "note")
    assert f"infers {inferred}" in found.message


@pytest.mark.parametrize("card", ["# M\n", "---\nlicense: mit\n---\n" + MERGE])
def test_silent_without_base_model_and_relation(card: str) -> None:
    assert findings(BaseModelRelation, card) == []
