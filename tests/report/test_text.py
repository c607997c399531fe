"""Findings as a person reads them, and nothing of a card that could fool the reader."""

from __future__ import annotations

from pytest_modelcard.model import Finding, Related, Span
from pytest_modelcard.report.safe import visible
from pytest_modelcard.report.text import MAX_RELATED, finding_text, headline

FINDING = Finding(
    rule="MC204",
    name="difference-miscomputed",
    key="math-500",
    outcome="fail",
    severity="error",
    message="the card prints +9.6, 61.0 - 52.4 is +8.6",
    help="print +8.6",
    span=Span("README.md", 40, 30),
    quote="| MATH-500 | 52.4 | 61.0 | **+9.6** |",
    related=(Related(Span("README.md", 31, 5), "the score", "61.0"),),
)


def test_place_quote_numbers_and_advice() -> None:
    assert finding_text(FINDING, "model/README.md").split("\n") == [
        "model/README.md:40:30: error: MC204 difference-miscomputed",
        "  the card says:  | MATH-500 | 52.4 | 61.0 | **+9.6** |",
        "  found:          the card prints +9.6, 61.0 - 52.4 is +8.6",
        "  see README.md:31: the score  61.0",
        "  what to do:     print +8.6",
    ]


def test_long_lists_of_places_are_cut_and_said() -> None:
    from dataclasses import replace

    many = replace(FINDING, related=FINDING.related * (MAX_RELATED + 3))
    assert "  and 3 more places" in finding_text(many, "x")


def test_control_and_bidirectional_characters_become_visible() -> None:
    text = visible("a\x1b[31mred\u202eevil\u200b\r\nnext\u2028line")
    assert text == "a<U+001B>[31mred<U+202E>evil<U+200B><U+000D> next<U+2028>line"


def test_emoji_and_other_scripts_stay() -> None:
    assert visible("Avaliação 数学 👩\u200d🔬") == "Avaliação 数学 👩\u200d🔬"


def test_long_text_is_cut() -> None:
    assert visible("x" * 1000, 10) == "xxxxxxxxx…"


def test_the_headline_names_a_waiver() -> None:
    from dataclasses import replace

    assert headline(replace(FINDING, waived="until 2999-01-01: known")).startswith(
        "difference-miscomputed: waived (until 2999-01-01: known): "
    )
