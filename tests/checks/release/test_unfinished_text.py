from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.unfinished_text import UnfinishedText
from tests.support import findings


def one(card: str) -> tuple[str, int]:
    (finding,) = findings(UnfinishedText, card)
    return finding.outcome, finding.span.line


@pytest.mark.parametrize(
    "text",
    [
        "Coming soon.",
        "## TODO\n\nx",
        "Size: TBD",
        "The code is to be released.",
        "[More Information Needed]",
        "Em breve.",
        "敬请期待",
    ],
)
def test_unfinished_text_is_open(text: str) -> None:
    assert one("# Acme\n\n" + text) == ("warn", 3)


@pytest.mark.parametrize(
    "text", ["It writes a todo list.", "All done.", "```\n# TODO\n```", "Todo o texto em português."]
)
def test_finished_text_passes(text: str) -> None:
    assert one("# Acme\n\n" + text)[0] == "pass"
