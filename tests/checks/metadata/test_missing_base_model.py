"""MC107 missing-base-model."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.missing_base_model import MissingBaseModel
from tests.support import findings

HEAD = "---\nlicense: mit\n---\n# Model\n\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "This model is a fine-tuned version of acme/a-7b.",
        "This model is a merge of acme/a-7b and beta/b-7b.",
        "This model was fine-tuned from [A 7B](https://huggingface.co/acme/a-7b).",
    ],
)
def test_an_id_named_as_parent_and_not_declared_is_an_error(sentence: str) -> None:
    (found,) = findings(MissingBaseModel, HEAD + sentence + "\n")
    assert (found.key, found.outcome, found.span.line) == ("base_model", "fail", 6)
    assert "acme/a-7b" in found.message and "base_model" in found.help


@pytest.mark.parametrize(
    "sentence",
    [
        "This model was fine-tuned from Qwen 2.5 7B.",
        "This model is based on acme/a-7b.",
    ],
)
def test_a_bare_name_or_a_vague_word_is_a_warning(sentence: str) -> None:
    (found,) = findings(MissingBaseModel, HEAD + sentence + "\n")
    assert found.outcome == "warn"


@pytest.mark.parametrize(
    "card",
    [
        "# Model\n\nThis model is a merge of acme/a-7b and beta/b-7b.\n",
        "---\nlicense: mit\nbase_model: acme/a-7b\n---\nThis model is a fine-tuned version of acme/a-7b.\n",
        HEAD + "It was trained from scratch on 2T tokens. See also acme/a-7b.\n",
        HEAD + "It was distilled from acme/teacher-70b.\n",
        HEAD + "This model, acme/model, is fine-tuned with care.\n",
        "---\ntitle: a blog\n---\nThis model is a fine-tuned version of acme/a-7b.\n",
    ],
)
def test_silent_where_nothing_is_missing(card: str) -> None:
    assert findings(MissingBaseModel, card) == []


def test_weights_that_training_only_started_from_are_a_warning() -> None:
    sentence = "The encoder is initialized from acme/a-7b and trained on web pairs.\n"
    assert {f.severity for f in findings(MissingBaseModel, HEAD + sentence)} <= {"warning"}
