"""Parameters by part, packed formats unpacked or refused."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.weights.count import Count, count_parameters
from pytest_modelcard.weights.header import Tensor


def count(
    *tensors: tuple[str, str, tuple[int, ...]], layers: int | None = None, **quantization: Any
) -> Count:
    return count_parameters([Tensor(n, d, s, 0, 0) for n, d, s in tensors], quantization, layers)


def test_parts_do_not_overlap() -> None:
    found = count(
        ("model.embed_tokens.weight", "BF16", (100, 10)),
        ("lm_head.weight", "BF16", (100, 10)),
        ("model.layers.0.mlp.up_proj.weight", "BF16", (10, 10)),
        ("model.layers.1.mlp.up_proj.weight", "BF16", (10, 10)),
        ("model.visual.patch_embed.proj.weight", "BF16", (7, 10)),
        ("multi_modal_projector.linear.weight", "BF16", (3, 10)),
        ("mtp.fc.weight", "BF16", (5, 10)),
        ("model.rotary_emb.inv_freq", "F32", (64,)),
        ("transformer.h.0.attn.bias", "U8", (1, 1, 2048, 2048)),
        layers=1,
    )
    assert (found.total, found.embeddings, found.largest_embedding) == (2350, 2000, 1000)
    assert (found.side, found.mtp, found.smallest) == (100, 150, 100)


def test_experts_by_number_or_fused() -> None:
    single = count(*[(f"model.layers.0.mlp.experts.{n}.up_proj.weight", "BF16", (10, 10)) for n in range(8)])
    fused = count(("model.layers.0.mlp.experts.gate_up_proj", "BF16", (8, 10, 10)))
    granite = count(("model.layers.0.block_sparse_moe.input_linear.weight", "BF16", (8, 10, 10)))
    for found in (single, fused, granite):
        assert (found.routed, found.experts) == (800, 8)
        assert found.active(2) == (200, 200)
    shared = count(("model.layers.0.mlp.shared_experts.up_proj.weight", "BF16", (10, 10)))
    assert (shared.routed, shared.experts) == (0, None)
    with pytest.raises(CannotTell):
        shared.active(2)


@pytest.mark.parametrize(
    ("tensors", "quantization", "parameters"),
    [
        (  # GPTQ and AWQ
            [
                ("a.qweight", "I32", (512, 4096)),
                ("a.qzeros", "I32", (32, 512)),
                ("a.scales", "F16", (32, 4096)),
                ("a.g_idx", "I32", (4096,)),
            ],
            {"bits": 4},
            4096 * 4096,
        ),
        (  # bitsandbytes 4-bit
            [
                ("a.weight", "U8", (8_388_608, 1)),
                ("a.weight.absmax", "U8", (262_144,)),
                ("a.weight.quant_map", "F32", (16,)),
                ("a.weight.quant_state.bitsandbytes__nf4", "U8", (93,)),
            ],
            {},
            4096 * 4096,
        ),
        ([("a.weight", "I8", (4096, 4096)), ("a.SCB", "F32", (4096,))], {}, 4096 * 4096),
        ([("a.weight", "F8_E4M3", (512, 512)), ("a.weight_scale_inv", "F32", (4, 4))], {}, 512 * 512),
        (  # MXFP4
            [("a.down_proj_blocks", "U8", (32, 2880, 90, 16)), ("a.down_proj_scales", "U8", (32, 2880, 90))],
            {},
            32 * 2880 * 2880,
        ),
        (  # NVFP4
            [
                ("a.weight", "U8", (512, 256)),
                ("a.weight_scale", "F8_E4M3", (512, 32)),
                ("a.weight_scale_2", "F32", ()),
            ],
            {},
            512 * 512,
        ),
        (  # compressed-tensors
            [
                ("a.weight_packed", "I32", (512, 64)),
                ("a.weight_scale", "BF16", (512, 4)),
                ("a.weight_shape", "I64", (2,)),
            ],
            {"config_groups": {"group_0": {"weights": {"num_bits": 4}}}},
            512 * 512,
        ),
        (  # MLX
            [("a.weight", "U32", (512, 64)), ("a.scales", "F16", (512, 8)), ("a.biases", "F16", (512, 8))],
            {"bits": 4, "group_size": 64},
            512 * 512,
        ),
    ],
)
def test_packed_formats_are_unpacked(tensors: Any, quantization: Any, parameters: int) -> None:
    assert count(*tensors, **quantization).total == parameters


@pytest.mark.parametrize(
    ("tensors", "quantization"),
    [
        ([("a.qweight", "I32", (512, 4096))], {}),
        ([("a.qweight", "I32", (512, 4096))], {"bits": "4"}),
        ([("a.qweight", "I32", (512, 4096))], {"bits": 4, "dynamic": {"x": {}}}),
        ([("a.weight", "U8", (4096, 4096))], {}),
        ([("a.codes", "I16", (4096, 4096, 2))], {}),
        ([("a.weight_packed", "I32", (512, 64))], {"format": "marlin-24", "bits": 4}),
        ([("a.compressed", "BF16", (512, 64)), ("a.bitmask", "U8", (512, 16))], {}),
    ],
)
def test_unknown_packing_gives_no_count(tensors: Any, quantization: Any) -> None:
    with pytest.raises(CannotTell):
        count(*tensors, **quantization)
