"""Which files hold a model, and their headers taken together."""

from __future__ import annotations

import json
import threading

import pytest

from pytest_modelcard.errors import CannotTell, CardError
from pytest_modelcard.weights.checkpoint import (
    MAX_SHARDS,
    THREADS,
    parse_index,
    read_checkpoint,
    weight_files,
)
from pytest_modelcard.weights.header import UnsoundWeights

from .build import safetensors


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["config.json", "model.safetensors", "consolidated.safetensors"], ["model.safetensors"]),
        (["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], 2),
        (["model-00001.safetensors", "model-00002.safetensors"], 2),
        (["weights.safetensors"], ["weights.safetensors"]),
    ],
)
def test_files_are_chosen_as_loaders_do(paths: list[str], chosen: list[str] | int) -> None:
    found = weight_files(paths, None)
    assert len(found) == chosen if isinstance(chosen, int) else list(found) == chosen


@pytest.mark.parametrize(
    "paths",
    [
        [],
        ["sub/model.safetensors"],
        ["a.safetensors", "b.safetensors"],
        ["adapter_config.json", "adapter_model.safetensors"],
        ["model_index.json", "model.safetensors"],
        ["model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors"],
    ],
)
def test_what_is_not_sure_is_not_chosen(paths: list[str]) -> None:
    with pytest.raises(CannotTell):
        weight_files(paths, None)


def test_an_index_decides() -> None:
    index = parse_index(json.dumps({"metadata": {"total_size": 8.0}, "weight_map": {"a": "x.safetensors"}}))
    assert index.total_size == 8
    assert weight_files(["x.safetensors", "y.safetensors"], index) == ("x.safetensors",)
    with pytest.raises(UnsoundWeights, match="no such file"):
        weight_files(["y.safetensors"], index)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"weight_map": {}}',
        '{"weight_map": {"a": 1}}',
        '{"weight_map": {"a": ""}}',
        '{"weight_map": {"a": "/etc/passwd"}}',
        '{"weight_map": {"a": "x/../../y"}}',
        '{"weight_map": {"a": "..\\\\y"}}',
        "[" * 100_000,
    ],
)
def test_broken_indices_are_refused(text: str) -> None:
    with pytest.raises(UnsoundWeights):
        parse_index(text)


def test_many_headers_are_read_a_few_at_a_time() -> None:
    files = {f"m{n}.safetensors": safetensors({f"w{n}": ("F16", (10,))}) for n in range(40)}
    lock, running, most = threading.Lock(), 0, 0

    def read(path: str, start: int, end: int) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        raw = files[path].read_range(start, end)
        with lock:
            running -= 1
        return raw

    found = read_checkpoint({p: f.size for p, f in files.items()}, read)
    assert [t.name for t in found.tensors] == [f"w{n}" for n in range(40)]
    assert found.requests == 40
    assert 1 <= most <= THREADS


def test_the_first_failure_ends_the_reading() -> None:
    asked = []

    def read(path: str, start: int, end: int) -> bytes:
        asked.append(path)
        raise CardError("no network", "network")

    with pytest.raises(CardError, match="no network"):
        read_checkpoint({f"m{n}.safetensors": 1000 for n in range(500)}, read)
    assert len(asked) < 500


def test_bounds_and_doubles() -> None:
    with pytest.raises(CardError, match="more than"):
        read_checkpoint({f"m{n}": 100 for n in range(MAX_SHARDS + 1)}, lambda *_: b"")
    file = safetensors({"w": ("F16", (10,))})
    with pytest.raises(UnsoundWeights, match="both in"):
        read_checkpoint({"a": file.size, "b": file.size}, lambda _, start, end: file.read_range(start, end))
