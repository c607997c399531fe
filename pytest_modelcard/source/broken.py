"""A card that was found but cannot be opened: everything asked of it gives the same one sentence."""

from __future__ import annotations

from typing import NoReturn

from ..errors import CardError
from .base import MAX_TEXT_BYTES, FileEntry


class BrokenSource:
    """Stands for a gated, unreachable or otherwise closed repository; every reading raises its error."""

    repo_id: str | None = None
    revision: str | None = None
    card_path = "README.md"
    knows_files = False

    def __init__(self, label: str, error: CardError) -> None:
        self.label = label
        self.error = error

    def _refuse(self) -> NoReturn:
        raise CardError(str(self.error), self.error.reason)

    def files(self) -> tuple[FileEntry, ...]:
        self._refuse()

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        self._refuse()

    def read_range(self, path: str, start: int, end: int) -> bytes:
        self._refuse()
