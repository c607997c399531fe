"""Local folders are hostile input: nothing outside is read, nothing special is opened."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pytest_modelcard.errors import CardError
from pytest_modelcard.source.local import LocalSource


def pointer(sha256: str, size: int) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "README.md").write_text("# Model\n")
    return folder


def source(root: Path) -> LocalSource:
    return LocalSource(root, label="model")


def refused(root: Path, path: str) -> CardError:
    with pytest.raises(CardError) as caught:
        source(root).read(path)
    with pytest.raises(CardError):
        source(root).read_range(path, 0, 1)
    return caught.value


def test_files_and_ranges(root):
    (root / "sub").mkdir()
    (root / "sub" / "a b é.json").write_bytes(b"0123456789")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    (root / ".cache" / "huggingface").mkdir(parents=True)
    (root / ".cache" / "huggingface" / "x.lock").write_text("")
    found = source(root)
    assert [(f.path, f.size) for f in found.files()] == [("README.md", 8), ("sub/a b é.json", 10)]
    assert found.read("sub/a b é.json") == b"0123456789"
    assert found.read_range("sub/a b é.json", 3, 6) == b"345"
    with pytest.raises(CardError, match="ends before byte 12") as caught:
        found.read_range("sub/a b é.json", 8, 12)
    assert caught.value.reason == "bad-data"
    with pytest.raises(CardError, match="larger than 9 bytes") as caught:
        found.read("sub/a b é.json", limit=9)
    assert caught.value.reason == "too-large"


def test_a_missing_file_and_a_near_miss(root):
    (root / "Config.json").write_text("{}")
    assert refused(root, "x.json").reason == "missing"
    if not (root / "config.json").exists():
        assert "there is Config.json" in str(refused(root, "config.json"))


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "sub/../../secret", "link", "folder/secret"])
def test_nothing_outside_is_read(root, path):
    (root.parent / "secret").write_text("secret")
    (root / "link").symlink_to("../secret")
    (root / "folder").symlink_to("..")
    assert "leads outside" in str(refused(root, path))


def test_a_link_that_stays_inside_is_read(root):
    (root / "copy.md").symlink_to("README.md")
    assert source(root).read("copy.md") == b"# Model\n"


def test_links_in_circles_and_to_nowhere(root):
    (root / "loop").symlink_to("loop")
    (root / "nowhere").symlink_to("gone")
    (root / "round").symlink_to(".")
    assert [f.path for f in source(root).files()] == ["README.md"]
    assert refused(root, "loop").reason in ("other", "bad-data")
    assert refused(root, "nowhere").reason == "missing"


def test_pipes_devices_folders_and_odd_names(root):
    os.mkfifo(root / "pipe")
    (root / "sub").mkdir()
    assert "no regular file" in str(refused(root, "pipe"))
    assert "no regular file" in str(refused(root, "sub"))
    refused(root, "a\0b")
    refused(root, "x" * 5000)
    assert [f.path for f in source(root).files()] == ["README.md"]


def test_a_name_that_is_no_utf_8_is_listed_printably(root):
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/\xff.bin")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    paths = [f.path for f in source(root).files()]
    assert paths == ["README.md", "\\xff.bin"]
    "".join(paths).encode("utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(root):
    (root / "README.md").chmod(0)
    assert "Permission denied" in str(refused(root, "README.md"))


def test_too_many_files(root, monkeypatch):
    monkeypatch.setattr("pytest_modelcard.source.local.MAX_FILES", 3)
    for i in range(4):
        (root / f"{i}.txt").write_text("")
    with pytest.raises(CardError, match="more than 3 files") as caught:
        source(root).files()
    assert caught.value.reason == "too-large"


def test_a_pointer_tells_of_the_object_that_is_not_here(root):
    sha = hashlib.sha256(b"weights").hexdigest()
    (root / "model.safetensors").write_text(pointer(sha, 5_000_000_000))
    (root / "notes.txt").write_text(pointer(sha, 5)[:-10] + "x")
    entries = {f.path: f for f in source(root).files()}
    weights = entries["model.safetensors"]
    assert (weights.size, weights.sha256, weights.pointer) == (5_000_000_000, sha, True)
    assert not entries["notes.txt"].pointer
    error = refused(root, "model.safetensors")
    assert "git lfs pull" in str(error) and error.reason == "other"
    with pytest.raises(CardError, match="git lfs pull"):
        source(root).read_range("model.safetensors", 1_000_000, 1_000_010)


def test_the_hub_clients_cache_links_to_its_blobs_only(tmp_path):
    model = tmp_path / "models--acme--model"
    root = model / "snapshots" / ("a" * 40)
    root.mkdir(parents=True)
    (model / "blobs").mkdir()
    (model / "blobs" / "b1").write_text("# Cached\n")
    (tmp_path / "secret").write_text("secret")
    (root / "README.md").symlink_to("../../blobs/b1")
    (root / "evil.md").symlink_to("../../../secret")
    assert source(root).read("README.md") == b"# Cached\n"
    assert refused(root, "evil.md").reason == "bad-data"
    assert "README.md" in [f.path for f in source(root).files()]
