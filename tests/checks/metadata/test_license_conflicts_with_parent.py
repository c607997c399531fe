"""MC113 license-conflicts-with-parent."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.license_conflicts_with_parent import LicenseConflictsWithParent
from pytest_modelcard.model import Finding
from tests.support import findings


def judge(own: str, parent: str, text: str = "", files: dict[str, str] | None = None) -> Finding:
    card = f"---\nlicense: {own}\nbase_model: acme/base\n---\n# M\n\n{text}\n"
    others = {"acme/base": {"README.md": f"---\nlicense: {parent}\n---\n"}}
    (found,) = findings(LicenseConflictsWithParent, card, others=others, files=files)
    return found


@pytest.mark.parametrize(
    ("own", "parent"),
    [
        ("apache-2.0", "apache-2.0"),
        ("mit", "mit"),
        ("apache-2.0", "mit"),
        ("cc-by-nc-4.0", "mit"),
        ("llama3.1", "llama3.1"),
        ("mit", "unlicense"),
        ("mit", "[cc-by-nc-4.0, mit]"),
    ],
)
def test_what_the_parent_allows_passes(own: str, parent: str) -> None:
    assert judge(own, parent).outcome == "pass"


@pytest.mark.parametrize(
    ("own", "parent"),
    [
        ("mit", "cc-by-nc-4.0"),
        ("apache-2.0", "cc-by-nc-sa-4.0"),
        ("llama3", "apple-amlr"),
        ("mit", "cc-by-nd-4.0"),
    ],
)
def test_rights_that_the_parent_withholds_are_an_error(own: str, parent: str) -> None:
    found = judge(own, parent)
    assert (found.outcome, found.span.line) == ("fail", 2)
    assert parent in found.message and found.related[0].span.line == 3


@pytest.mark.parametrize(
    ("own", "parent"),
    [
        ("mit", "llama3.1"),
        ("apache-2.0", "gemma"),
        ("mit", "openrail"),
        ("apache-2.0", "gpl-3.0"),
        ("mit", "other"),
        ("mit", "other\nlicense_name: acme-non-commercial"),
    ],
)
def test_terms_that_have_to_travel_are_a_warning(own: str, parent: str) -> None:
    found = judge(own, parent)
    assert (found.outcome, found.severity) == ("warn", "warning")


def test_mit_over_apache_without_a_notice_is_a_warning_that_explains_section_4() -> None:
    found = judge("mit", "apache-2.0")
    assert (found.outcome, found.severity) == ("warn", "warning")
    assert "section 4" in found.message


def test_a_notice_in_the_card_or_a_file_is_enough() -> None:
    assert judge("mit", "apache-2.0", "Parts are under the Apache License 2.0.").outcome == "pass"
    assert judge("mit", "apache-2.0", files={"NOTICE": "x"}).outcome == "pass"
    assert judge("mit", "apache-2.0", files={"LICENSE-APACHE": "x"}).outcome == "pass"
    assert judge("mit", "apache-2.0", files={"LICENSE": "x"}).outcome == "warn"


@pytest.mark.parametrize(
    ("own", "parent"),
    [("other", "cc-by-nc-4.0"), ("mit", "unknown"), ("mit", "\nfoo: 1"), ("cc-by-nc-4.0", "llama2")],
)
def test_what_has_to_be_read_in_the_texts_is_left_open(own: str, parent: str) -> None:
    assert judge(own, parent).outcome == "skip"


def test_an_unreadable_parent_is_left_open() -> None:
    card = "---\nlicense: mit\nbase_model: acme/gone\n---\n"
    assert [f.outcome for f in findings(LicenseConflictsWithParent, card)] == ["skip"]
    assert [f.outcome for f in findings(LicenseConflictsWithParent, card, offline=True)] == ["skip"]


def test_a_parent_that_only_the_text_names_has_a_licence_as_well() -> None:
    card = "---\nlicense: mit\n---\n# M\n\nThis model is a fine-tuned version of acme/base-7b.\n"
    others = {"acme/base-7b": {"README.md": "---\nlicense: cc-by-nc-4.0\n---\n"}}
    (found,) = findings(LicenseConflictsWithParent, card, others=others)
    assert (found.outcome, found.span.line, found.related[0].span.line) == ("fail", 2, 6)


def test_silent_without_a_licence_or_a_parent() -> None:
    assert findings(LicenseConflictsWithParent, "---\nlicense: mit\n---\n") == []
    assert findings(LicenseConflictsWithParent, "---\nbase_model: acme/a\n---\n") == []
