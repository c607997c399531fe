"""MC603: stated context lengths against positions and rope scaling."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.checks.config.context_length import ContextLength
from tests.support import findings, outcomes

from .models import config

BIG = "# Acme\n\n- **1,010,000 token context window**\n"


def check(card: str, *, tokenizer: str = "{}", **fields: Any) -> dict[str, str]:
    return outcomes(
        findings(
            ContextLength, card, files={"config.json": config(**fields), "tokenizer_config.json": tokenizer}
        )
    )


def test_a_native_or_shorter_length_passes() -> None:
    assert check("# Acme\n\nAcme has a context window of 8K tokens.\n") == {"8192": "pass"}
    assert check("# Acme\n\nAcme has a context window of 4096 tokens.\n") == {"4096": "pass"}


def test_more_than_the_config_supports_fails_and_says_what_to_write() -> None:
    found = findings(ContextLength, BIG, files={"config.json": config(max_position_embeddings=262144)})
    assert outcomes(found) == {"1010000": "fail"}
    assert "262,144" in found[0].message and "1,010,000" in found[0].message
    assert "262,144 tokens natively" in found[0].help
    assert found[0].span.line == 3


@pytest.mark.parametrize(
    "card",
    [
        "# Acme\n\nContext length: 262,144 natively and extensible up to 1,010,000 tokens with YaRN.\n",
        BIG
        + '\nFor long inputs add to config.json:\n\n```json\n{"rope_scaling": {"rope_type": "yarn"}}\n```\n',
    ],
)
def test_a_length_that_is_said_to_take_an_extension_passes(card: str) -> None:
    assert set(check(card, max_position_embeddings=262144).values()) == {"pass"}


@pytest.mark.parametrize(
    ("scaling", "positions", "stated"),
    [
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}, 32768, "131072"),
        ({"type": "yarn", "factor": 4}, 40960, "163,840"),
        ({"type": "linear", "factor": 4.0}, 4096, "16K"),
        ({"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192}, 131072, "128K"),
        ({"type": "longrope", "short_factor": [1.0], "long_factor": [1.0]}, 131072, "128K"),
    ],
)
def test_scaling_that_the_config_switches_on_counts(scaling: Any, positions: int, stated: str) -> None:
    card = f"# Acme\n\nAcme has a context window of {stated} tokens.\n"
    for key in ("rope_scaling", "rope_parameters"):
        fields = {"max_position_embeddings": positions, key: scaling}
        assert set(check(card, **fields).values()) == {"pass"}
        nested = {"max_position_embeddings": None, "text_config": fields}
        assert set(check(card, **nested).values()) == {"pass"}


@pytest.mark.parametrize(
    "fields",
    [
        {"alibi": True},
        {"model_type": "mamba"},
        {"model_type": "t5"},
        {"rope_scaling": {"type": "dynamic", "factor": 1.0, "alpha": 1000.0}},
        {"use_dynamic_ntk": True},
        {"max_position_embeddings": None},
        {"max_position_embeddings": "8192"},
    ],
)
def test_no_verdict_without_a_hard_limit(fields: dict[str, Any]) -> None:
    assert check(BIG, **fields) == {"1010000": "skip"}


def test_no_verdict_without_a_config() -> None:
    assert outcomes(findings(ContextLength, BIG, files={})) == {"1010000": "skip"}
    assert outcomes(findings(ContextLength, BIG, files={"config.json": "{"})) == {"1010000": "skip"}


def test_a_tokenizer_that_allows_it_softens_the_verdict() -> None:
    assert check(BIG, tokenizer='{"model_max_length": 1010000}') == {"1010000": "warn"}
    assert check(BIG, tokenizer='{"model_max_length": 1000000000000000019884624838656}') == {
        "1010000": "fail"
    }


def test_units_of_a_thousand_and_of_1024_are_the_same_length() -> None:
    assert set(check("# A\n\nIt has a 128K context window.\n", max_position_embeddings=128000).values()) == {
        "pass"
    }
    assert set(check("# A\n\nIt has a 1M context window.\n", max_position_embeddings=1_000_000).values()) == {
        "pass"
    }
