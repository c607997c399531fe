"""MC605: what the card says of the architecture against config.json."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.checks.config.architecture_mismatch import ArchitectureMismatch
from tests.support import findings, outcomes

from .models import config, mixture, repository

TABLE = "# Acme\n\n| | |\n|---|---|\n| **{}** | {} |\n"


def check(card: str, **fields: Any) -> list[str]:
    return list(
        outcomes(findings(ArchitectureMismatch, card, files={"config.json": config(**fields)})).values()
    )


@pytest.mark.parametrize(
    ("row", "value", "fields"),
    [
        ("Number of Layers", "32", {}),
        ("Number of Layers", "61", {"num_hidden_layers": 60, "num_nextn_predict_layers": 1}),
        ("Hidden Size", "4096", {}),
        ("Vocabulary Size", "32K", {}),
        ("Vocabulary Size", "31,990", {}),
        ("Number of Experts", "256", {"n_routed_experts": 256, "num_experts_per_tok": 8}),
        ("Number of Experts", "257", {"n_routed_experts": 256, "n_shared_experts": 1}),
        ("Architecture", "Mixture-of-Experts (MoE)", {"num_local_experts": 8}),
        ("Architecture", "Mixture-of-Experts (MoE)", {"text_config": {"moe_num_experts": [64, 64]}}),
        ("Architecture", "Dense decoder", {}),
        ("Architecture", "LlamaForCausalLM", {}),
    ],
)
def test_what_agrees_passes(row: str, value: str, fields: dict[str, Any]) -> None:
    assert check(TABLE.format(row, value), **fields) == ["pass"]


@pytest.mark.parametrize(
    ("row", "value", "fields"),
    [
        ("Number of Layers", "80", {}),
        ("Hidden Size", "8192", {}),
        ("Vocabulary Size", "128K", {}),
        ("Number of Experts", "128", {"n_routed_experts": 256}),
    ],
)
def test_another_number_is_a_warning(row: str, value: str, fields: dict[str, Any]) -> None:
    assert check(TABLE.format(row, value), **fields) == ["warn"]


def test_experts_that_are_not_there_fail() -> None:
    assert check(TABLE.format("Architecture", "Mixture-of-Experts (MoE)")) == ["fail"]
    assert check(TABLE.format("Architecture", "MistralForCausalLM")) == ["warn"]


def test_no_verdict_where_something_unknown_may_hold_it() -> None:
    moe = TABLE.format("Architecture", "Mixture-of-Experts (MoE)")
    assert check(moe, auto_map={"AutoModel": "m.M"}) == ["skip"]
    files = repository(mixture(), num_hidden_layers=4)
    assert list(outcomes(findings(ArchitectureMismatch, moe, files=files)).values()) == ["skip"]
    assert check(TABLE.format("Number of Layers", "80"), num_hidden_layers=None) == ["skip"]
    assert list(outcomes(findings(ArchitectureMismatch, moe, files={})).values()) == ["skip"]


def test_image_input_needs_a_vision_part() -> None:
    card = "---\npipeline_tag: image-text-to-text\n---\n# Acme\n"
    found = findings(ArchitectureMismatch, card, files={"config.json": config()})
    assert outcomes(found) == {"pipeline-tag": "warn"}
    assert found[0].span.line == 2
    assert check(card, vision_config={"depth": 1}) == ["pass"]
    assert check(card, auto_map={"AutoModel": "m.M"}) == ["skip"]
    files = {"config.json": config(), "preprocessor_config.json": "{}"}
    assert outcomes(findings(ArchitectureMismatch, card, files=files)) == {"pipeline-tag": "pass"}
    assert check("---\npipeline_tag: text-generation\n---\n# Acme\n") == []
