"""Configs of many families, and of none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.architecture.config import read_architecture


@pytest.mark.parametrize(
    ("config", "experts", "per_token", "shared"),
    [
        ({"num_local_experts": 8, "num_experts_per_tok": 2}, 8, 2, None),
        ({"n_routed_experts": 256, "num_experts_per_tok": 8, "n_shared_experts": 1}, 256, 8, 1),
        ({"text_config": {"num_experts": 512, "num_experts_per_tok": 10}}, 512, 10, None),
        ({"ffn_config": {"moe_num_experts": 16, "moe_top_k": 4}}, 16, 4, None),
        ({"num_experts": 64, "moe_topk": [8, 8, 8], "num_shared_expert": [1, 1]}, 64, 8, 1),
        ({"moe_num_experts": 64, "moe_k": 6}, 64, 6, None),
        ({"num_local_experts": 128, "experts_per_token": 4}, 128, 4, None),
        ({"num_experts": 1, "num_experts_per_tok": 1}, None, None, None),
        ({"num_experts": 0}, None, None, None),
        ({"num_experts": True, "num_local_experts": "8"}, None, None, None),
        ({}, None, None, None),
    ],
)
def test_experts(
    config: dict[str, Any], experts: int | None, per_token: int | None, shared: int | None
) -> None:
    found = read_architecture(config)
    assert (found.experts, found.experts_per_token, found.shared_experts) == (experts, per_token, shared)


def test_experts_that_vary_are_said_to() -> None:
    assert read_architecture({"num_experts": 8, "moe_topk": [2, 4]}).varying_experts
    assert read_architecture(
        {"n_routed_experts": 512, "moe_topk": 12, "zero_expert_num": 256}
    ).varying_experts
    assert not read_architecture({"num_experts": 8, "num_experts_per_tok": 2}).varying_experts


@pytest.mark.parametrize(
    ("config", "layers"),
    [
        ({"num_hidden_layers": 32}, {32}),
        ({"n_layer": 12}, {12}),
        ({"num_hidden_layers": 61, "num_nextn_predict_layers": 1}, {61, 62}),
        ({"encoder_layers": 6, "decoder_layers": 6}, {6, 12}),
        ({"num_layers": 24, "num_decoder_layers": 24}, {24}),
        ({"llm_config": {"num_hidden_layers": 28}, "num_hidden_layers": None}, {28}),
    ],
)
def test_layers(config: dict[str, Any], layers: set[int]) -> None:
    assert read_architecture(config).layers == layers


def test_the_language_part_comes_first() -> None:
    found = read_architecture(
        {
            "hidden_size": 1152,
            "thinker_config": {"text_config": {"max_position_embeddings": 32768, "num_hidden_layers": 28}},
            "vision_config": {"num_hidden_layers": 27},
        }
    )
    assert found.main_layers == 28
    assert found.context.limit == 32768
    assert found.multimodal


def test_the_dtype_in_either_spelling() -> None:
    assert read_architecture({"torch_dtype": "torch.bfloat16"}).dtype == "bfloat16"
    assert read_architecture({"text_config": {"dtype": "float16"}}).dtype == "float16"


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "text_config",
                    "rope_scaling",
                    "rope_parameters",
                    "type",
                    "factor",
                    "max_position_embeddings",
                    "original_max_position_embeddings",
                    "num_experts",
                    "moe_topk",
                    "ffn_config",
                    "architectures",
                    "quantization_config",
                    "attn_config",
                    "model_type",
                    "num_hidden_layers",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.sampled_from(["text_config", "rope_scaling", "num_experts", "model_type", "factor"]), _ANY
    )
)
def test_any_content_is_read_without_error(config: dict[str, Any]) -> None:
    found = read_architecture(config)
    assert found.context.limit is None or found.context.limit > 0
