"""How groups are worked on, and what comes out of one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from .statistics import Statistics

#: Elements of a block: enough for what is done once for each (on a GPU: to fill it) not to count.
CPU_BLOCK, GPU_BLOCK = 2**23, 2**24
#: Bytes of all files from which on a kernel is worth compiling: a fraction of a second for a processor, many for a GPU.
LEAST_FOR_CPU, LEAST_FOR_GPU = 16 * 1024 * 1024, 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How groups are worked on. folders: of the models, the candidate's under "". device: "cpu", "cuda", "cuda:1"; threads:
    blocks in work at once; block: elements; compiled: whether kernels are compiled; digests: whether files are hashed.
    """

    folders: Mapping[str, Path]
    device: str = "cpu"
    threads: int = 2
    block: int = CPU_BLOCK
    compiled: bool = False
    digests: bool = True


def usual_settings(folders: Mapping[str, Path], size: int, workers: int = 1) -> Settings:
    """A GPU where there is one; kernels compiled where `size` bytes are worth it."""
    if torch.cuda.is_available():
        return Settings(folders, "cuda", 4, GPU_BLOCK, size >= LEAST_FOR_GPU)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Settings(folders, "cpu", max(1, cores // workers), CPU_BLOCK, size >= LEAST_FOR_CPU)


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a group. digests: by (model, path), "" for the candidate. reread: bytes read for digests alone."""

    tensors: Mapping[str, Statistics]
    digests: Mapping[tuple[str, str], str]
    bytes_read: int
    reread: int
    seconds: float
    device: str
    notes: tuple[str, ...] = field(default_factory=tuple)
