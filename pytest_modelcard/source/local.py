"""A model repository in a local folder, or a single Markdown file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..errors import CardError
from .base import MAX_TEXT_BYTES, FileEntry
from .lfs import MAX_POINTER_BYTES, Pointer, read_pointer

MAX_FILES = 100_000
#: Folders that belong to Git and to the Hub client, not to the model.
NOT_CONTENTS = (".git", ".cache/huggingface")


class LocalSource:
    """Reads regular files below one folder, never outside it (no link leads out, save into the Hub client's
    own cache of blobs), never a device or pipe.
    """

    def __init__(
        self,
        root: Path,
        card_path: str = "README.md",
        *,
        label: str,
        repo_id: str | None = None,
        revision: str | None = None,
        knows_files: bool = True,
    ) -> None:
        self.root = root
        self.card_path = card_path
        self.label = label
        self.repo_id = repo_id
        self.revision = revision
        self.knows_files = knows_files
        where = root.resolve()
        self._allowed = [where]
        if where.parent.name == "snapshots":
            # the Hub client's cache: snapshots/<commit>/<file> is a link to blobs/<hash>
            self._allowed.append(where.parent.parent / "blobs")

    def files(self) -> tuple[FileEntry, ...]:
        entries = []
        for seen, (path, full) in enumerate(self._walk()):
            if seen >= MAX_FILES:
                raise CardError(f"{self.label} holds more than {MAX_FILES} files", "too-large")
            if (entry := self._entry(path, full)) is not None:
                entries.append(entry)
        return tuple(sorted(entries, key=lambda e: e.path))

    def _walk(self) -> Iterator[tuple[str, Path]]:
        for here, folders, names in os.walk(self.root):
            relative = Path(here).relative_to(self.root)
            folders[:] = [f for f in folders if (relative / f).as_posix() not in NOT_CONTENTS]
            for name in names:
                # a name that is no UTF-8 is listed with escapes: it can be named, not opened
                path = os.fsencode((relative / name).as_posix()).decode("utf-8", "backslashreplace")
                yield path, Path(here) / name

    def _entry(self, path: str, full: Path) -> FileEntry | None:
        try:
            status = full.stat()
        except OSError:
            return None  # a link to nowhere, or gone meanwhile
        if not stat.S_ISREG(status.st_mode):
            return None
        if len(b"version https://git-lfs") < status.st_size <= MAX_POINTER_BYTES and self._is_inside(full):
            try:
                with full.open("rb") as file:
                    pointer = read_pointer(file.read(MAX_POINTER_BYTES + 1))
            except OSError:
                pointer = None
            if pointer is not None:
                return FileEntry(path, pointer.size, pointer.sha256, pointer=True)
        return FileEntry(path, status.st_size)

    def _is_inside(self, full: Path) -> bool:
        where = full.resolve()
        return any(where.is_relative_to(folder) for folder in self._allowed)

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        raw = self._bytes(path, 0, limit + 1)
        if len(raw) > limit:
            raise CardError(f"{self.label}: {path} is larger than {limit} bytes", "too-large")
        if (pointer := read_pointer(raw)) is not None:
            raise self._absent(path, pointer)
        return raw

    def read_range(self, path: str, start: int, end: int) -> bytes:
        raw = self._bytes(path, start, end - start)
        # a file as short as a pointer may be one: then these are not the contents' bytes
        short = len(raw) != end - start or end <= MAX_POINTER_BYTES
        if short and (pointer := read_pointer(self._bytes(path, 0, MAX_POINTER_BYTES + 1))) is not None:
            raise self._absent(path, pointer)
        if len(raw) != end - start:
            raise CardError(f"{self.label}: {path} ends before byte {end}", "bad-data")
        return raw

    def _absent(self, path: str, pointer: Pointer) -> CardError:
        return CardError(
            f"{self.label}: {path} is a Git LFS pointer, its {pointer.size} bytes are not here; "
            "run `git lfs pull`"
        )

    def _bytes(self, path: str, start: int, size: int) -> bytes:
        try:
            full = self.root / path
            if not self._is_inside(full):
                raise CardError(f"{self.label}: {path} leads outside the repository", "bad-data")
            # not blocking: opening a pipe would wait for a writer
            handle = os.open(full, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            try:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise CardError(f"{self.label}: {path} is no regular file", "bad-data")
                with open(handle, "rb", closefd=False) as file:
                    file.seek(start)
                    return file.read(size)
            finally:
                os.close(handle)
        except FileNotFoundError:
            raise CardError(self._missing(path), "missing") from None
        except (OSError, RuntimeError, ValueError) as error:
            # RuntimeError: a loop of links; ValueError: a null character in the name
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise CardError(f"{self.label}: cannot read {path}: {reason}") from None

    def _missing(self, path: str) -> str:
        folder = (self.root / path).parent
        try:
            alike = [e.name for e in os.scandir(folder) if e.name.lower() == Path(path).name.lower()]
        except OSError:
            alike = []
        hint = f" (there is {alike[0]}; the Hub takes the exact name only)" if alike else ""
        return f"{self.label}: there is no file {path}{hint}"
