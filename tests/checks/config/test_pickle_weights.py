"""MC610: pickled weights without safetensors."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.checks.config.pickle_weights import PickleWeights
from tests.support import findings

ZIP = b"PK\x03\x04rest"


def check(**files: Any) -> str:
    return findings(PickleWeights, "# Acme\n", files=files)[0].outcome


@pytest.mark.parametrize(
    "files",
    [
        {"pytorch_model.bin": b"anything"},
        {"pytorch_model-00001-of-00002.bin": b"", "pytorch_model-00002-of-00002.bin": b""},
        {"checkpoint.pth": ZIP},
        {"old.pt": b"\x80\x02}q\x00"},
        {"weights.pkl": b""},
        {"adapter_model.bin": b""},
    ],
)
def test_pickles_alone_are_a_warning(files: dict[str, bytes]) -> None:
    found = findings(PickleWeights, "# Acme\n", files=files)[0]
    assert found.outcome == "warn"
    assert next(iter(files)) in found.message


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"model.safetensors": b"", "pytorch_model.bin": b""},
        {"ggml-model.bin": b"lmgg\x00\x00"},
        {"openvino_model.bin": b"\x00\x01\x02\x03"},
        {"training_args.bin": ZIP, "optimizer.pt": ZIP},
        {"model.onnx": b"", "model.h5": b""},
    ],
)
def test_other_files_pass(files: dict[str, bytes]) -> None:
    assert check(**files) == "pass"


def test_no_verdict_without_files() -> None:
    assert findings(PickleWeights, "# Acme\n", knows_files=False)[0].outcome == "skip"
