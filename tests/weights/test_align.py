"""The same tensor under other names and in other shapes; never a guess."""

from __future__ import annotations

import math

import pytest

from pytest_modelcard.weights import names
from pytest_modelcard.weights.align import Alignment, align
from pytest_modelcard.weights.header import DTYPE_BITS, Tensor


def model(*tensors: tuple[str, tuple[int, ...]] | tuple[str, tuple[int, ...], str]) -> dict[str, Tensor]:
    out, at = {}, 100
    for name, shape, *rest in tensors:
        dtype = rest[0] if rest else "BF16"
        end = at + math.prod(shape) * DTYPE_BITS[dtype] // 8
        out[name] = Tensor(name, dtype, shape, at, end, "model.safetensors")
        at = end
    return out


def reasons(found: Alignment) -> dict[str, str]:
    return {one.name: one.reason for one in found.left_out}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("model.language_model.layers.3.mlp.up_proj.weight", "model.layers.3.mlp.up_proj.weight"),
        ("language_model.model.layers.3.mlp.up_proj.weight", "layers.3.mlp.up_proj.weight"),
        ("transformer.h.3.attn.c_attn.weight", "h.3.attn.c_attn.weight"),
        ("model.visual.blocks.1.norm1.bias", "visual.blocks.1.norm1.bias"),
        (
            "model.layers.0.block_sparse_moe.experts.7.w1.weight",
            "model.layers.0.mlp.experts.7.gate_proj.weight",
        ),
        ("language_model.lm_head.weight", "lm_head.weight"),
    ],
)
def test_wrappers_are_seen_through(a: str, b: str) -> None:
    found = align(model((a, (8, 4))), model((b, (8, 4))))
    assert [(r.count, r.other_start, r.tensor.name) for r in found.pairs[a]] == [(32, 0, b)]
    assert not found.left_out and not found.only_there


def test_names_tell_family_and_layer() -> None:
    name = "model.language_model.layers.12.mlp.experts.3.up_proj.weight"
    assert (names.family(name), names.layer(name)) == ("layers.mlp.experts.up_proj.weight", 12)
    assert names.layer("mtp.layers.0.mlp.up_proj.weight") is None
    assert names.layer("model.visual.blocks.2.norm1.weight") is None
    fused = names.group("model.layers.1.mlp.experts.gate_up_proj")
    assert fused == names.group("layers.1.mlp.experts.5.up_proj.weight_scale_inv")
    assert (
        names.group("a.q_proj.weight") == names.group("a.qkv_proj.weight") != names.group("a.o_proj.weight")
    )


def test_two_tensors_of_one_canonical_name_are_not_mixed_up() -> None:
    here = model(("model.layers.0.w", (4, 4)), ("language_model.model.layers.0.w", (4, 4)))
    found = align(here, model(("layers.0.w", (4, 4))))
    assert not found.pairs
    assert set(reasons(found)) == set(here)


def test_fused_experts_against_single_ones_in_both_directions() -> None:
    fused = model(
        ("model.layers.0.mlp.experts.gate_up_proj", (4, 6, 5)), ("x.mlp.experts.down_proj", (4, 5, 3))
    )
    single = model(
        *[(f"layers.0.mlp.experts.{e}.{p}_proj.weight", (3, 5)) for e in range(4) for p in ("up", "gate")],
        *[(f"x.mlp.experts.{e}.down_proj.weight", (5, 3)) for e in range(4)],
    )
    found = align(fused, single)
    assert not found.left_out and not found.only_there
    # expert 2, up (second half of its 6 rows), row 1, columns 1 to 3
    (run,) = found.runs("model.layers.0.mlp.experts.gate_up_proj", 2 * 30 + 15 + 5 + 1, 3)
    assert (run.tensor.name, run.other_start, run.count) == ("layers.0.mlp.experts.2.up_proj.weight", 6, 3)
    # across gate and up of one expert: two runs
    across = found.runs("model.layers.0.mlp.experts.gate_up_proj", 13, 4)
    assert [(r.tensor.name.split(".")[-2], r.start, r.count, r.other_start) for r in across] == [
        ("gate_proj", 13, 2, 13),
        ("up_proj", 15, 2, 0),
    ]
    back = align(single, fused)
    (run,) = back.runs("layers.0.mlp.experts.2.up_proj.weight", 6, 3)
    assert (run.tensor.name, run.other_start) == ("model.layers.0.mlp.experts.gate_up_proj", 81)


