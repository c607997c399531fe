"""MC103 unknown-license."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.unknown_license import UnknownLicense
from tests.support import findings, outcomes


@pytest.mark.parametrize("id", ["mit", "apache-2.0", "other", "llama3.1", "openrail++", "cc-by-nc-sa-4.0"])
def test_listed_ids_pass(id: str) -> None:
    assert [f.outcome for f in findings(UnknownLicense, f"---\nlicense: {id}\n---\n")] == ["pass"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("MIT", "mit"),
        ("Apache 2.0", "apache-2.0"),
        ("Apache-2.0", "apache-2.0"),
        ("apache2.0", "apache-2.0"),
        ("GPL-3.0-only", "gpl-3.0"),
        ("CC-BY-NC-4.0", "cc-by-nc-4.0"),
    ],
)
def test_other_spellings_are_refused_with_the_right_one(written: str, meant: str) -> None:
    (found,) = findings(UnknownLicense, f"---\nlicense: {written}\n---\n")
    assert (found.outcome, found.span.line) == ("fail", 2)
    assert f"`{meant}`" in found.help


def test_each_of_several_is_looked_up() -> None:
    found = findings(UnknownLicense, "---\nlicense: [mit, acme-license]\n---\n")
    assert outcomes(found) == {"mit": "pass", "acme-license": "fail"}
    assert "other" in found[1].help


@pytest.mark.parametrize(
    "card", ["# A\n", "---\nlicense:\n---\n", "---\nlicense: 3\n---\n", "---\ntags: [a]\n---\n"]
)
def test_silent_without_a_text(card: str) -> None:
    assert findings(UnknownLicense, card) == []
