"""SHA-256 of whole files from the pieces of them that are read anyway.

Each file has a thread of its own, which takes the pieces as they come. What lies between two pieces (headers, tensors
that are not compared) it reads itself, so that the digest is the file's whatever was asked of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

#: Bytes read at a time where nobody else reads them.
STEP = 4 * 1024 * 1024


class FileDigest:
    """One file's digest in the making."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256()
        self._at = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sha256")
        self.reread = 0  #: bytes that were read for the digest alone

    def saw(self, begin: int, piece: Any) -> Future[None]:
        """Bytes of the file from `begin` on (a buffer, which must stay as it is until the future is done)."""
        return self._thread.submit(self._take, begin, memoryview(piece).cast("B"))

    def finish(self) -> str:
        """The digest in hexadecimal, the rest of the file read; raises OSError."""
        try:
            return self._thread.submit(self._end).result()
        finally:
            self.close()

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _take(self, begin: int, piece: memoryview) -> None:
        if begin > self._at:
            self._read(begin)
        fresh = piece[self._at - begin :] if self._at > begin else piece
        if len(fresh):
            self._hash.update(fresh)
            self._at += len(fresh)

    def _read(self, end: int | None) -> None:
        """Take in what lies before `end`, or all there is."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            while end is None or self._at < end:
                raw = file.read(STEP if end is None else min(STEP, end - self._at))
                if not raw:
                    if end is not None:
                        raise OSError(f"{self._path.name} ends before byte {end}")
                    return
                self._hash.update(raw)
                self._at += len(raw)
                self.reread += len(raw)

    def _end(self) -> str:
        self._read(None)
        return self._hash.hexdigest()


class Digests:
    """The digests of some files, by (model, path); pieces of other files are passed over."""

    def __init__(self, files: Mapping[tuple[str, str], Path]) -> None:
        self._files = {key: FileDigest(path) for key, path in files.items()}

    def saw(self, model: str, path: str, begin: int, piece: Any) -> Future[None] | None:
        """None where nobody asked for this file's digest."""
        found = self._files.get((model, path))
        return found.saw(begin, piece) if found is not None else None

    def finish(self) -> dict[tuple[str, str], str]:
        """All digests."""
        return {key: digest.finish() for key, digest in self._files.items()}

    def close(self) -> None:
        for digest in self._files.values():
            digest.close()

    @property
    def reread(self) -> int:
        return sum(digest.reread for digest in self._files.values())
