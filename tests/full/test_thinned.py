"""Which changes TIES and breadcrumbs keep, against sorts by NumPy and mergekit's own functions; and their merges, card to certificate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_modelcard.weights import formats

from . import hub, reference
from .test_full_coverage import Small, tensors

torch = pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard.full import work as working  # noqa: E402
from pytest_modelcard.full.kernel import Spec  # noqa: E402
from pytest_modelcard.full.options import FullOptions  # noqa: E402
from pytest_modelcard.full.program import Thinning  # noqa: E402
from pytest_modelcard.full.run import full_coverage  # noqa: E402
from pytest_modelcard.full.slerp import Whole  # noqa: E402
from pytest_modelcard.full.thinned import first_difference, ways  # noqa: E402

THINNINGS = (
    Thinning(0.5),
    Thinning(0.01),
    Thinning(1e-9),
    Thinning(0.0),
    Thinning(1.0),
    Thinning(0.6, 0.01),
    Thinning(0.95, 0.1),
    Thinning(0.3, 0.0),
    Thinning(0.0, 0.2),
    Thinning(1.0, 0.2),
)
BASE = "lab/base"


def changes(kind: str, size: int) -> Any:
    """Of 16 bits many are equal; of one size all are."""
    draw = np.random.default_rng(size)
    if kind == "few sizes":
        return torch.tensor(draw.integers(-2, 3, size) * 0.25)
    values = torch.tensor(draw.normal(0, 0.003, size))
    return values.to(torch.bfloat16).to(torch.float64) if kind == "BF16" else values


def whole(change: Any) -> Whole:
    zero = torch.zeros(len(change), dtype=torch.float32)
    return Whole(len(change), lambda at, n: [zero[at : at + n], change.to(torch.float32)[at : at + n]])


@pytest.mark.parametrize("kind", ["BF16", "F32", "few sizes"])
@pytest.mark.parametrize("size", [1, 17, 5_000])
@pytest.mark.parametrize("thinning", THINNINGS, ids=str)
def test_the_changes_kept_are_those_of_a_sort(thinning: Thinning, size: int, kind: str) -> None:
    change = changes(kind, size)
    found = ways([thinning], whole(change), "F32")
    sizes = np.abs(reference.f32(change.numpy()))
    wanted = (
        np.zeros(size, np.bool_)
        if thinning.density <= 0
        else reference.kept(sizes, thinning.density, thinning.gamma)
    )
    assert found[-1][0].numpy().tolist() == wanted.tolist(), "the last answer is the one by position"
    assert int(found[0][0].sum()) == int(wanted.sum())
    assert np.array_equal(np.sort(sizes[found[0][0].numpy()]), np.sort(sizes[wanted]))
    if len(found) == 2:
        at = first_difference(found[0], found[1])
        assert not found[0][0][at].equal(found[1][0][at]) and found[0][0][:at].equal(found[1][0][:at])


@pytest.mark.parametrize("thinning", THINNINGS, ids=str)
def test_the_first_answer_is_mergekits(thinning: Thinning) -> None:
    sparsify = pytest.importorskip("mergekit.sparsify", reason="compared with mergekit's own functions")
    change = changes("BF16", 30_000).to(torch.bfloat16)
    more = {} if thinning.gamma is None else {"gamma": thinning.gamma}
    function = sparsify.magnitude if thinning.gamma is None else sparsify.magnitude_outliers
    mine = change * ways([thinning], whole(change), "BF16")[0][0]
    assert function(change, thinning.density, **more).equal(mine)


def config(method: str, dtype: str, *, densities: tuple[float, float], **parameters: float) -> dict[str, Any]:
    models = [
        {"model": id, "parameters": {"weight": weight, "density": density}}
        for id, weight, density in zip((hub.ONE, hub.TWO), (0.5, 0.75), densities, strict=True)
    ]
    base = {"merge_method": method, "base_model": BASE, "models": models, "dtype": dtype}
    return {**base, "parameters": parameters} if parameters else base


def repository(folder: Path, said: dict[str, Any]) -> Path:
    """A base, two models beside it, and what NumPy makes of them, equal changes kept by position."""
    one, two = hub.parents(3)
    draw = np.random.default_rng(5)
    base = {n: hub.bf16(hub.values(s) + draw.normal(0, 2e-3, s[1].shape).ravel()) for n, s in one.items()}
    base = {n: (d, v.reshape(hub.SHAPES[n])) for n, (d, v) in base.items()}
    made = {}
    for name, shape in hub.SHAPES.items():
        exact, _, _ = merged(said, [hub.values(m[name]) for m in (base, one, two)])
        made[name] = hub.bf16(formats.round_to(exact, "BF16").astype(np.float32).reshape(shape))
    card = hub.CARD.format(config=json.dumps(said) + "\n")
    hub.write(folder / hub.MERGED, made, 2, README=card)
    for id, stored in ((BASE, base), (hub.ONE, one), (hub.TWO, two)):
        hub.write(folder / id, stored, 1)
    return folder


def merged(said: dict[str, Any], values: list[Any]) -> tuple[Any, list[Any], list[float]]:
    """The prediction before it is stored, what was kept, and the kernel's coefficients."""
    steps = "BF16" if said["dtype"] == "bfloat16" else "F32"
    parameters = [m["parameters"] for m in said["models"]]
    shared = said.get("parameters", {})
    outliers = said["merge_method"].startswith("breadcrumbs")
    kept = [
        reference.kept(
            np.abs(reference.cast(value - values[0], steps)), own["density"], 0.01 if outliers else None
        )
        for value, own in zip(values[1:], parameters, strict=True)
    ]
    weights = [own["weight"] for own in parameters]
    signs, divided = (
        said["merge_method"] != "breadcrumbs",
        shared.get("normalize", said["merge_method"] == "ties"),
    )
    weights += [sum(weights)] if divided and not signs else []
    weights += [float(np.float32(shared["lambda"]))] if "lambda" in shared else []
    times = "lambda" in shared
    exact = reference.predicted("sparse", values, weights, steps, divided, kept, signs, times)
    return exact, kept, weights


