"""Full coverage on a local Ray cluster: the same in every count as on this machine alone, also where workers die."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="full coverage needs torch")
pytest.importorskip("ray", reason="needs Ray")

import numpy as np
import ray

from pytest_modelcard.full.engine import LocalEngine
from pytest_modelcard.full.plan import Plan, make_plan
from pytest_modelcard.full.programs import Recipe
from pytest_modelcard.full.ray_engine import RayEngine
from pytest_modelcard.full.settings import Result, Settings
from pytest_modelcard.source.local import LocalSource
from pytest_modelcard.weights.opened import open_weights
from tests.full import hub
from tests.weights.models import bf16

#: Matrices of the model, and elements of each: work enough to kill somebody in the middle of it.
MATRICES, SIDE, SHARDS = 8, 1_500, 8
CONFIG = {
    "merge_method": "linear",
    "models": [
        {"model": id, "parameters": {"weight": w}}
        for id, w in zip((hub.ONE, hub.TWO), hub.WEIGHTS, strict=True)
    ],
    "dtype": "float32",
    "out_dtype": "bfloat16",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two parents and something near their merge, so that every kind of element is counted."""
    folder = tmp_path_factory.mktemp("hub")
    draw = np.random.default_rng(7)
    names = [f"model.layers.{n}.mlp.up_proj.weight" for n in range(MATRICES)]
    one = {name: draw.normal(0, 0.02, (SIDE, SIDE)).astype(np.float32) for name in names}
    two = {name: v + draw.normal(0, 0.004, v.shape).astype(np.float32) for name, v in one.items()}
    merged = {name: 0.4 * one[name] + 0.6 * two[name] for name in names}
    for id, found in ((hub.ONE, one), (hub.TWO, two), (hub.MERGED, merged)):
        hub.write(folder / id, {name: bf16(v) for name, v in found.items()}, SHARDS, README="# M")
    return folder


@pytest.fixture(scope="module")
def plan(models: Path) -> Plan:
    recipe = Recipe(CONFIG)
    folders = {"": models / hub.MERGED, **{id: models / id for id in recipe.models}}
    opened = {id: open_weights(LocalSource(path, label=id), model=id or "m") for id, path in folders.items()}
    return make_plan(recipe, opened.pop(""), opened, folders)


@pytest.fixture(scope="module")
def alone(plan: Plan) -> dict[str, Result]:
    """What this machine counts without Ray."""
    return done(LocalEngine(), plan)


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def settings(plan: Plan) -> Settings:
    return Settings(plan.folders, block=2**16)


def done(engine: Any, plan: Plan) -> dict[str, Result]:
    return {group.name: result for group, result in engine.map(plan.groups, settings(plan), None)}


def same(mine: dict[str, Result], theirs: dict[str, Result]) -> None:
    assert mine.keys() == theirs.keys()
    for name, one in mine.items():
        # Blocks are the same, and are added in the same order: sums are equal to the last bit, too.
        assert one.tensors == theirs[name].tensors
        assert one.digests == theirs[name].digests
        assert one.bytes_read == theirs[name].bytes_read


def test_ray_counts_the_same(plan: Plan, alone: dict[str, Result]) -> None:
    total = sum(t.elements for r in alone.values() for t in r.tensors.values())
    assert total == MATRICES * SIDE * SIDE
    assert 0 < sum(t.beside for r in alone.values() for t in r.tensors.values()) < total
    same(alone, done(RayEngine(), plan))


def test_a_worker_that_dies_is_replaced(plan: Plan, alone: dict[str, Result]) -> None:
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        """End the worker that is at a group, two times."""
        while len(killed) < 2 and not over.is_set():
            for pid in at_work():
                if pid not in killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    break
            time.sleep(0.02)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        found = done(RayEngine(), plan)
    finally:
        over.set()
        thread.join()
    assert len(killed) == 2
    same(alone, found)


def test_a_worker_that_always_dies_is_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_modelcard.errors import CannotTell
    from pytest_modelcard.full import ray_engine

    def die(*_: Any) -> None:
        os._exit(1)

    monkeypatch.setattr(ray_engine, "_work", die)
    monkeypatch.setattr(ray_engine, "RETRIES", 1)
    with pytest.raises(CannotTell, match="was not done"):
        done(RayEngine(), plan)


def test_a_file_that_is_gone_is_told(plan: Plan, tmp_path: Path) -> None:
    folders = {**plan.folders, hub.ONE: tmp_path}
    with pytest.raises(OSError, match="No such file"):
        list(RayEngine().map(plan.groups[:1], Settings(folders), None))


def at_work() -> list[int]:
    """Workers of this cluster that are computing a group: Ray puts the task's name in their title."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                title = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"ray::_work"):
                found.append(int(entry.name))
    return found
