"""MC606: stated data types against the stored tensors."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.checks.config.dtype_mismatch import DtypeMismatch
from tests.support import findings, outcomes

from .models import dense, repository

TABLE = "# Acme\n\n| | |\n|---|---|\n| Architecture | Transformer |\n| {} | {} |\n"


def check(card: str, dtype: str = "BF16", **fields: Any) -> dict[str, str]:
    return outcomes(findings(DtypeMismatch, card, files=repository(dense(2, dtype=dtype), **fields)))


@pytest.mark.parametrize(
    ("stated", "stored"), [("BF16", "BF16"), ("float16", "F16"), ("FP32", "F32"), ("FP8", "F8_E4M3")]
)
def test_the_stored_type_passes(stated: str, stored: str) -> None:
    found = check(TABLE.format("Tensor type", stated), stored, torch_dtype=None)
    assert found[stated.lower()] == "pass"


def test_another_type_is_a_warning() -> None:
    found = findings(
        DtypeMismatch, TABLE.format("Tensor type", "BF16"), files=repository(dense(2, dtype="F32"))
    )
    assert outcomes(found)["bf16"] == "warn"
    assert "F32" in found[0].message and found[0].severity == "warning"


def test_the_precision_of_training_is_left_alone() -> None:
    assert list(check(TABLE.format("Training precision", "BF16"), "F32", torch_dtype="float32")) == ["config"]


def test_config_against_tensors_is_a_note() -> None:
    found = findings(DtypeMismatch, "# Acme\n", files=repository(dense(2, dtype="F32")))
    assert [(f.key, f.outcome, f.severity) for f in found] == [("config", "warn", "note")]
    assert check("# Acme\n") == {"config": "pass"}


def test_quantised_weights_give_no_verdict() -> None:
    card = TABLE.format("Tensor type", "BF16")
    found = check(card, "F8_E4M3", quantization_config={"quant_method": "fp8"})
    assert found == {"bf16": "skip", "config": "skip"}
