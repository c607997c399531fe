from __future__ import annotations

from pytest_modelcard.checks.release.missing_title import MissingTitle
from tests.support import findings


def one(card: str) -> tuple[str, int]:
    (finding,) = findings(MissingTitle, card)
    return finding.outcome, finding.span.line


def test_a_title_passes() -> None:
    assert one("---\nlicense: mit\n---\n\n# Acme 7B") == ("pass", 5)
    assert one("<h1 align='center'>Acme</h1>") == ("pass", 1)
    assert one('<img src="logo.png" alt="Acme 7B">') == ("pass", 1)


def test_no_title_is_open() -> None:
    assert one("---\nlicense: mit\n---\nThis repository contains weights.") == ("warn", 4)
