"""MC119 license-text-disagrees."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata._licenses import printed_ids
from pytest_modelcard.checks.metadata.license_text_disagrees import LicenseTextDisagrees
from tests.support import findings


def card(id: str, printed: str) -> str:
    rows = f"| Parameters | 7B |\n| License | {printed} |\n| Context | 32,768 |\n"
    return f"---\nlicense: {id}\n---\n# M\n\n| Property | Value |\n|---|---|\n{rows}"


@pytest.mark.parametrize(
    ("id", "printed"),
    [
        ("mit", "MIT License"),
        ("apache-2.0", "Apache 2.0"),
        ("apache-2.0", "Apache License, Version 2.0"),
        ("cc-by-nc-4.0", "CC BY-NC 4.0"),
        ("mit", "MIT (code), Apache-2.0 (data)"),
    ],
)
def test_the_same_licence_in_other_words_passes(id: str, printed: str) -> None:
    found = findings(LicenseTextDisagrees, card(id, printed))
    assert [f.outcome for f in found] == ["pass"]


@pytest.mark.parametrize(("id", "printed"), [("mit", "Apache 2.0"), ("apache-2.0", "CC-BY-NC-4.0")])
def test_another_licence_in_the_table_is_an_error(id: str, printed: str) -> None:
    (found,) = findings(LicenseTextDisagrees, card(id, printed))
    assert (found.outcome, found.span.line, found.related[0].span.line) == ("fail", 9, 2)
    assert printed in found.message


@pytest.mark.parametrize("id", ["other", "gpl", "my-license"])
def test_a_vague_declaration_leaves_it_open(id: str) -> None:
    assert [f.outcome for f in findings(LicenseTextDisagrees, card(id, "Apache 2.0"))] == ["skip"]


@pytest.mark.parametrize("printed", ["see LICENSE", "Acme Community License", "proprietary"])
def test_silent_where_the_text_names_no_sure_licence(printed: str) -> None:
    assert findings(LicenseTextDisagrees, card("mit", printed)) == []


def test_a_row_about_another_model_is_not_held_against_this_one() -> None:
    head = "| Model | License | Params |\n|---|---|---|\n"
    rows = head + "| Model | MIT | 7B |\n| Starling-7B | CC-BY-NC-4.0 | 7B |\n"
    found = findings(LicenseTextDisagrees, f"---\nlicense: mit\n---\n# Model\n\n{rows}", repo_id="acme/model")
    assert "fail" not in [f.outcome for f in found]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Licensed under the Apache License, Version 2.0", {"apache-2.0"}),
        ("GPLv3", {"gpl-3.0"}),
        ("AGPL-3.0", {"agpl-3.0"}),
        ("GNU LGPL v3", {"lgpl-3.0"}),
        ("CC BY-NC-SA 4.0", {"cc-by-nc-sa-4.0"}),
        ("Llama 3.1 Community License", {"llama3.1"}),
        ("Llama 3 Community License", {"llama3"}),
        ("a model of MIT researchers", set()),
        ("permitted", set()),
    ],
)
def test_ids_out_of_printed_names(text: str, ids: set[str]) -> None:
    assert printed_ids(text) == ids
