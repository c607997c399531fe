"""The schemas of the package are those of the public folder, and are valid schemas."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

import pytest_modelcard.schemas
from pytest_modelcard.schemas import schema

PUBLIC = Path(__file__).resolve().parents[1] / "schemas"
PACKAGED = Path(pytest_modelcard.schemas.__file__).parent
NAMES = sorted(p.name for p in PUBLIC.glob("*.json"))


def test_both_folders_hold_the_same_schemas() -> None:
    assert "card-v1.json" in NAMES
    assert sorted(p.name for p in PACKAGED.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_the_same_in_the_package_and_valid(name: str) -> None:
    assert (PACKAGED / name).read_bytes() == (PUBLIC / name).read_bytes()
    jsonschema.Draft202012Validator.check_schema(schema(name.removesuffix(".json")))
