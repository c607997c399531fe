"""The recipe written from sampled weights, run by the real mergekit, gives the candidate back byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .cases import run_on_case

CASES = (
    "linear-with-base",
    "linear-with-base-bf16",
    "linear-small-changes",
    "linear-pair",
    "linear-three",
    "linear-by-depth",
    "linear-by-module",
    "slerp",
    "slerp-bf16",
    "slerp-far-by-depth",
    "slerp-far-usual",
    "arithmetic",
    "arithmetic-bf16",
    "ties",
    "breadcrumbs",
    "stacked",
    "moe-linear",
    "moe-linear-pair-bf16",
)


@pytest.mark.parametrize("case", CASES)
def test_mergekit_gives_the_candidate_back(
    case: str, trials: Path, truths: list[dict[str, Any]], tmp_path: Path
) -> None:
    import yaml

    from benchmarks.lineage_cases import changing, merging

    truth = next(t for t in truths if t["case"] == case)
    written = tmp_path / "recipe.yml"
    run_on_case(trials, truth, tmp_path, f"--modelcard-recipe={written}")
    recipe = yaml.safe_load(written.read_text())
    assert recipe is not None
    for model in truth["offered"]:
        recipe = _replaced(recipe, model, str(trials / "models" / model))
    merging.merge(recipe, tmp_path / "again")
    candidate = changing.read(trials / "cases" / case)
    again = changing.read(tmp_path / "again")
    assert again.keys() == candidate.keys()
    differing = {n: int((again[n] != t).sum()) for n, t in candidate.items() if not again[n].equal(t)}
    assert differing == {}


def _replaced(value: Any, model: str, path: str) -> Any:
    if isinstance(value, dict):
        return {k: _replaced(v, model, path) for k, v in value.items()}
    if isinstance(value, list):
        return [_replaced(v, model, path) for v in value]
    return path if value == model else value
