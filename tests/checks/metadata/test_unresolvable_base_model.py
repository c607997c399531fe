"""MC108 unresolvable-base-model."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.unresolvable_base_model import UnresolvableBaseModel
from tests.support import findings

OTHERS = {"acme/a-7b": {"README.md": "# A\n"}}


def card(value: str) -> str:
    return f"---\nbase_model: {value}\n---\n"


def test_a_model_that_exists_passes() -> None:
    assert [f.outcome for f in findings(UnresolvableBaseModel, card("acme/a-7b"), others=OTHERS)] == ["pass"]


def test_a_model_that_does_not_exist_is_an_error() -> None:
    (found,) = findings(UnresolvableBaseModel, card("acme/b-7b"), others=OTHERS)
    assert (found.outcome, found.span.line) == ("fail", 2)
    assert "does not exist" in found.message


def test_without_the_network_nothing_is_said() -> None:
    assert [f.outcome for f in findings(UnresolvableBaseModel, card("acme/b-7b"), offline=True)] == ["skip"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("https://huggingface.co/acme/a-7b", "write `acme/a-7b`"),
        ("./outputs/checkpoint-500", "path"),
        ("/data/models/llama", "path"),
        ("Kokoro 82M", "spaces"),
        ("acme/a/b", "organisation/name"),
        ("acme/a--b", "not a name"),
    ],
)
def test_what_can_be_no_id_is_found_without_the_network(value: str, says: str) -> None:
    (found,) = findings(UnresolvableBaseModel, card(value), offline=True)
    assert found.outcome == "fail"
    assert says in found.message + found.help


def test_every_parent_of_a_list_is_looked_up() -> None:
    found = findings(
        UnresolvableBaseModel, "---\nbase_model:\n- acme/a-7b\n- acme/b-7b\n---\n", others=OTHERS
    )
    assert [(f.key, f.outcome, f.span.line) for f in found] == [
        ("acme-a-7b", "pass", 3),
        ("acme-b-7b", "fail", 4),
    ]


def test_silent_without_a_base_model() -> None:
    assert findings(UnresolvableBaseModel, "---\nlicense: mit\nbase_model: []\n---\n") == []
