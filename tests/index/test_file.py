"""The index file: what is written is read, and nothing else is taken."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy")

import numpy as np

from pytest_modelcard.errors import CardError
from pytest_modelcard.lineage import index
from pytest_modelcard.lineage.index import HEAD, Entry, added, nearest, read_index, write_index
from pytest_modelcard.weights.sketch import ELEMENTS, TENSORS, Sketch, to_bytes

SIZE = 2 * TENSORS * ELEMENTS
KEY = "a" * 64


def entry(id: str = "lab/base", **changed: Any) -> Entry:
    return Entry(**{"id": id, "revision": None, "key": KEY, "values": bytes(SIZE), **changed})


def line(**changed: Any) -> dict[str, Any]:
    values = base64.b64encode(bytes(SIZE)).decode()
    return {"id": "lab/base", "revision": None, "key": KEY, "values": values, **changed}


def written(path: Path, *lines: Any) -> Path:
    file = path / "index.jsonl"
    texts = [text if isinstance(text, str) else json.dumps(text) for text in lines]
    file.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return file


def test_what_is_written_is_read(tmp_path: Path) -> None:
    entries = [entry(), entry("./mine"), entry("../up/mine two", revision="ab" * 20, key="0f" * 32)]
    write_index(tmp_path / "new" / "index.jsonl", entries)
    assert read_index(tmp_path / "new" / "index.jsonl") == entries
    assert [f.name for f in (tmp_path / "new").iterdir()] == ["index.jsonl"]


def test_a_few_kilobytes_a_model(tmp_path: Path) -> None:
    write_index(tmp_path / "index", [entry()])
    assert (tmp_path / "index").stat().st_size < 6_000


def test_a_model_added_again_takes_its_old_place() -> None:
    old, new = entry("lab/a"), entry("Lab/A", revision="b" * 40)
    assert added([old, entry("lab/b")], new) == [entry("lab/b"), new]


@pytest.mark.parametrize(
    "bad",
    [
        line(id="/etc"),
        line(id="..\\x"),
        line(id="./\\\\host\\share"),
        line(id="./c:/x"),
        line(id="./a\nb"),
        line(id="./" + "x" * 600),
        line(id="lab/base/x"),
        line(id=""),
        line(id=7),
        line(id=["lab/base"]),
        line(revision="../x"),
        line(revision=3),
        line(key="A" * 64),
        line(key="a" * 63),
        line(key=None),
        line(values="!"),
        line(values=base64.b64encode(bytes(SIZE - 2)).decode()),
        line(values=None),
        line(more=1),
        {"id": "lab/base"},
        [],
        "[" * 5000,
        '{"id": NaN',
        "\x00",
        "",
        '{"id": "' + "x" * 20_000 + '"}',
    ],
)
def test_what_is_no_entry_is_refused_with_its_line(tmp_path: Path, bad: Any) -> None:
    with pytest.raises(CardError, match="line 3"):
        read_index(written(tmp_path, HEAD, line(), bad))


@pytest.mark.parametrize("head", [{}, {**HEAD, "version": 2}, [HEAD], line()])
def test_another_file_is_no_index(tmp_path: Path, head: Any) -> None:
    with pytest.raises(CardError, match="no index"):
        read_index(written(tmp_path, head, line()))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "index"
    file.write_bytes(b"\x80\x04\x95" + bytes(range(256)))
    with pytest.raises(CardError):
        read_index(file)


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, HEAD, line(), line(id="lab/b"))
    monkeypatch.setattr(index, "MAX_ENTRIES", 1)
    with pytest.raises(CardError, match="more than"):
        read_index(file)
    with pytest.raises(CardError, match="at most"):
        write_index(file, [entry(), entry("lab/b")])
    monkeypatch.setattr(index, "MAX_BYTES", 100)
    with pytest.raises(CardError, match="larger"):
        read_index(file)


def test_folders_are_no_index(tmp_path: Path) -> None:
    with pytest.raises(CardError):
        read_index(tmp_path)


def test_nearest_are_of_the_same_architecture_the_most_similar_first() -> None:
    random = np.random.default_rng(1)
    values = random.standard_normal((TENSORS, ELEMENTS)).astype(np.float32).astype(np.float64)
    near = values + 0.1 * random.standard_normal(values.shape)
    made = [
        entry("lab/far", values=to_bytes(random.standard_normal(values.shape))),
        entry("lab/near", values=to_bytes(near)),
        entry("lab/other", values=to_bytes(values), key="b" * 64),
        entry("lab/same", values=to_bytes(values)),
    ]
    found = nearest(made, Sketch(KEY, values))
    assert [n.entry.id for n in found] == ["lab/same", "lab/near", "lab/far"]
    assert found[0].similarity > found[1].similarity > 0.9 > found[2].similarity
    assert {n.change for n in found} == {None}
