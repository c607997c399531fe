"""Byte ranges already read: kept on disk, so that a run goes on where it stopped, or in memory, for the run alone.

On disk it is one SQLite file a model and revision. One that is broken, locked or cannot be written is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
from pathlib import Path

#: A file that has grown beyond this is emptied when next opened.
MAX_BYTES = 512 * 1024 * 1024
#: Bytes of all files of a folder; beyond it the ones not used for longest are deleted.
MAX_FOLDER = 2 * 1024 * 1024 * 1024
#: Bytes of one model that are kept in memory: what a run reads of it, headers included, with room to spare.
MAX_IN_MEMORY = 16 * 1024 * 1024
_WAIT = 5.0  # seconds for another process's write


class RangeCache:
    """Ranges of the files of one model at one revision; safe to share between threads and processes."""

    def __init__(self, folder: Path, model: str, revision: str) -> None:
        key = hashlib.sha256(f"{model}@{revision}".encode("utf-8", "backslashreplace")).hexdigest()
        self.path = folder / f"{key[:32]}.sqlite"
        self._lock = threading.Lock()
        self._database = self._open()

    def _open(self) -> sqlite3.Connection | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            trim(self.path.parent, keep=self.path)
            database = sqlite3.connect(
                self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=OFF")  # what a power cut loses is read again
            database.execute(
                "CREATE TABLE IF NOT EXISTS ranges (file TEXT, start INTEGER, end INTEGER, data BLOB, "
                "PRIMARY KEY (file, start, end)) WITHOUT ROWID"
            )
            if self.path.stat().st_size > MAX_BYTES:
                database.execute("DELETE FROM ranges")
                database.execute("VACUUM")
            os.utime(self.path)  # the last use counts, not the last write
            return database
        except (OSError, sqlite3.Error):
            return None

    def get(self, file: str, start: int, end: int) -> bytes | None:
        """The bytes of exactly this range, None where they are not here."""
        found = self._run(
            "SELECT data FROM ranges WHERE file = ? AND start = ? AND end = ?", (file, start, end)
        )
        raw = found[0] if found else None
        return raw if isinstance(raw, bytes) and len(raw) == end - start else None

    def put(self, file: str, start: int, end: int, raw: bytes) -> None:
        self._run("INSERT OR REPLACE INTO ranges VALUES (?, ?, ?, ?)", (file, start, end, raw))

    def _run(self, statement: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        with self._lock:
            if self._database is None:
                return None
            try:
                row: tuple[object, ...] | None = self._database.execute(statement, values).fetchone()
                return row
            except (sqlite3.Error, UnicodeError):
                self._database.close()
                self._database = None
                return None

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None


def trim(folder: Path, *, keep: Path | None = None) -> None:
    """Delete files of a cache's folder, those not used for longest first, until it is within its bound."""
    with contextlib.suppress(OSError):
        files = sorted((f.stat().st_mtime, f.stat().st_size, f) for f in folder.glob("*.sqlite"))
        total = sum(size for _, size, _ in files)
        for _, size, file in files:
            if total <= MAX_FOLDER:
                return
            if file != keep:
                # who has it open reads on, or, where the system forbids deleting, keeps it
                with contextlib.suppress(OSError):
                    for one in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
                        one.unlink(missing_ok=True)
                    total -= size


class RangeMemory:
    """The same for one run; safe to share between threads. What would go beyond the bound is not kept."""

    def __init__(self) -> None:
        self._ranges: dict[tuple[str, int, int], bytes] = {}
        self._size = 0
        self._lock = threading.Lock()

    def get(self, file: str, start: int, end: int) -> bytes | None:
        """The bytes of exactly this range, None where they are not here."""
        return self._ranges.get((file, start, end))

    def put(self, file: str, start: int, end: int, raw: bytes) -> None:
        with self._lock:
            if (file, start, end) not in self._ranges and self._size + len(raw) <= MAX_IN_MEMORY:
                self._ranges[file, start, end] = raw
                self._size += len(raw)
