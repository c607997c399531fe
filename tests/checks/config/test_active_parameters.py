"""MC602: stated active parameters against config and tensors."""

from __future__ import annotations

from typing import Any

from pytest_modelcard.checks.config.active_parameters import ActiveParameters
from tests.support import findings, outcomes

from .models import dense, mixture, repository

MOE: dict[str, Any] = {"num_local_experts": 16, "num_experts_per_tok": 2, "num_hidden_layers": 4}


def check(card: str, repo_id: str = "acme/Acme-900M", **kwargs: Any) -> dict[str, str]:
    return outcomes(findings(ActiveParameters, card, repo_id=repo_id, **kwargs))


def test_a_right_number_passes() -> None:
    card = "# Acme\n\nAcme has 900M total and 150M active parameters.\n"
    assert check(card, files=repository(mixture(), **MOE)) == {"150m": "pass"}
    assert check("# Acme\n", repo_id="acme/Acme-900M-A150M", files=repository(mixture(), **MOE)) == {
        "name": "pass"
    }


def test_a_wrong_number_fails_with_the_numbers() -> None:
    card = "# Acme\n\nAcme has 900M total and 40M active parameters.\n"
    found = findings(ActiveParameters, card, files=repository(mixture(), **MOE))
    assert outcomes(found) == {"40m": "fail"}
    assert "2 of 16" in found[0].message
    assert check("# Acme\n", repo_id="acme/Acme-900M-A40M", files=repository(mixture(), **MOE)) == {
        "name": "warn"
    }


def test_no_verdict_where_config_and_weights_disagree_or_say_nothing() -> None:
    card = "# Acme\n\nAcme has 40M active parameters.\n"
    for fields in (
        {**MOE, "num_local_experts": 8},
        {**MOE, "num_experts_per_tok": None},
        {**MOE, "zero_expert_num": 4},
        {**MOE, "num_experts_per_tok": [1, 2, 4, 8]},
    ):
        assert check(card, files=repository(mixture(), **fields)) == {"40m": "skip"}
    assert check(card, files={}) == {"40m": "skip"}


def test_a_dense_model_uses_all_of_itself() -> None:
    card = "# Acme\n\nAcme has 3B active parameters.\n"
    assert check(card, files=repository(dense())) == {"3b": "fail"}


def test_shared_experts_and_fused_tensors_are_told_apart() -> None:
    shapes = {k: v for k, v in mixture().items() if ".experts." not in k}
    for n in range(4):
        shapes[f"model.layers.{n}.mlp.experts.gate_up_proj"] = ("BF16", (16, 8192, 1024))
        shapes[f"model.layers.{n}.mlp.experts.down_proj"] = ("BF16", (16, 1024, 4096))
        shapes[f"model.layers.{n}.mlp.shared_experts.up_proj.weight"] = ("BF16", (8192, 1024))
    card = "# Acme\n\nAcme has 900M total and 185M active parameters.\n"
    assert check(card, files=repository(shapes, **MOE)) == {"185m": "pass"}
