"""MC109 base-model-is-itself."""

from __future__ import annotations

from pytest_modelcard.checks.metadata.base_model_is_itself import BaseModelIsItself
from tests.support import findings


def test_another_model_passes() -> None:
    found = findings(BaseModelIsItself, "---\nbase_model: acme/a-7b\n---\n", repo_id="acme/model")
    assert [f.outcome for f in found] == ["pass"]


def test_the_model_itself_is_an_error_in_any_spelling() -> None:
    (found,) = findings(BaseModelIsItself, "---\nbase_model: [x/y, Acme/Model]\n---\n", repo_id="acme/model")[
        1:
    ]
    assert (found.outcome, found.key) == ("fail", "acme-model")


def test_the_same_name_of_another_organisation_is_another_model() -> None:
    found = findings(BaseModelIsItself, "---\nbase_model: beta/model\n---\n", repo_id="acme/model")
    assert [f.outcome for f in found] == ["pass"]


def test_silent_where_the_own_id_is_not_known() -> None:
    assert findings(BaseModelIsItself, "---\nbase_model: acme/model\n---\n", repo_id=None) == []
