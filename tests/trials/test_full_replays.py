"""Merges that the real mergekit makes of trained models, replayed over every element from the configuration on the card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .cases import run_on_case

BASE, PARENTS, FAR = "lab/base", ("lab/chat", "lab/code"), ("lab/chat-far", "lab/code-far")
MERGED = "lab/merged"


def sparse(method: str, weights: Any, densities: Any, dtype: str, shared: Any = None, **own: Any) -> Any:
    models = [
        {"model": id, "parameters": {"weight": weight, "density": density, **own}}
        for id, weight, density in zip(PARENTS, weights, densities, strict=True)
    ]
    said = {"merge_method": method, "base_model": BASE, "models": models, "dtype": dtype}
    said |= {"out_dtype": "bfloat16"} if dtype == "float32" else {}
    return said | ({"parameters": shared} if shared else {})


def mean(method: str, dtype: str, weights: Any = (None, None), **more: Any) -> Any:
    models = [
        {"model": id, **({} if weight is None else {"parameters": {"weight": weight}})}
        for id, weight in zip(FAR, weights, strict=True)
    ]
    said = {"merge_method": method, "models": models, "dtype": dtype, **more}
    return said | ({"out_dtype": "bfloat16"} if dtype == "float32" else {})


MEANS = {
    f"{method} {dtype}{' with a base' if more else ''}": mean(method, dtype, weights, **more)
    for dtype in ("float32", "bfloat16")
    for method, weights, more in (
        ("nuslerp", (0.6, 0.4), {}),
        ("nuslerp", (0.6, 0.4), {"base_model": BASE}),
        ("multislerp", (0.6, 0.4), {}),
        ("multislerp", (0.6, 0.4), {"base_model": BASE}),
        ("karcher", (None, None), {}),
        ("model_stock", (None, None), {"base_model": BASE}),
    )
}
CONFIGS = {
    "ties": sparse("ties", (0.6, 0.4), (0.5, 0.6), "bfloat16"),
    "ties in float32": sparse("ties", (0.6, 0.4), (0.5, 0.6), "float32"),
    "ties by layer, lambda": sparse(
        "ties", (0.6, [0.2, 0.8]), ([0.9, 0.1], 1.0), "bfloat16", {"lambda": 1.3, "normalize": False}
    ),
    "ties, few": sparse("ties", (1.0, 1.0), (0.001, 0.7), "float32", {"int8_mask": True}),
    "breadcrumbs": sparse("breadcrumbs", (0.6, 0.4), (0.5, 0.6), "bfloat16"),
    "breadcrumbs in fp16": sparse(
        "breadcrumbs", (1.2, -0.4), (0.5, 0.5), "float16", {"normalize": True, "lambda": 0.7}
    ),
    "breadcrumbs with signs": sparse("breadcrumbs_ties", (0.6, 0.4), (0.4, 0.9), "float32", gamma=0.05),
    "breadcrumbs with signs, divided": sparse(
        "breadcrumbs_ties", (0.6, 0.4), (1.0, 0.2), "bfloat16", {"normalize": True}
    ),
}


@pytest.mark.parametrize("by_position", [False, True], ids=["this sort", "by position"])
@pytest.mark.parametrize("name", CONFIGS)
def test_mergekits_merge_is_reproduced_in_every_element(
    name: str, by_position: bool, trials: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import yaml

    from benchmarks.lineage_cases import merging

    if by_position:
        sorting_by_position(monkeypatch)
    folder = tmp_path / "merged"
    merging.merge(placed(CONFIGS[name], trials / "models"), folder)
    monkeypatch.undo()
    card = f"---\nlicense: mit\n---\n\n# Merged\n\n```yaml\n{yaml.safe_dump(CONFIGS[name])}```\n"
    (folder / "README.md").write_text(card)
    summary = certified(folder, trials / "models", tmp_path / "certificate.json")
    made = json.loads((tmp_path / "certificate.json").read_text())
    assert summary["reproduced"] and summary["telling"] == summary["telling_equal"] > 500
    assert any("by their positions" in note for note in made["run"]["notes"]) <= by_position


@pytest.mark.parametrize("name", MEANS)
def test_mergekits_means_are_reproduced_in_every_element(name: str, trials: Path, tmp_path: Path) -> None:
    import yaml

    from benchmarks.lineage_cases import merging

    folder = tmp_path / "merged"
    merging.merge(placed(MEANS[name], trials / "models"), folder)
    card = f"---\nlicense: mit\n---\n\n# Merged\n\n```yaml\n{yaml.safe_dump(MEANS[name])}```\n"
    (folder / "README.md").write_text(card)
    summary = certified(folder, trials / "models", tmp_path / "certificate.json")
    assert summary["reproduced"] and summary["telling"] == summary["telling_equal"] > 100_000


FOUND = {
    "ties": "ties",
    "breadcrumbs": "breadcrumbs",
    "nuslerp": "nuslerp",
    "nuslerp-bf16": "nuslerp",
    "multislerp": "multislerp",
    "karcher-bf16": "karcher",
    "model-stock": "model_stock",
    "model-stock-bf16": "model_stock",
    "slerp-far": "slerp",
    "slerp-far-by-depth": "slerp",
    "slerp-far-usual": "slerp",
}


@pytest.mark.parametrize("case", FOUND)
def test_what_samples_find_is_replayed_in_every_element(
    case: str, trials: Path, truths: list[dict[str, Any]], tmp_path: Path
) -> None:
    """No configuration is printed: the recipe comes from samples, its method from trying it on whole tensors."""
    import yaml

    truth = next(t for t in truths if t["case"] == case)
    file = tmp_path / "certificate.json"
    written = tmp_path / "recipe.yml"
    run_on_case(trials, truth, tmp_path, f"--modelcard-full={file}", f"--modelcard-recipe={written}")
    made = json.loads(file.read_text())
    assert made["recipe"]["origin"] == "found" and made["recipe"]["mergekit"]["merge_method"] == FOUND[case]
    assert made["reproduced"] and made["totals"]["elsewhere"] == 0
    assert yaml.safe_load(written.read_text()) == made["recipe"]["mergekit"]


def sorting_by_position(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch as it sorts on GPUs and in other builds."""
    import torch

    sort, argsort = torch.sort, torch.argsort
    monkeypatch.setattr(torch, "sort", lambda *a, **k: sort(*a, **{**k, "stable": True}))
    monkeypatch.setattr(torch, "argsort", lambda *a, **k: argsort(*a, **{**k, "stable": True}))


def placed(said: Any, models: Path) -> Any:
    """A configuration with folders for ids."""
    if isinstance(said, dict):
        return {key: placed(value, models) for key, value in said.items()}
    if isinstance(said, list):
        return [placed(value, models) for value in said]
    return str(models / said) if said in (BASE, *PARENTS, *FAR) else said


def certified(folder: Path, models: Path, file: Path) -> dict[str, Any]:
    from pytest_modelcard.card.benchmarks import Registry
    from pytest_modelcard.evidence import Evidence, EvidenceOptions
    from pytest_modelcard.full.options import FullOptions
    from pytest_modelcard.full.run import full_coverage
    from pytest_modelcard.source.catalog import Catalog

    catalog = Catalog({MERGED: folder, **{id: models / id for id in (BASE, *PARENTS, *FAR)}}, offline=True)
    (source,) = catalog.open(MERGED)
    evidence = Evidence(source, catalog, Registry.default(), options=EvidenceOptions(auto=False))
    return full_coverage(evidence, None, FullOptions(file), file)
