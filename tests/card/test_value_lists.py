"""The vendored value lists are dated, complete and what the rules expect of them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import get_args

import pytest

from pytest_modelcard.card.value_lists import ListName, license_kind, value_list


@pytest.mark.parametrize("name", get_args(ListName))
def test_a_list_has_date_source_and_values(name: ListName) -> None:
    known = value_list(name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", known.date)
    assert known.source and len(known.values) > 40


def test_the_hub_knows_83_licences_most_of_them_by_kind() -> None:
    known = value_list("licenses")
    assert len(known.values) == 83
    vague = {id for id, entry in known.values.items() if entry["kind"] == "unknown"}
    assert vague == {"cc", "unknown", "other"}
    assert known.values["apache-2.0"] == {
        "name": "Apache license 2.0",
        "spdx": "Apache-2.0",
        "kind": "permissive",
    }


def test_kinds_of_licences() -> None:
    assert license_kind("cc-by-nc-4.0") == "noncommercial"
    assert license_kind("MIT") == "permissive"
    assert license_kind("llama3.1") == "community"
    assert license_kind("my-own") == "unknown"


def test_languages_of_two_and_three_letters_and_the_special_values() -> None:
    known = value_list("languages")
    for code in ("pt", "zh", "por", "ger", "deu", "ber", "code", "multilingual", "no", "nb"):
        assert code in known, code
    for wrong in ("jp", "cn", "noinfo", "pt-BR", "english"):
        assert wrong not in known, wrong


def test_near_values() -> None:
    known = value_list("libraries")
    assert known.near("Transformers") == "transformers"
    assert known.near("sentence_transformers") == "sentence-transformers"
    assert known.near("frobnicate") is None
    assert known.near("x" * 1000) is None


def test_the_generator_and_the_vendored_licences_agree() -> None:
    path = Path(__file__).parents[2] / "scripts" / "make_value_lists.py"
    script = runpy.run_path(str(path))
    known = value_list("licenses").values
    assert {id: (entry["spdx"], entry["kind"]) for id, entry in known.items()} == script["LICENSES"]
    rows = "".join(f"| {entry['name']} | `{id}` |\n" for id, entry in known.items())
    assert script["licenses"](f"| Fullname | License identifier |\n|---|---|\n{rows}") == known
    with pytest.raises(SystemExit, match="new licence"):
        script["licenses"](rows + "| New | `new-1.0` |\n")
