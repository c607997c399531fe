"""MC106 unknown-library."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.unknown_library import UnknownLibrary
from tests.support import findings


@pytest.mark.parametrize("name", ["transformers", "sentence-transformers", "mlx"])
def test_listed_libraries_pass(name: str) -> None:
    assert [f.outcome for f in findings(UnknownLibrary, f"---\nlibrary_name: {name}\n---\n")] == ["pass"]


def test_a_slip_is_a_warning() -> None:
    (found,) = findings(UnknownLibrary, "---\nlibrary_name: Transformers\n---\n")
    assert (found.severity, found.outcome) == ("warning", "warn") and "`transformers`" in found.help


def test_a_new_library_is_only_noted() -> None:
    (found,) = findings(UnknownLibrary, "---\nlibrary_name: frobnicate\n---\n")
    assert found.severity == "note"


def test_silent_without_one() -> None:
    assert findings(UnknownLibrary, "---\nlicense: mit\n---\n") == []
