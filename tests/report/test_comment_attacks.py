"""No text of a card, nor of a forged report, escapes from the comment it is shown in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.report import comment
from pytest_modelcard.report.comment import Target, render_comment

from .attacks import ATTACKS, BOTS, HAND_MADE
from .reports import with_everything
from .strict import as_github, as_linkifying, escapes, skeleton

LINKS = {
    "run": "https://example.invalid/run",
    "rules": "https://example.invalid/rules",
    "files": "https://example.invalid/blob/head",
}
ALLOWED = ("https://example.invalid/",)
TARGETS: tuple[Target, ...] = ("github", "hub")


def rendered(text: str, target: Target) -> str:
    reports, base = with_everything(text)
    return render_comment(reports, base=base, target=target, links=LINKS, limit=10**7)


def faults(text: str, target: Target) -> list[str]:
    """Escapes, and changes of structure against the same comment with harmless words."""
    markdown = rendered(text, target)
    html = as_github(markdown) if target == "github" else as_linkifying(markdown)
    found = escapes(markdown, html, ALLOWED)
    if target == "hub":
        found += re.findall(r"(?<!\w)@\w+", markdown)
    if text.strip() and skeleton(html) != plain(target):  # what is blank has no quote to show
        found.append("the structure has changed")
    return found


@pytest.fixture(autouse=True, scope="module")
def few_in_full() -> Iterator[None]:
    """Let two findings be shown in full, so that a small comment has every part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comment, "MAX_FULL", 2)
        yield


@cache
def plain(target: Target) -> list[str]:
    """The structure of the comment with harmless words."""
    markdown = rendered("words", target)
    return skeleton(as_github(markdown) if target == "github" else as_linkifying(markdown))


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) >= 600


@pytest.mark.parametrize("n", range(0, len(ATTACKS), 50))
def test_attacks_do_not_escape(n: int) -> None:
    assert {attack: e for attack in ATTACKS[n : n + 50] if (e := faults(attack, "github"))} == {}


@pytest.mark.parametrize("n", range(0, len(HAND_MADE), 50))
def test_attacks_do_not_escape_on_the_hub(n: int) -> None:
    assert {attack: e for attack in HAND_MADE[n : n + 50] if (e := faults(attack, "hub"))} == {}


@pytest.mark.parametrize("attack", [b.strip() for b in BOTS])
def test_no_line_begins_with_words_of_a_card(attack: str) -> None:
    for target in TARGETS:
        lines = rendered(attack, target).split("\n")
        assert not [line for line in lines if line.strip(" `>").startswith(attack)]
        assert any(attack in line for line in lines) or "\n" in attack


_PIECES = [
    *("@octocat", "#1", "GH-1", "deadbeef", "://", "www.", "a.com", "`", "``", "```", "|", "<", ">", "</details>", "<!--", "-->"),
    *("[", "](", ")", "!", "*", "_", "~~", "\\", "&", "&#64;", ":", ":x:", "$", "::", "##[", "-", "1.", "é", "数"),
    *"\n\r \u202e\u200b\x00",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=14).map("".join), st.sampled_from(TARGETS))
@settings(max_examples=40, deadline=None)
def test_no_combination_escapes(text: str, target: Target) -> None:
    assert not faults(text, target)
