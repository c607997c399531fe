"""MC104 unknown-language."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.unknown_language import UnknownLanguage
from tests.support import findings, outcomes


def test_codes_and_special_values_pass() -> None:
    found = findings(UnknownLanguage, "---\nlanguage: [en, por, ber, code, multilingual, 'no']\n---\n")
    assert {f.outcome for f in found} == {"pass"} and len(found) == 6


def test_norwegian_without_quotes_is_still_norwegian_here() -> None:
    (found,) = findings(UnknownLanguage, "---\nlanguage: no\n---\n")
    assert found.outcome == "pass" and "Norwegian" in found.message


@pytest.mark.parametrize(
    ("code", "meant"), [("jp", "`ja`"), ("cn", "`zh`"), ("qq", "ISO 639"), ("zzy", "ISO 639")]
)
def test_codes_of_no_language_are_refused(code: str, meant: str) -> None:
    (found,) = findings(UnknownLanguage, f"---\nlanguage:\n- {code}\n---\n")
    assert (found.outcome, found.span.line) == ("fail", 3)
    assert meant in found.help + found.message


def test_capitals_are_a_warning() -> None:
    assert outcomes(findings(UnknownLanguage, "---\nlanguage: EN\n---\n")) == {"en": "warn"}


def test_withdrawn_codes_are_a_warning() -> None:
    (found,) = findings(UnknownLanguage, "---\nlanguage: jw\n---\n")
    assert found.outcome == "warn" and "`jv`" in found.help


def test_other_forms_are_a_schema_violation() -> None:
    assert findings(UnknownLanguage, "---\nlanguage: [pt-BR, english]\n---\n") == []
