from __future__ import annotations

import pytest

from pytest_modelcard.checks.card.leftover_template import LeftoverTemplate
from tests.support import findings


def found(card: str) -> dict[str, str]:
    return {f.key: f.severity for f in findings(LeftoverTemplate, card) if f.outcome != "pass"}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("## Bias\n\n[More Information Needed]", {"more-information-needed": "warning"}),
        ("## Bias\n\nMore information needed", {"more-information-needed": "warning"}),
        ("- **Developed by:** [More Information Needed]", {"more-information-needed": "warning"}),
        ("# Model Card for Model ID\n\ntext", {"title": "warning"}),
        ("# {{ model_id }}\n\nby {{ developers | default('[x]', true) }}", {"template-variable": "warning"}),
        ("<!-- Provide a quick summary of what the model is/does. -->", {"template-comment": "note"}),
        ("This model card has been automatically generated.", {"generated-notice": "note"}),
        (
            "<!-- You should probably proofread and complete it, then remove this comment. -->",
            {"generated-notice": "note"},
        ),
        ("- License: TODO", {"todo": "note"}),
        ("TBD", {"todo": "note"}),
        ('```\nm = load("your-username/your-model")\n```', {"placeholder-name": "warning"}),
        ("Lorem ipsum dolor sit amet.", {"lorem-ipsum": "warning"}),
    ],
)
def test_leftovers(card: str, expected: dict[str, str]) -> None:
    assert found(card) == expected


@pytest.mark.parametrize(
    "card",
    [
        "# Acme 7B\n\nAll filled in.",
        "If more information is needed, write to us.",
        "More information needed for this is in the paper.",
        "## Prompt template\n\n{{ system }} {{ prompt }}",
        "Use `{{ prompt }}` here.",
        "```\n{{ prompt }} [More Information Needed] # TODO\n```",
        "## TODO\n\n- [ ] TODO: add scripts",
        "The TODO app example writes a TODO list.",
        "```\nexport KEY=YOUR_API_KEY\npath/to/model\n```",
        "See https://github.com/your-org-name/x and username/password login.",
        "<!-- markdownlint-disable -->",
    ],
)
def test_what_is_no_leftover(card: str) -> None:
    assert found(card) == {}


def test_all_places_are_counted_and_related() -> None:
    (finding,) = findings(
        LeftoverTemplate, "## A\n\n[More Information Needed]\n\n## B\n\n[More Information Needed]"
    )
    assert "2 places" in finding.message
    assert [r.span.line for r in finding.related] == [7]
    assert finding.span.line == 3


def test_a_clean_card_has_one_passing_subject() -> None:
    assert [(f.key, f.outcome) for f in findings(LeftoverTemplate, "# A")] == [("card", "pass")]


def test_a_name_that_readers_are_to_replace_is_silent() -> None:
    card = "# A\n\nReplace `your-org/your-model` with your own.\n"
    assert {f.outcome for f in findings(LeftoverTemplate, card)} == {"pass"}
    kept = "# A\n\nUse it with `your-org/your-model`.\n"
    assert "warn" in {f.outcome for f in findings(LeftoverTemplate, kept)}
