"""`index add`, `index list`, `index search`, on folders and on the loopback Hub."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("numpy")

from pytest_modelcard.__main__ import main
from pytest_modelcard.lineage.index import read_index
from tests.hub import Hub
from tests.lineage import repos
from tests.weights import made

BASE = made.base(seed=11)
CHAT = made.fine_tune(BASE, seed=12)
MERGE = made.linear([CHAT, BASE], [0.6, 0.4])


def folder(path: Path, model: made.Model) -> Path:
    path.mkdir(parents=True)
    for name, content in repos.files(model).items():
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (path / "README.md").write_text("# A\n")
    return path


def test_folders_are_found_again_by_their_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "kept" / "index.jsonl"
    cards = [folder(tmp_path / "models" / "base", BASE), folder(tmp_path / "kept" / "chat", CHAT)]
    cards.append(folder(tmp_path / "models" / "stranger", made.base(seed=13)))
    assert main(["index", "add", *map(str, cards), "--index", str(index)]) == 0
    assert [e.id for e in read_index(index)] == ["../models/base", "./chat", "../models/stranger"]
    assert str(tmp_path) not in index.read_text()
    capsys.readouterr()

    merge = folder(tmp_path / "merge", MERGE)
    assert main(["index", "search", str(merge), "--base", str(cards[0]), "--index", str(index)]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert "change" in head
    assert rows[0].endswith("./chat") or rows[1].endswith("./chat")
    assert rows[2].endswith("../models/stranger")
    chat = next(row for row in rows if row.endswith("./chat")).split()
    assert float(chat[0]) > 0.99
    assert float(chat[3]) > 0.7

    assert main(["index", "list", "--index", str(index)]) == 0
    assert "3 models of 1 architectures" in capsys.readouterr().out


def test_models_of_the_hub_are_read_by_ranges(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repos.add(hub, "lab/chat", CHAT)
    index = tmp_path / "index.jsonl"
    assert main(["index", "add", "lab/chat", "--index", str(index)]) == 0
    (entry,) = read_index(index)
    assert entry.id == "lab/chat"
    assert len(entry.revision or "") == 40
    assert main(["index", "add", "lab/chat", "--index", str(index)]) == 0
    assert len(read_index(index)) == 1
    capsys.readouterr()
    assert main(["index", "search", "lab/chat", "--index", str(index)]) == 0
    assert "100.0 %  lab/chat" in capsys.readouterr().out


def test_what_cannot_be_read_is_said_and_the_rest_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index.jsonl"
    good, bad = folder(tmp_path / "good", BASE), folder(tmp_path / "bad", BASE)
    (bad / "model.safetensors").write_bytes(b"\xff" * 64)
    arguments = ["index", "add", str(bad), str(tmp_path / "none"), str(good), "--index", str(index)]
    assert main(arguments) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert [e.id for e in read_index(index)] == ["./good"]


def test_a_mapped_folder_has_the_name_it_is_given(tmp_path: Path) -> None:
    index = tmp_path / "index.jsonl"
    place = folder(tmp_path / "base", BASE)
    assert main(["index", "add", "lab/base", "--map", f"lab/base={place}", "--index", str(index)]) == 0
    assert [e.id for e in read_index(index)] == ["lab/base"]


def test_another_architecture_has_no_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "index.jsonl"
    assert main(["index", "add", str(folder(tmp_path / "base", BASE)), "--index", str(index)]) == 0
    deeper = folder(tmp_path / "deeper", made.base(seed=11, layers=5))
    assert main(["index", "search", str(deeper), "--index", str(index)]) == 1
    assert "none of 1 models" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["list"], ["search", "lab/base", "--offline"]])
def test_without_an_index_the_command_says_so(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", *arguments, "--index", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err


def test_a_broken_index_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "index.jsonl"
    index.write_text("something else\n")
    assert main(["index", "add", str(folder(tmp_path / "base", BASE)), "--index", str(index)]) == 2
    assert index.read_text() == "something else\n"
