"""A model repository in a local folder, or a single Markdown file."""

from __future__ import annotations

from pathlib import Path

from ..errors import CardError
from .base import MAX_TEXT_BYTES, FileEntry

MAX_FILES = 100_000


class LocalSource:
    """Reads files below one folder, never outside it (no link leads out)."""

    def __init__(
        self,
        root: Path,
        card_path: str = "README.md",
        *,
        label: str,
        repo_id: str | None = None,
        knows_files: bool = True,
    ) -> None:
        self.root = root
        self.card_path = card_path
        self.label = label
        self.repo_id = repo_id
        self.revision: str | None = None
        self.knows_files = knows_files

    def _inside(self, path: str) -> Path:
        full = (self.root / path).resolve()
        if not full.is_relative_to(self.root.resolve()):
            raise CardError(f"{path} leads outside the repository", "bad-data")
        return full

    def files(self) -> tuple[FileEntry, ...]:
        entries = []
        for full in self.root.rglob("*"):
            relative = full.relative_to(self.root)
            if relative.parts[0] == ".git" or not full.is_file():
                continue
            if len(entries) >= MAX_FILES:
                raise CardError(f"{self.root} holds more than {MAX_FILES} files", "too-large")
            entries.append(FileEntry(relative.as_posix(), full.stat().st_size))
        return tuple(sorted(entries, key=lambda e: e.path))

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        full = self._inside(path)
        try:
            with full.open("rb") as file:
                raw = file.read(limit + 1)
        except FileNotFoundError as error:
            raise CardError(f"{self.label}: there is no file {path}", "missing") from error
        except OSError as error:
            raise CardError(f"{self.label}: cannot read {path}: {error.strerror}") from error
        if len(raw) > limit:
            raise CardError(f"{self.label}: {path} is larger than {limit} bytes", "too-large")
        return raw

    def read_range(self, path: str, start: int, end: int) -> bytes:
        full = self._inside(path)
        try:
            with full.open("rb") as file:
                file.seek(start)
                raw = file.read(end - start)
        except OSError as error:
            raise CardError(f"{self.label}: cannot read {path}: {error.strerror}") from error
        if len(raw) != end - start:
            raise CardError(f"{self.label}: {path} ends before byte {end}", "bad-data")
        return raw
