"""Where a suspect is looked at: where the candidate changed most, over the layers, in few files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numpy")

from pytest_modelcard.lineage import telling as module
from pytest_modelcard.lineage.telling import telling
from tests.weights.samples import base_values, sample, tuned


def made(name: str, layer: int | None, change: float, n: int = 400):
    base = base_values(n, seed=len(name) + (layer or 0))
    return replace(sample(tuned(base, change, 7), {"lab/base": base}, name=name), layer=layer)


def model(layers: int):
    return [
        one
        for n in range(layers)
        for one in (
            made(f"l{n}.up", n, 5e-4),
            made(f"l{n}.down", n, 4e-4),
            made(f"l{n}.gate", n, 3e-4),
            made(f"l{n}.norm", n, 1e-6),
        )
    ] + [made(f"visual{n}", None, 0.0) for n in range(5)]


FILES = {f"l{n}.{part}": f"{n // 2}" for n in range(60) for part in ("up", "down", "norm")} | {
    f"l{n}.gate": "gates" for n in range(60)
}


def test_the_most_changed_tensors_of_some_layers_are_chosen_in_one_file_each() -> None:
    found = telling(model(60), "lab/base", FILES)
    layers = sorted({int(name[1:].split(".")[0]) for name in found})
    assert len(layers) == module.LAYERS
    assert layers[0] < 8 and layers[-1] >= 52 and max(np.diff(layers)) <= 8
    assert {name.split(".")[1] for name in found} == {"up", "down", "norm"}  # the gates lie in another file
    assert len({FILES[name] for name in found}) == module.LAYERS


def test_what_did_not_change_is_not_looked_at() -> None:
    still = [made(f"l{n}.up", n, 0.0) for n in range(4)]
    assert telling(still, "lab/base", {}) == {}
    assert set(telling([*still, made("l4.up", 4, 1e-3)], "lab/base", {})) == {"l4.up"}
    assert telling(model(3), "lab/other", {}) == {}


def test_the_places_are_those_that_were_sampled() -> None:
    one = made("l0.up", 0, 1e-3, 6_000)
    positions = np.concatenate([np.arange(100, 3_100), np.arange(9_000, 12_000)])
    found = telling([replace(one, positions=positions)], "lab/base", {})
    assert found == {"l0.up": [(100, module.ELEMENTS // 2), (9_000, module.ELEMENTS // 2)]}
