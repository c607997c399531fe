"""What a file of the loopback Hub holds: anything with a size that can give a range of its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol


class Content(Protocol):
    """A file's bytes, made or read when asked for: a file may be larger than any disk."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    @property
    def sha256(self) -> str | None:
        """Of the whole; None for a plain Git file (no LFS)."""

    def read(self, start: int, end: int) -> bytes:
        """Bytes [start, end)."""


@dataclass(frozen=True)
class Bytes:
    """A file held in memory; `lfs` stores it the way the Hub stores large files."""

    raw: bytes
    lfs: bool = False

    @property
    def size(self) -> int:
        return len(self.raw)

    @property
    def sha256(self) -> str | None:
        return hashlib.sha256(self.raw).hexdigest() if self.lfs else None

    def read(self, start: int, end: int) -> bytes:
        return self.raw[start:end]


def blob_id(content: Content) -> str:
    """The Git object id of a file: of its bytes, or of its LFS pointer."""
    raw = content.read(0, content.size) if content.sha256 is None else pointer(content)
    return hashlib.sha1(b"blob %d\0" % len(raw) + raw).hexdigest()


def pointer(content: Content) -> bytes:
    """The LFS pointer that Git holds in place of a large file."""
    lines = (
        "version https://git-lfs.github.com/spec/v1",
        f"oid sha256:{content.sha256}",
        f"size {content.size}",
    )
    return ("\n".join(lines) + "\n").encode()


def etag(content: Content) -> str:
    """What the Hub names as ETag: SHA-256 of a large file, Git id of another."""
    return content.sha256 or blob_id(content)
