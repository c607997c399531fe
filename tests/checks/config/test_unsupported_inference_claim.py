"""MC608: claimed inference frameworks of which the repository holds nothing."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.checks.config.unsupported_inference_claim import UnsupportedInferenceClaim
from tests.support import findings, outcomes

from .models import config

CARD = "# Acme\n\nAcme features **SwiReasoning**, a training-free inference framework.\n"


def check(card: str = CARD, **files: Any) -> dict[str, str]:
    return outcomes(findings(UnsupportedInferenceClaim, card, files={"config.json": config(), **files}))


def test_a_framework_that_nothing_mentions_is_a_warning() -> None:
    found = findings(UnsupportedInferenceClaim, CARD, files={"config.json": config(), "a.py": "pass"})
    assert outcomes(found) == {"swireasoning": "warn"}
    assert "SwiReasoning" in found[0].message and "1 Python files" in found[0].message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("swi_reasoning/generate.py", ""),
        ("modeling_acme.py", "from swireasoning import decode"),
        ("generation_config.json", '{"custom_generate": "swi-reasoning"}'),
        ("chat_template.jinja", "{# for SwiReasoning #}"),
    ],
)
def test_a_framework_that_is_mentioned_passes(path: str, text: str) -> None:
    assert check(**{path: text}) == {"swireasoning": "pass"}


def test_servers_that_run_any_model_are_left_alone() -> None:
    assert check("# Acme\n\nAcme features vLLM, an inference framework.\n") == {}


def test_no_verdict_where_the_files_cannot_be_read() -> None:
    assert outcomes(findings(UnsupportedInferenceClaim, CARD, knows_files=False)) == {"swireasoning": "skip"}
    assert outcomes(findings(UnsupportedInferenceClaim, CARD, files={})) == {"swireasoning": "skip"}
    assert check(**{"run.py": b"\xff\xfe"}) == {"swireasoning": "skip"}
    assert check(**{f"f{n}.py": "" for n in range(100)}) == {"swireasoning": "skip"}