@pytest.mark.parametrize("shape", [(4, 5, 6), (4, 6, 6)])
def test_transposed_or_square_experts_are_left_out(shape: tuple[int, ...]) -> None:
    fused = model(("m.experts.gate_up_proj", shape))
    h, i = shape[2], 3
    single = model(
        *[
            (f"m.experts.{e}.{p}_proj.weight", (i, h if shape[1] == 6 else 5))
            for e in range(4)
            for p in ("gate", "up")
        ]
    )
    found = align(fused, single)
    assert not found.pairs
    assert list(reasons(found)) == ["m.experts.gate_up_proj"]
    other = align(model(("m.experts.down_proj", (4, 5, 6))), model(("m.experts.down_proj", (4, 6, 5))))
    assert "transposed" in reasons(other)["m.experts.down_proj"]


def test_q_k_v_and_gate_up_in_one() -> None:
    split = model(
        ("l.q_proj.weight", (8, 4)), ("l.k_proj.weight", (2, 4)), ("l.v_proj.weight", (2, 4)),
        ("l.gate_proj.weight", (6, 4)), ("l.up_proj.weight", (6, 4)),
    )  # fmt: skip
    fused = model(("l.qkv_proj.weight", (12, 4)), ("l.gate_up_proj.weight", (12, 4)))
    found = align(split, fused)
    starts = {name: runs[0].other_start for name, runs in found.pairs.items()}
    assert starts == {
        "l.q_proj.weight": 0, "l.k_proj.weight": 32, "l.v_proj.weight": 40,
        "l.gate_proj.weight": 0, "l.up_proj.weight": 24,
    }  # fmt: skip
    wrong = align(model(("l.qkv_proj.weight", (13, 4))), split)
    assert not wrong.pairs and reasons(wrong)["l.qkv_proj.weight"] == "missing there"


def test_padded_vocabulary_has_common_rows_and_other_shapes_have_none() -> None:
    found = align(
        model(("model.embed_tokens.weight", (100, 4)), ("a.weight", (10, 4)), ("c.weight", (10, 1, 4))),
        model(("model.embed_tokens.weight", (90, 4)), ("a.weight", (9, 4)), ("c.weight", (10, 4))),
    )
    assert found.pairs["model.embed_tokens.weight"][0].count == 360
    assert found.pairs["c.weight"][0].count == 40
    assert "another shape" in reasons(found)["a.weight"]


def test_a_tied_head_is_compared_only_where_it_is_known_to_be_tied() -> None:
    here = model(("lm_head.weight", (9, 4)), ("model.embed_tokens.weight", (9, 4)))
    there = model(("model.embed_tokens.weight", (9, 4)))
    assert reasons(align(here, there)) == {"lm_head.weight": "missing there"}
    tied = align(here, there, tied=True)
    assert tied.pairs["lm_head.weight"][0].tensor.name == "model.embed_tokens.weight"
    assert align(there, here).only_there == ("lm_head.weight",)


def test_quantised_tensors_need_known_scales() -> None:
    plain = model(("w.weight", (256, 300)))
    known = model(("w.weight", (256, 300), "F8_E4M3"), ("w.weight_scale_inv", (2, 3), "F32"))
    assert align(plain, known).pairs and not align(plain, known).only_there
    for bad in (
        model(("w.weight", (256, 300), "F8_E4M3"), ("w.weight_scale_inv", (2, 4), "F32")),
        model(("w.weight", (256, 300), "I8")),
        model(("w.weight", (256, 300), "U8")),
        model(
            ("w.weight", (256, 300), "I8"),
            ("w.weight_scale", (256, 1), "F32"),
            ("w.weight_zero_point", (256, 1), "I8"),
        ),
        model(("w.weight", (256, 300), "F8_E4M3"), ("w.scale_weight", (), "F32")),
    ):  # fmt: skip
        found = align(plain, bad)
        assert not found.pairs and list(reasons(found)) == ["w.weight"]


def test_thousands_of_experts_and_lying_shapes_stay_bounded() -> None:
    big = model(("m.experts.gate_up_proj", (2**40, 2, 1)))
    assert reasons(align(big, model(("m.experts.0.up_proj.weight", (1, 1))))) == {
        "m.experts.gate_up_proj": "missing there"
    }
