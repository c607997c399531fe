"""No content of card or files makes a configuration rule raise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.checks.config import RULES
from pytest_modelcard.engine import plan, run
from pytest_modelcard.policy import Policy
from tests.support import evidence_for

CARD = """---
base_model: Qwen/Qwen3.5-397B-A17B
pipeline_tag: image-text-to-text
---
# Acme-7B

Acme features **SwiReasoning**, a training-free inference framework.
Acme has 7B parameters, 3B active parameters.

- **1,010,000 token context window**

| | |
|---|---|
| Architecture | Mixture-of-Experts (MoE) |
| Number of Layers | 32 |
| Tensor type | BF16 |

```bash
vllm serve acme/model --max-model-len 1048576 --trust-remote-code
```
"""
POLICY = Policy(select=("MC6",))
NAMES = (
    "config.json",
    "tokenizer_config.json",
    "chat_template.json",
    "chat_template.jinja",
    "model.safetensors.index.json",
    "model.safetensors",
    "pytorch_model.bin",
    "modeling.py",
)


def everything(files: dict[str, Any], card: str = CARD) -> list[str]:
    evidence = evidence_for(card, files=files)
    return [run(check, evidence, POLICY).outcome for check in plan(evidence, RULES, POLICY)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["auto_map", "chat_template", "weight_map", "template", "text_config", "bits", "factor"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), _JSON.map(json.dumps), max_size=5))
def test_any_json(files: dict[str, str]) -> None:
    assert set(everything(files)) <= {"pass", "fail", "warn", "skip"}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=60), max_size=5))
def test_any_bytes(files: dict[str, bytes]) -> None:
    assert set(everything(files)) <= {"pass", "fail", "warn", "skip"}


@pytest.mark.parametrize("value", ["[a, b]", "{a: b}", "1", "true", "", "null", "[[1]]"])
def test_any_front_matter(value: str) -> None:
    keys = ("pipeline_tag", "base_model", "base_model_relation")
    card = "---\n" + "".join(f"{k}: {value}\n" for k in keys) + "---\n" + CARD.split("---\n", 2)[2]
    files = {
        "config.json": "{}",
        "chat_template.jinja": "You are Acme, a model.",
        "tokenizer_config.json": "[]",
    }
    assert set(everything(files, card)) <= {"pass", "fail", "warn", "skip"}
