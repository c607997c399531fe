"""Where bytes come from: one small protocol, whatever serves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

#: No card, config or template is larger; a larger one is refused, not read.
MAX_TEXT_BYTES = 4 * 1024 * 1024
#: A tokenizer or index file may be larger than prose.
MAX_JSON_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a model repository."""

    path: str  #: relative, "/" between parts
    size: int | None  #: bytes; None when not known
    sha256: str | None = None  #: of the contents, where the repository tells (LFS)
    pointer: bool = False  #: only a Git LFS pointer lies here; size and sha256 are those of the absent object


def dates(source: Source) -> tuple[str | None, str | None]:
    """When a repository was made, and when it was last changed, as its host tells (ISO 8601, UTC); None if it does not."""
    asked = getattr(source, "dates", None)
    return asked() if asked is not None else (None, None)


class Source(Protocol):
    """One model repository at one revision. All methods raise `CardError` with one clear sentence."""

    @property
    def label(self) -> str:
        """What the user typed."""

    @property
    def repo_id(self) -> str | None:
        """`org/name`, where known."""

    @property
    def revision(self) -> str | None:
        """The pinned commit; None for local files."""

    @property
    def card_path(self) -> str:
        """The card's path within the repository."""

    @property
    def knows_files(self) -> bool:
        """False where only the card's text was given, so that nothing can be said about other files."""

    def files(self) -> tuple[FileEntry, ...]:
        """Every file of the repository, sorted by path. Bounded; raises CardError beyond the bound."""

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        """The whole file; raises CardError if it is missing or larger than `limit` bytes."""

    def read_range(self, path: str, start: int, end: int) -> bytes:
        """Bytes [start, end) of the file, exactly that many."""
