from __future__ import annotations

from pytest_modelcard.checks.release.missing_metadata import MissingMetadata
from tests.support import findings

WHOLE = """---
license: mit
base_model: org/parent
pipeline_tag: text-generation
library_name: transformers
language: [en]
---
# Acme
"""


def found(card: str) -> dict[str, tuple[str, str]]:
    return {f.key: (f.outcome, f.severity) for f in findings(MissingMetadata, card) if f.outcome != "pass"}


def test_a_whole_front_matter_passes() -> None:
    assert found(WHOLE) == {}


def test_each_missing_entry_is_open() -> None:
    assert found("# Acme") == {
        "license": ("fail", "error"),
        "base_model": ("warn", "warning"),
        "pipeline_tag": ("warn", "warning"),
        "library_name": ("warn", "warning"),
        "language": ("warn", "note"),
    }


def test_an_empty_value_is_missing() -> None:
    assert found(WHOLE.replace("license: mit", "license:")) == {"license": ("fail", "error")}


def test_a_model_from_scratch_has_no_base() -> None:
    card = WHOLE.replace("base_model: org/parent\n", "")
    assert found(card) == {"base_model": ("warn", "warning")}
    assert found(card + "\nAcme was trained from scratch on 2T tokens.") == {"base_model": ("skip", "error")}


def test_an_unreadable_front_matter_is_unknown() -> None:
    assert {o for o, _ in found("---\nlicense: [\n---\n# Acme").values()} == {"skip"}
