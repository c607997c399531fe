"""Mean items to decide, beside a test of fixed size and betting; and the trap of looking again and again."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "sampled_calls.py"
    spec = importlib.util.spec_from_file_location("sampled_calls", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


#: Mean items to refute at alpha 0.01 by (items, claim), for scores 5, 10 and 18 points lower; to be reached or beaten.
WANTED = {
    (89, 0.708): (76, 57, 37),
    (198, 0.708): (146, 95, 52),
    (198, 0.909): (110, 62, 31),
    (12_032, 0.708): (825, 223, 76),
}
#: The same to confirm an honest claim within 5 and within 10 points.
WANTED_CONFIRMED = {(89, 0.708): (83, 60), (198, 0.708): (166, 96), (12_032, 0.708): (1020, 212)}


def test_mean_items_to_refute(bench: ModuleType) -> None:
    runs = 500
    rows = {(r["items"], r["claim"], r["inflation"]): r for r in bench.refuting(runs)}
    for (items, claim), wanted in WANTED.items():
        for inflation, most in zip(bench.INFLATIONS, wanted, strict=True):
            row = rows[items, claim, inflation]
            assert row["mixture"] <= most + 0.5 + 3 * row["mixture_se"]  # printed to whole items
            assert row["mixture"] < row["fixed"]
            # the same orders: betting needs more on all of them
            assert row["mixture"] < row["betting"]


def test_mean_items_to_confirm(bench: ModuleType) -> None:
    rows = {(r["items"], r["claim"], r["margin"]): r["mean"] for r in bench.confirming(500)}
    for (items, claim), wanted in WANTED_CONFIRMED.items():
        for margin, most in zip((0.05, 0.1), wanted, strict=True):
            assert rows[items, claim, margin] <= most * 1.06


def test_looking_again_and_again(bench: ModuleType) -> None:
    for row in bench.honest_claims(800, alpha=0.05):
        assert row["wilson"] > 0.1
        assert row["mixture"] <= 0.07  # 0.05 at most; more than 0.07 of 800 has probability 0.008


def test_the_fixed_size_test_has_its_power(bench: ModuleType) -> None:
    size = bench.fixed_size(198, 140, 120)
    assert size == 127
    below = np.cumsum(bench.hypergeometric(198, 140, size))
    critical = int(np.searchsorted(below, 0.01, side="right"))
    assert bench.hypergeometric(198, 120, size)[:critical].sum() >= 0.95
    assert bench.hypergeometric(198, 140, size)[:critical].sum() <= 0.01
