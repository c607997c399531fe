"""MC115 undeclared-language."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.undeclared_language import UndeclaredLanguage
from tests.support import findings

ROWS = "| Parameters | 7B |\n| Languages | English, Portuguese |\n| License | MIT |\n"
TABLE = "| Item | Value |\n|---|---|\n" + ROWS


def card(language: str, body: str = TABLE) -> str:
    return f"---\nlicense: mit\n{language}\n---\n# M\n\n{body}\n"


@pytest.mark.parametrize(
    "language", ["language: [en, pt]", "language: [eng, por, ja]", "language: multilingual"]
)
def test_declared_languages_pass(language: str) -> None:
    found = findings(UndeclaredLanguage, card(language))
    assert {f.outcome for f in found} == {"pass"} and found


def test_a_language_of_the_table_that_is_not_declared_is_a_warning() -> None:
    (found,) = findings(UndeclaredLanguage, card("language: en"))
    assert (found.outcome, found.severity, found.span.line) == ("warn", "warning", 10)
    assert "Portuguese" in found.message and "English" not in found.message
    assert "add pt" in found.help


def test_no_declaration_at_all_is_a_note() -> None:
    (found,) = findings(UndeclaredLanguage, card("tags: [a]"))
    assert found.severity == "note" and "[en, pt]" in found.help


def test_a_sentence_is_only_a_note() -> None:
    found = findings(UndeclaredLanguage, card("language: en", "The model supports English and Portuguese."))
    assert [f.severity for f in found] == ["note"]


def test_silent_without_claims_or_front_matter() -> None:
    assert findings(UndeclaredLanguage, card("language: en", "A model.")) == []
    assert findings(UndeclaredLanguage, "# M\n\n" + TABLE) == []
