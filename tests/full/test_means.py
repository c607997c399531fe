"""Means of whole tensors: their value against NumPy in float64, their last digit against mergekit where it is installed."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.full.open_recipes import is_open, possible
from pytest_modelcard.full.programs import Recipe

from . import hub
from .test_full_coverage import Small

torch = pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard.full.means import mean  # noqa: E402
from pytest_modelcard.full.options import FullOptions  # noqa: E402
from pytest_modelcard.full.run import full_coverage  # noqa: E402

CASES = {
    "nuslerp": ("nuslerp", 2, (0.6, 0.4), False),
    "nuslerp-based": ("nuslerp", 3, (0.6, 0.4), True),
    "multislerp": ("multislerp", 3, (0.5, 0.3, 0.4), False),
    "multislerp-based": ("multislerp", 3, (0.6, 0.4), True),
    "karcher": ("karcher", 3, (), False),
    "model_stock": ("model_stock", 4, (), True),
}


def vectors(count: int, dtype: str) -> list[Any]:
    draw = np.random.default_rng(count)
    base = draw.normal(0, 0.02, 5_000)
    others = [base + draw.normal(0, 0.01, 5_000) for _ in range(count - 1)]
    return [torch.tensor(v).to(getattr(torch, dtype)) for v in (base, *others)]


def slowly(method: str, tensors: list[Any], weights: tuple[float, ...], based: bool) -> Any:
    """The same by formula: the point on the sphere, its length put back."""
    base = tensors[0] if based else np.zeros(len(tensors[0]))
    rows = np.array(tensors[1:] if based else tensors) - base
    if method == "model_stock":
        pairs = [(i, j) for i in range(len(rows)) for j in range(i)]
        cosine = np.mean(
            [rows[i] @ rows[j] / np.linalg.norm(rows[i]) / np.linalg.norm(rows[j]) for i, j in pairs]
        )
        share = len(rows) * cosine / (1 + (len(rows) - 1) * cosine)
        return base + share * rows.mean(axis=0)
    lengths = np.linalg.norm(rows, axis=1)
    shares = np.array(weights or (1.0,) * len(rows)) / sum(weights or (1.0,) * len(rows))
    units = rows / lengths[:, None]
    if method == "nuslerp":
        angle = np.arccos(units[0] @ units[1])
        return base + (np.sin(shares[0] * angle) * rows[0] + np.sin(shares[1] * angle) * rows[1]) / np.sin(
            angle
        )
    middle = shares @ units
    middle /= np.linalg.norm(middle)
    for _ in range(1 if method == "multislerp" else 50):
        cosines = units @ middle
        tangents = units - cosines[:, None] * middle
        if method == "karcher":
            angles = np.arccos(cosines)
            tangents *= (angles / np.sin(angles))[:, None]
        tangent = shares @ tangents
        step = np.linalg.norm(tangent)
        if step > 1e-12:
            middle = np.cos(step) * middle + np.sin(step) * tangent / step
    return base + shares @ lengths * middle


@pytest.mark.parametrize("case", CASES)
def test_the_mean_is_that_of_its_formula(case: str) -> None:
    method, count, weights, based = CASES[case]
    tensors = vectors(count, "float32")
    wanted = slowly(method, [t.to(torch.float64).numpy() for t in tensors], weights, based)
    found = mean(method, tensors, weights, based).to(torch.float64).numpy()
    assert np.abs(found - wanted).max() < 1e-6
    assert np.abs(found - np.mean([t.numpy() for t in tensors], axis=0)).max() > 1e-4, "no plain average"


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("case", ["nuslerp", "nuslerp-based", "karcher"])
def test_the_last_digit_is_mergekits(case: str, dtype: str) -> None:
    """Its own functions on one tensor; the trials run all of its merges."""
    pytest.importorskip("mergekit.merge_methods", reason="compared with mergekit's own functions")
    method, count, weights, based = CASES[case]
    tensors = vectors(count, dtype)
    assert theirs(method, tensors, weights, based).equal(mean(method, tensors, weights, based))


def theirs(method: str, tensors: list[Any], weights: tuple[float, ...], based: bool) -> Any:
    module = importlib.import_module(f"mergekit.merge_methods.{method}")
    if method == "nuslerp":
        base = tensors[0] if based else None
        ends = [t - base for t in tensors[1:]] if based else tensors
        turned = module.nuslerp(weights[1] / sum(weights), *ends, flatten=True)
        return base + turned if based else turned
    return module.karcher_merge_tensors(tensors, [1.0 / len(tensors)] * len(tensors))


def models(*names: str) -> list[dict[str, Any]]:
    return [{"model": f"lab/{name}", "parameters": {"weight": 0.5}} for name in names]


def test_programs_of_means() -> None:
    said = {"merge_method": "nuslerp", "models": models("a", "b"), "dtype": "bfloat16"}
    program = Recipe(said).program("model.norm.weight", 2)
    assert (program.method, program.mean, program.based, program.weights) == (
        "mean",
        "nuslerp",
        False,
        (0.5, 0.5),
    )
    based = Recipe({**said, "base_model": "lab/c"})
    assert based.models == ("lab/a", "lab/b", "lab/c")
    program = based.program("model.norm.weight", 2)
    assert (
        [v.model for v in program.sources] == ["lab/c", "lab/a", "lab/b"] and program.based and program.whole
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"merge_method": "nuslerp", "parameters": {"nuslerp_row_wise": True}}, "nuslerp_row_wise"),
        ({"merge_method": "multislerp", "parameters": {"normalize_weights": False}}, "normalize_weights"),
        ({"merge_method": "karcher", "base_model": "lab/c"}, "base model"),
        ({"merge_method": "model_stock"}, "names no base model"),
        (
            {"merge_method": "model_stock", "base_model": "lab/c", "parameters": {"filter_wise": True}},
            "filter_wise",
        ),
    ],
)
def test_other_settings_are_refused(said: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotTell, match=why):
        Recipe({**said, "models": models("a", "b")})


def lineage(**more: Any) -> dict[str, Any]:
    parents = [
        {"id": "lab/a", "weight": 0.6009, "interval": [0.597, 0.609], "revision": "1" * 40},
        {"id": "lab/b", "weight": 0.3990, "interval": [0.391, 0.403]},
    ]
    recipe = {"method": "slerp", "by": "tensor", "coefficients": {}}
    return {
        "verdict": "exact-merge",
        "method": "slerp",
        "dtype": "BF16",
        "parents": parents,
        "recipe": recipe,
        **more,
    }


def test_open_recipes_are_put_together_from_simple_shares() -> None:
    found = possible(lineage())
    pinned, other = f"lab/a@{'1' * 40}", "lab/b"
    assert {
        "merge_method": "nuslerp",
        "models": [
            {"model": pinned, "parameters": {"weight": 0.6}},
            {"model": other, "parameters": {"weight": 0.4}},
        ],
        "dtype": "bfloat16",
    } in found
    assert {said["merge_method"] for said in found} == {"karcher", "nuslerp", "multislerp", "slerp"}
    for said in found:
        Recipe(said)


def test_what_is_settled_is_not_open() -> None:
    assert is_open(lineage())
    for more in (
        {"verdict": "fine-tune"},
        {"recipe": {"method": "slerp", "by": "layer", "weights": {}}},
        {"method": "linear", "recipe": {"by": "tensor", "weights": {}}},
    ):
        assert not is_open(lineage(**more)) and possible(lineage(**more)) == []
    told = lineage()
    told["parents"][0]["interval"] = None
    assert possible(told) == []


def repository(folder: Path, method: str, config: str = "") -> Path:
    """Two parents, and what a mean of them gives; or, for no method, something else."""
    one, two = hub.parents()
    made = {}
    for name, shape in hub.SHAPES.items():
        tensors = [torch.tensor(hub.values(m[name])).to(torch.bfloat16) for m in (one, two)]
        result = mean(method, tensors, (0.6, 0.4), False) if method else tensors[0] * 1.01
        made[name] = hub.bf16(result.to(torch.float32).numpy().reshape(shape))
    hub.write(folder / hub.MERGED, made, 2, README=hub.CARD.format(config=config or "a: b\n"))
    for id, stored in ((hub.ONE, one), (hub.TWO, two)):
        hub.write(folder / id, stored, 1)
    return folder


def covered(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    parents = [
        {"id": hub.ONE, "weight": 0.6009, "interval": [0.597, 0.609]},
        {"id": hub.TWO, "weight": 0.3990, "interval": [0.391, 0.403]},
    ]
    file = folder / "out" / "certificate.json"
    said = lineage(parents=parents)
    summary = full_coverage(hub.evidence(folder), said, FullOptions(file), file, engine=Small())
    return summary, json.loads(file.read_text()) if "file" in summary else {}


@pytest.mark.parametrize("method", ["nuslerp", "multislerp"])
def test_the_mean_that_gives_the_candidate_back_is_replayed(method: str, tmp_path: Path) -> None:
    summary, made = covered(repository(tmp_path, method))
    assert summary["reproduced"] and summary["recipe"] == "found"
    said = made["recipe"]["mergekit"]
    assert said["merge_method"] == method and said["dtype"] == "bfloat16"
    assert {row["method"] for row in made["tensors"]} == {"mean"}


def test_the_cards_own_configuration_comes_first_if_it_is_right(tmp_path: Path) -> None:
    weights = {hub.ONE: 6, hub.TWO: 4}
    own = [{"model": id, "parameters": {"weight": weight}} for id, weight in weights.items()]
    config = {"merge_method": "nuslerp", "models": own, "dtype": "bfloat16"}
    summary, made = covered(repository(tmp_path / "right", "nuslerp", json.dumps(config) + "\n"))
    assert summary["reproduced"] and summary["recipe"] == "declared" and made["recipe"]["mergekit"] == config
    wrong = json.dumps({**config, "merge_method": "karcher"}) + "\n"
    summary, made = covered(repository(tmp_path / "wrong", "nuslerp", wrong))
    assert summary["reproduced"] and summary["recipe"] == "found"


def test_where_no_mean_fits_it_is_told(tmp_path: Path) -> None:
    assert "no recipe to replay" in covered(repository(tmp_path, ""))[0]["missing"]
