"""MC117 bad-new-version."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.bad_new_version import BadNewVersion
from tests.support import findings

OTHERS = {"acme/model-2": {"README.md": "# 2\n"}}


def test_a_newer_model_that_exists_passes() -> None:
    found = findings(BadNewVersion, "---\nnew_version: acme/model-2\n---\n", others=OTHERS)
    assert [f.outcome for f in found] == ["pass"]


@pytest.mark.parametrize(
    "value", ["acme/model-3", "Acme/Model", "https://huggingface.co/acme/model-2", "v 2"]
)
def test_itself_no_id_or_nothing_is_an_error(value: str) -> None:
    (found,) = findings(BadNewVersion, f"---\nnew_version: {value}\n---\n", others=OTHERS)
    assert (found.outcome, found.span.line) == ("fail", 2)


def test_without_the_network_nothing_is_said() -> None:
    found = findings(BadNewVersion, "---\nnew_version: acme/model-3\n---\n", offline=True)
    assert [f.outcome for f in found] == ["skip"]


def test_silent_without_one() -> None:
    assert findings(BadNewVersion, "---\nlicense: mit\n---\n") == []
