from __future__ import annotations

from pytest_modelcard.checks.card.unreadable_card import UnreadableCard
from tests.support import findings


def found(card: str | bytes) -> list[tuple[str, str, str, int]]:
    return [(f.key, f.outcome, f.severity, f.span.line) for f in findings(UnreadableCard, card)]


def test_a_card_that_is_text_passes() -> None:
    assert found("# Modelo em português\n\n模型\n") == [("card", "pass", "error", 1)]


def test_bytes_that_are_not_utf8_fail_with_their_line() -> None:
    assert found("# A\n\nportuguês".encode("latin-1")) == [("not-utf-8", "fail", "error", 3)]


def test_a_byte_order_mark_is_a_warning() -> None:
    assert found("# A".encode("utf-8-sig")) == [("byte-order-mark", "warn", "warning", 1)]


def test_what_was_not_read_is_said() -> None:
    assert found("a\n\n" + "x" * 60_000) == [("line-too-long", "warn", "note", 3)]
    assert found("> " * 100 + "x") == [("nesting-too-deep", "warn", "warning", 1)]


def test_front_matter_problems_are_left_to_the_metadata_rules() -> None:
    assert found("---\na: 1\na: 2\n---\n# A") == [("card", "pass", "error", 1)]
