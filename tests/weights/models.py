"""Small models in memory for the reader's tests: real safetensors bytes, whole in a few files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pytest_modelcard.errors import CardError
from pytest_modelcard.source.base import MAX_TEXT_BYTES, FileEntry

Stored = Mapping[str, tuple[str, NDArray]]


def bf16(values: NDArray) -> tuple[str, NDArray]:
    """Values cut to bfloat16."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32) >> 16
    return "BF16", bits.astype(np.uint16)


def file_bytes(tensors: Stored) -> bytes:
    header, data = {}, b""
    for name, (dtype, array) in tensors.items():
        raw = array.tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    body = json.dumps(header).encode()
    return len(body).to_bytes(8, "little") + body + data


class Model:
    """A source that keeps what was asked; `spoil(file, start, end)` may raise or answer in its place."""

    card_path = "README.md"
    knows_files = True

    def __init__(
        self, files: Mapping[str, bytes], repo_id: str = "acme/m", revision: str | None = None
    ) -> None:
        self.contents = dict(files)
        self.label = self.repo_id = repo_id
        self.revision = revision
        self.asked: list[tuple[str, int, int]] = []
        self.spoil: Callable[[str, int, int], bytes | None] = lambda *_: None

    def files(self) -> tuple[FileEntry, ...]:
        return tuple(FileEntry(p, len(b)) for p, b in sorted(self.contents.items()))

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        if path not in self.contents:
            raise CardError(f"no file {path}", "missing")
        return self.contents[path]

    def read_range(self, path: str, start: int, end: int) -> bytes:
        self.asked.append((path, start, end))
        spoiled = self.spoil(path, start, end)
        return self.contents[path][start:end] if spoiled is None else spoiled


def single(tensors: Stored, repo_id: str = "acme/m", revision: str | None = None) -> Model:
    return Model({"model.safetensors": file_bytes(tensors)}, repo_id, revision)


def sharded(shards: Mapping[str, Stored], repo_id: str = "acme/m", revision: str | None = None) -> Model:
    index = {"weight_map": {name: path for path, tensors in shards.items() for name in tensors}}
    files = {path: file_bytes(tensors) for path, tensors in shards.items()}
    return Model({**files, "model.safetensors.index.json": json.dumps(index).encode()}, repo_id, revision)
