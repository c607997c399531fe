"""MC114 other-license-without-link."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.other_license_without_link import OtherLicenseWithoutLink
from tests.support import findings, outcomes

NAMED = "---\nlicense: other\nlicense_name: acme-1.0\n"


def test_a_named_licence_with_its_text_passes() -> None:
    for link, files in (
        ("license_link: LICENSE\n", {"LICENSE": "text"}),
        ("license_link: https://example.org/license\n", {}),
        ("", {"LICENSE.md": "text"}),
    ):
        assert outcomes(findings(OtherLicenseWithoutLink, f"{NAMED}{link}---\n", files=files)) == {
            "license": "pass"
        }


def test_other_without_any_text_is_an_error() -> None:
    (found,) = findings(OtherLicenseWithoutLink, "---\nlicense: other\n---\n")
    assert (found.outcome, found.span.line) == ("fail", 2)


def test_where_the_files_are_not_known_it_is_a_warning() -> None:
    (found,) = findings(OtherLicenseWithoutLink, "---\nlicense: other\n---\n", knows_files=False)
    assert found.outcome == "warn"


def test_other_without_a_name_is_a_warning() -> None:
    (found,) = findings(OtherLicenseWithoutLink, "---\nlicense: other\n---\n", files={"LICENSE": "x"})
    assert found.outcome == "warn" and "license_name" in found.message


@pytest.mark.parametrize("license", ["other\nlicense_name: a", "apache-2.0"])
def test_a_link_to_a_file_that_is_not_there_is_an_error(license: str) -> None:
    card = f"---\nlicense: {license}\nlicense_link: ./LICENSE.txt\n---\n"
    (found,) = findings(OtherLicenseWithoutLink, card, files={"LICENSE": "x"})
    assert found.outcome == "fail" and "LICENSE.txt" in found.message
    assert found.span.line == card[: card.index("license_link")].count("\n") + 1


def test_a_link_of_a_lone_card_is_not_accused() -> None:
    card = "---\nlicense: mit\nlicense_link: LICENSE\n---\n"
    assert [f.outcome for f in findings(OtherLicenseWithoutLink, card, knows_files=False)] == ["pass"]


def test_silent_for_a_listed_licence_without_link() -> None:
    assert findings(OtherLicenseWithoutLink, "---\nlicense: mit\n---\n") == []


def test_a_link_by_the_repositorys_own_address_has_to_lead_to_a_file() -> None:
    link = "https://huggingface.co/acme/model/blob/main/LICENSE"
    card = f"---\nlicense: other\nlicense_name: x\nlicense_link: {link}\n---\n"
    gone = findings(OtherLicenseWithoutLink, card, files={"config.json": "{}"})
    assert "fail" in {f.outcome for f in gone}
    there = findings(OtherLicenseWithoutLink, card, files={"LICENSE": "terms"})
    assert {f.outcome for f in there} == {"pass"}
    elsewhere = findings(OtherLicenseWithoutLink, card.replace("acme/", "beta/"), files={"a.txt": ""})
    assert "fail" not in {f.outcome for f in elsewhere}
