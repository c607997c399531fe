"""Bytes of local files as torch tensors: one small interface, and the ways that were compared for it.

Mapped files are not copied, which is fastest on a processor; `pread` into memory kept ready (pinned, so that copies run
beside computing) is what a GPU wants. `benchmarks/full_coverage.py` compares both with safetensors' own reader,
fastsafetensors and runai-model-streamer.

Where a mapped file cannot be read, the system ends the process (SIGBUS). So files on a network are never mapped, and before every
read a file is asked whether it is still what it was when it was opened. What remains is a file on a local disk that is truncated
while blocks of it are in work.
"""

from __future__ import annotations

import mmap
import os
import threading
from pathlib import Path
from typing import Protocol

import torch

from ..errors import CannotTell
from .mounts import on_this_machine


class Reader(Protocol):
    """Reads ranges of files; safe to call from several threads."""

    def read(self, path: Path, begin: int, end: int, memory: torch.Tensor | None) -> torch.Tensor:
        """Bytes [begin, end) as uint8. `memory`: uint8, at least as long, to be used where it is needed; the result
        stays as it is until that memory is used again. Raises OSError, and CannotTell where the file has changed.
        """

    def expect(self, path: Path, begin: int, end: int) -> None:
        """Bytes [begin, end) will be read soon: the system may begin."""

    def close(self) -> None:
        """Close all files."""


class _File:
    """An open file, and what it was when it was opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handle = os.open(path, os.O_RDONLY)
        self.size, self._changed = self._status()

    def check(self, end: int) -> None:
        """Raises CannotTell where size or time of change are others now, OSError where the file has no byte before `end`."""
        if self._status() != (self.size, self._changed):
            raise CannotTell(f"{self.path.name} changed while it was read")
        if end > self.size:
            raise OSError(f"{self.path.name} ends before byte {end}")

    def expect(self, begin: int, end: int) -> None:
        """Have the system read the bytes ahead, unless their first and last are in its memory: asking takes time, too."""
        if hasattr(os, "posix_fadvise") and not (self._at_hand(begin) and self._at_hand(end - 1)):
            os.posix_fadvise(self.handle, begin, end - begin, os.POSIX_FADV_WILLNEED)

    def _at_hand(self, place: int) -> bool:
        try:
            return os.preadv(self.handle, [bytearray(1)], place, os.RWF_NOWAIT) == 1
        except (AttributeError, OSError):  # no such flag on this system; or nothing there without waiting
            return False

    def close(self) -> None:
        os.close(self.handle)

    def _status(self) -> tuple[int, int]:
        status = os.fstat(self.handle)
        return status.st_size, status.st_mtime_ns


class _Files:
    """Files that were opened, by path."""

    def __init__(self) -> None:
        self._files: dict[Path, _File] = {}
        self._lock = threading.Lock()

    def at(self, path: Path) -> _File:
        with self._lock:
            if path not in self._files:
                self._files[path] = _File(path)
            return self._files[path]

    def close(self) -> None:
        with self._lock:
            for file in self._files.values():
                file.close()
            self._files.clear()


class Reading:
    """`pread` into the memory given."""

    def __init__(self) -> None:
        self._files = _Files()

    def read(self, path: Path, begin: int, end: int, memory: torch.Tensor | None) -> torch.Tensor:
        file = self._files.at(path)
        file.check(end)
        if memory is None:
            memory = torch.empty(end - begin, dtype=torch.uint8)
        target = memoryview(memory.numpy())
        done = 0
        while done < end - begin:
            got = os.preadv(file.handle, [target[done : end - begin]], begin + done)
            if got <= 0:
                file.check(end)  # it may have changed since
                raise OSError(f"{path.name} ends before byte {end}")
            done += got
        return memory[: end - begin]

    def expect(self, path: Path, begin: int, end: int) -> None:
        self._files.at(path).expect(begin, end)

    def close(self) -> None:
        self._files.close()


class Mapping:
    """Each range mapped into memory for as long as its tensor is kept: nothing is copied, and the system takes the memory
    back when it needs it. Files that are not on this machine's own disks are read by `pread`.
    """

    def __init__(self) -> None:
        self._files = _Files()
        self._here: dict[Path, bool] = {}
        self._reading = Reading()

    def read(self, path: Path, begin: int, end: int, memory: torch.Tensor | None) -> torch.Tensor:
        if path not in self._here:
            self._here[path] = on_this_machine(path)
        if not self._here[path]:
            return self._reading.read(path, begin, end, memory)
        file = self._files.at(path)
        file.check(end)
        if begin == end:
            return torch.empty(0, dtype=torch.uint8)
        before = begin % mmap.ALLOCATIONGRANULARITY
        # copy on write: torch wants memory it may write to
        try:
            part = mmap.mmap(
                file.handle, before + end - begin, offset=begin - before, access=mmap.ACCESS_COPY
            )
        except ValueError:  # longer than the file
            file.check(end)
            raise OSError(f"{path.name} ends before byte {end}") from None
        return torch.frombuffer(part, dtype=torch.uint8, offset=before)

    def expect(self, path: Path, begin: int, end: int) -> None:
        self._files.at(path).expect(begin, end)

    def close(self) -> None:
        self._files.close()
        self._reading.close()
