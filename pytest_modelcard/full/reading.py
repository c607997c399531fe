"""Bytes of local files as torch tensors: one small interface, and the ways that were compared for it.

Mapped files are not copied, which is fastest on a processor; `pread` into memory kept ready (pinned, so that copies run
beside computing) is what a GPU wants. `benchmarks/full_coverage.py` compares both with safetensors' own reader,
fastsafetensors and runai-model-streamer.
"""

from __future__ import annotations

import mmap
import os
import threading
from pathlib import Path
from typing import Protocol

import torch


class Reader(Protocol):
    """Reads ranges of files; safe to call from several threads."""

    def read(self, path: Path, begin: int, end: int, memory: torch.Tensor | None) -> torch.Tensor:
        """Bytes [begin, end) as uint8. `memory`: uint8, at least as long, to be used where it is needed; the result
        stays as it is until that memory is used again. Raises OSError.
        """

    def close(self) -> None:
        """Close all files."""


class Reading:
    """`pread` into the memory given."""

    def __init__(self) -> None:
        self._files: dict[Path, int] = {}
        self._lock = threading.Lock()

    def read(self, path: Path, begin: int, end: int, memory: torch.Tensor | None) -> torch.Tensor:
        with self._lock:
            handle = self._files.get(path)
            if handle is None:
                handle = self._files[path] = os.open(path, os.O_RDONLY)
        if memory is None:
            memory = torch.empty(end - begin, dtype=torch.uint8)
        target = memoryview(memory.numpy())
        done = 0
        while done < end - begin:
            got = os.preadv(handle, [target[done : end - begin]], begin + done)
            if got <= 0:
                raise OSError(f"{path.name} ends before byte {end}")
            done += got
        return memory[: end - begin]

    def close(self) -> None:
        with self._lock:
            for handle in self._files.values():
                os.close(handle)
            self._files.clear()


class Mapping:
    """The files mapped into memory: nothing is copied, and the system takes the memory back when it needs it."""

    def __init__(self) -> None:
        self._files: dict[Path, mmap.mmap] = {}
        self._lock = threading.Lock()

    def read(self, path: Path, begin: int, end: int, memory: torch.Tensor | None) -> torch.Tensor:
        with self._lock:
            found = self._files.get(path)
            if found is None:
                with path.open("rb") as file:
                    # copy on write: torch wants memory it may write to
                    found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
                self._files[path] = found
        if end > len(found):
            raise OSError(f"{path.name} ends before byte {end}")
        piece = torch.frombuffer(found, dtype=torch.uint8, count=end - begin, offset=begin)
        piece[:: mmap.PAGESIZE].max()  # read now, in this thread, while others compute
        return piece

    def close(self) -> None:
        # Closed with the last tensor that lies in them: closing earlier would take its memory away.
        with self._lock:
            self._files.clear()