CONFIGS = {
    "ties": config("ties", "bfloat16", densities=(0.5, 0.3)),
    "ties-float32": config("ties", "float32", densities=(0.5, 1.0)),
    "ties-lambda": config("ties", "bfloat16", densities=(0.9, 0.2), **{"lambda": 0.7}),
    "breadcrumbs": config("breadcrumbs", "bfloat16", densities=(0.6, 0.9)),
    "breadcrumbs-divided": config("breadcrumbs", "float32", densities=(0.6, 0.9), normalize=True),
    "breadcrumbs_ties": config("breadcrumbs_ties", "bfloat16", densities=(0.6, 0.4)),
}


def certified(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    file = folder / "out" / "certificate.json"
    summary = full_coverage(hub.evidence(folder, BASE), None, FullOptions(file), file, engine=Small())
    return summary, json.loads(file.read_text()) if "file" in summary else {}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_merge_is_reproduced_in_every_element(name: str, tmp_path: Path) -> None:
    summary, made = certified(repository(tmp_path, CONFIGS[name]))
    assert summary["reproduced"] and summary["telling"] == summary["telling_equal"] > 1_000
    assert {row["method"] for row in made["tensors"]} == {"sparse"}
    notes = made["run"]["notes"]
    assert not notes or any("by their positions" in note for note in notes)


@pytest.mark.parametrize("name", ["ties", "breadcrumbs-divided"])
def test_counts_are_those_of_the_reference(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card says other densities, so that there is something of everything; equal changes are kept by position."""
    monkeypatch.setattr(working, "ways", lambda *given: ways(*given)[-1:])
    said = CONFIGS[name]
    folder = repository(tmp_path, said)
    told = json.loads(json.dumps(said))
    told["models"][0]["parameters"]["density"] = 0.4
    card = hub.CARD.format(config=json.dumps(told) + "\n")
    (folder / hub.MERGED / "README.md").write_text(card)
    summary, made = certified(folder)
    assert not summary["reproduced"] and summary["elsewhere"] > 100
    stored = {id: tensors(folder / id) for id in (hub.MERGED, BASE, hub.ONE, hub.TWO)}
    for row in made["tensors"]:
        found = [stored[id][row["name"]] for id in stored]
        _, kept, weights = merged(told, [formats.decode(raw.tobytes(), d) for d, raw in found[1:]])
        steps = "BF16" if told["dtype"] == "bfloat16" else "F32"
        spec = Spec(
            "BF16",
            ("BF16",) * 3,
            (False,) * 4,
            "sparse",
            steps=steps,
            loaded=steps,
            merged=steps,
            divided=True,
            signs=name == "ties",
        )
        wanted = reference.statistics(spec, [raw.tobytes() for _, raw in found], [None] * 4, weights, kept)
        counts = {key: value for key, value in wanted.items() if isinstance(value, int)}
        assert {key: row[key] for key in counts} == counts, row["name"]


def test_lots_and_rescaling_are_refused(tmp_path: Path) -> None:
    for number, (method, why) in enumerate(
        (("dare_ties", "draw lots"), ("della", "draw lots"), ("ties", "rescale"))
    ):
        more = {"rescale": True} if method == "ties" else {}
        said = config("ties", "bfloat16", densities=(0.5, 0.3), **more) | {"merge_method": method}
        folder = tmp_path / str(number)
        repository(folder, CONFIGS["ties"])
        (folder / hub.MERGED / "README.md").write_text(hub.CARD.format(config=json.dumps(said) + "\n"))
        assert why in certified(folder)[0]["missing"]
