"""What is sent in place of the system prompt, going by the template's text."""

from __future__ import annotations

from pytest_modelcard.identity.system import NEUTRAL, System, system_of
from tests.identity.personas import PLAIN, RENAMING, card
from tests.support import Files, evidence_for

SHOWN = '```python\nmessages = [{"role": "system", "content": "You are Rio, made by IplanRio."}, {"role": "user", "content": "Oi"}]\n```'


def system(text: str, files: Files | None = None, *, knows_files: bool = True) -> System:
    return system_of(evidence_for(text, files=files, knows_files=knows_files))


def test_a_template_without_an_identity_is_left_alone() -> None:
    found = system(card("Rio"), {"chat_template.jinja": PLAIN})
    assert (found.sent, found.removed, found.optional) == (None, True, False)


def test_a_prompt_that_stands_in_for_a_missing_one_is_replaced() -> None:
    found = system(card("Rio"), {"chat_template.jinja": RENAMING})
    assert (found.sent, found.removed) == (NEUTRAL, True)
    assert [p.name for p in found.template] == ["Rio"]


def test_a_prompt_that_always_stands_cannot_be_taken_out() -> None:
    found = system(card("Rio"), {"chat_template.jinja": "You are Rio, an assistant.\n" + PLAIN})
    assert not found.removed
    assert "cannot be taken out" in found.why


def test_where_the_template_is_not_known_a_neutral_message_is_tried() -> None:
    for found in (system(card("Rio"), knows_files=False), system(card("Rio"), {"config.json": "{}"})):
        assert (found.sent, found.optional, found.removed) == (NEUTRAL, True, True)


def test_prompts_that_the_card_shows_are_kept_and_never_sent() -> None:
    found = system(card("Rio", text=SHOWN), {"chat_template.jinja": PLAIN})
    assert [p.name for p in found.card] == ["Rio"]
    assert found.sent is None
    answer = "```\nsystem: none\nassistant: I am Rio.\n```"
    assert system(card("Rio", text=answer), {"chat_template.jinja": PLAIN}).card == ()


def test_the_neutral_message_names_nobody() -> None:
    assert system(card("Rio", text=f"```\nsystem: {NEUTRAL}\n```"), {"chat_template.jinja": PLAIN}).card == ()
