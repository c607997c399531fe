"""Files that change while they are read end in one clear error, mapped or not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.full import reading
from pytest_modelcard.full.mounts import file_system, on_this_machine
from pytest_modelcard.full.options import FullOptions
from pytest_modelcard.full.reading import Mapping, Reader, Reading
from pytest_modelcard.full.run import full_coverage

from . import hub
from .test_full_coverage import Small

MOUNTS = r"""22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:40 / /mnt/shared rw master:3 - nfs4 server:/export rw,vers=4.2
31 30 0:41 / /mnt/shared/local rw - xfs /dev/sdb rw
32 22 0:42 / /mnt/two\040words rw - fuse.s3 bucket rw
33 22 0:43 / /models rw - ext4 /dev/sdc rw
34 22 0:44 / /models rw - lustre mgs:/fs rw
torn
"""


def readers(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """Mapped, mapped where the file is not on this machine, and not mapped."""
    monkeypatch.setattr(reading, "on_this_machine", lambda path: "far" not in path.name)
    return [Mapping(), Mapping(), Reading()]


def test_bytes_are_those_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = os.urandom(100_000)
    for reader, name in zip(readers(monkeypatch), ("near", "far", "near"), strict=True):
        path = tmp_path / name
        path.write_bytes(content)
        found = [reader.read(path, a, b, None).numpy().tobytes() for a, b in ((0, 10), (77, 99_999))]
        assert found == [content[:10], content[77:99_999]]
        with pytest.raises(OSError, match="ends before byte"):
            reader.read(path, 0, 100_001, None)
        reader.close()


@pytest.mark.parametrize("how", ["truncated", "longer", "rewritten"])
def test_a_file_that_changes_is_told(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for reader, name in zip(readers(monkeypatch), ("near", "far", "near"), strict=True):
        path = tmp_path / name
        path.write_bytes(bytes(100_000))
        reader.read(path, 0, 10, None)
        with path.open("r+b") as file:
            file.truncate({"truncated": 50, "longer": 200_000, "rewritten": 100_000}[how])
            file.write(b"other")
        os.utime(path, ns=(0, 0))
        with pytest.raises(CannotTell, match=f"{name} changed while it was read"):
            reader.read(path, 90_000, 100_000, None)
        reader.close()


@pytest.mark.parametrize("how", ["mapped", "read"])
def test_a_file_that_is_truncated_just_before_it_is_read_is_told(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100_000))
    monkeypatch.setattr(reading, "on_this_machine", lambda path: how == "mapped")
    target, name = (reading.mmap, "mmap") if how == "mapped" else (os, "preadv")
    usual = getattr(target, name)

    def truncating(*arguments: Any, **named: Any) -> Any:
        os.truncate(path, 50)
        return usual(*arguments, **named)

    reader = Mapping()
    reader.read(path, 0, 10, None)
    monkeypatch.setattr(target, name, truncating)
    with pytest.raises(CannotTell, match="changed while it was read"):
        reader.read(path, 90_000, 100_000, None)


@pytest.mark.parametrize("mapped", [False, True])
def test_a_run_whose_file_changes_says_so(
    mapped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Truncated only where it is not mapped: blocks in work would end the process."""
    folder = hub.hub(tmp_path)
    (victim,) = (folder / hub.ONE).glob("*.safetensors")
    read, calls = Mapping.read, []

    def meddling(self: Mapping, path: Path, begin: int, end: int, memory: Any) -> Any:
        if path == victim:
            calls.append(path)
            if len(calls) == 3:
                os.truncate(victim, victim.stat().st_size + 1 if mapped else 100)
        return read(self, path, begin, end, memory)

    monkeypatch.setattr(reading, "on_this_machine", lambda path: mapped)
    monkeypatch.setattr(Mapping, "read", meddling)
    file = folder / "out" / "certificate.json"
    summary = full_coverage(hub.evidence(folder), None, FullOptions(file), file, engine=Small())
    assert summary == {"missing": f"{victim.name} changed while it was read"}
    assert not file.exists()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a", "ext4"),
        ("/mnt/shared/a", "nfs4"),
        ("/mnt/sharedness", "ext4"),
        ("/mnt/shared/local/a", "xfs"),
        ("/mnt/two words/a", "fuse.s3"),
        ("/models/a", "lustre"),
    ],
)
def test_the_file_system_of_a_path(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_where_nothing_is_known_nothing_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_modelcard.full import mounts

    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "none")
    assert not on_this_machine(tmp_path)
    (tmp_path / "some").write_text("1 0 8:1 / / rw - ext4 /dev/sda rw\n")
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "some")
    assert on_this_machine(tmp_path)
