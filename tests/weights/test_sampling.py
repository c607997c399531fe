"""Places to read: repeatable, spread, inside the budget."""

from __future__ import annotations

import hashlib
import json
import math
from itertools import pairwise
from pathlib import Path

import pytest

from pytest_modelcard.weights import names, sampling
from pytest_modelcard.weights.header import DTYPE_BITS

LAYOUT = Path(__file__).resolve().parents[2].parent / "shared" / "facts" / "qwen3.5-397b-a17b.layout.json"
SMALL = {
    "model.norm.weight": ((64,), "BF16"),
    **{f"model.layers.{n}.mlp.up_proj.weight": ((4096, 4096), "BF16") for n in range(40)},
    **{f"model.layers.{n}.input_layernorm.weight": ((4096,), "BF16") for n in range(40)},
}


def spent(tensors: sampling.Tensors, plan: dict[str, sampling.Blocks]) -> int:
    return sum(c * DTYPE_BITS[tensors[n][1]] // 8 for n, found in plan.items() for _, c in found)


def test_a_place_can_be_derived_from_seed_and_name_alone() -> None:
    digest = hashlib.sha256(b"7/2/model.layers.0.up").digest()
    expected = int.from_bytes(digest[:8], "big") * 1000 // 2**64
    assert sampling.draw(7, "model.layers.0.up", 2, 1000) == expected
    plan = sampling.plan(SMALL, seed=7, budget_bytes=10**6)
    assert plan == sampling.plan(dict(reversed(SMALL.items())), seed=7, budget_bytes=10**6)
    assert plan != sampling.plan(SMALL, seed=8, budget_bytes=10**6)


@pytest.mark.parametrize(
    "shape", [(4096, 4096), (512, 64, 512), (70_000, 3), (2**24,), (12288, 1, 4), (1, 9)]
)
@pytest.mark.parametrize("share", [1024, 3000, 32_768])
def test_blocks_lie_inside_apart_and_within_the_share(shape: tuple[int, ...], share: int) -> None:
    found = sampling.blocks("t", shape, "BF16", seed=3, share=share)
    n = math.prod(shape)
    end = 0
    for start, count in found:
        assert start >= end and count > 0
        end = start + count
    assert end <= n
    if found != [(0, n)]:
        assert sum(c for _, c in found) * 2 <= share
        # no block crosses a row that is long enough for it
        assert all(s // shape[-1] == (s + c - 1) // shape[-1] for s, c in found if c < shape[-1])


def test_small_tensors_are_read_whole_and_large_ones_in_several_places() -> None:
    plan = sampling.plan(SMALL, seed=1, budget_bytes=800_000)
    assert len(plan) == len(SMALL)
    assert plan["model.norm.weight"] == [(0, 64)]
    assert plan["model.layers.3.input_layernorm.weight"] == [(0, 4096)]
    places = plan["model.layers.3.mlp.up_proj.weight"]
    assert len(places) == 4
    assert [4 * start // 4096**2 for start, _ in places] == [0, 1, 2, 3]
    assert spent(SMALL, plan) <= 800_000


def test_where_the_budget_is_small_whole_layers_are_chosen_evenly() -> None:
    plan = sampling.plan(SMALL, seed=1, budget_bytes=20_000)
    assert 0 < spent(SMALL, plan) <= 20_000
    layers = sorted({names.layer(n) for n in plan} - {None})
    assert 3 <= len(layers) < 40
    assert max(b - a for a, b in pairwise(layers)) <= 40 // len(layers) * 2 + 1
    assert {names.family(n) for n in plan} == {names.family(n) for n in SMALL}
    assert spent(SMALL, sampling.plan(SMALL, seed=1, budget_bytes=1_500)) <= 1_500
    assert sampling.plan(SMALL, seed=1, budget_bytes=10) == {}


def test_of_many_experts_the_same_few_are_read_in_all_their_parts() -> None:
    tensors = {
        f"model.layers.0.mlp.experts.{n}.{p}_proj.weight": ((64, 32), "BF16")
        for n in range(100)
        for p in ("up", "down")
    }
    plan = sampling.plan(tensors, seed=1, budget_bytes=10**6)
    up = {names.expert(n)[1] for n in plan if "up" in n}  # type: ignore[index]
    down = {names.expert(n)[1] for n in plan if "down" in n}  # type: ignore[index]
    assert up == down and len(up) == sampling.EXPERTS


@pytest.mark.skipif(not LAYOUT.exists(), reason="the true layout is not beside the repository")
@pytest.mark.parametrize("budget", [200_000, 4_700_000, 20_000_000])
def test_a_model_of_397_billion_parameters(budget: int) -> None:
    tensors = {name: (shape, dtype) for name, dtype, shape in json.loads(LAYOUT.read_text())}
    plan = sampling.plan(tensors, seed=0, budget_bytes=budget)
    assert 0.8 * budget < spent(tensors, plan) <= budget
    assert {names.family(n) for n in plan} == {names.family(n) for n in tensors}
    assert sum(map(len, plan.values())) < (1_600 if budget < 5_000_000 else 3_000)  # each costs a request
    stacks = [n for n in plan if n.endswith(".mlp.experts.gate_up_proj")]
    assert len(stacks) >= 3 and all(len(plan[n]) > 1 for n in stacks if budget > 10**6)
    if budget > 10**6:
        assert len({names.layer(n) for n in plan} - {None}) == 60
