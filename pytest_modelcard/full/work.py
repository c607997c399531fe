"""One group of tensors: read block by block, several blocks at once, computed and hashed on the way.

Threads take blocks in the files' order; while one reads, others compute and hash. Each holds one block of every model,
so memory does not depend on the model's size.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from .digests import Digests
from .kernel import DTYPES, Spec
from .kernels import Kernels
from .plan import Group, Part, Segment, TensorTask
from .reading import Mapping, Reader, Reading
from .scaling import expanded
from .settings import Result, Settings
from .slerp import Whole, coefficients
from .statistics import Statistics

#: Blocks held beside those in work, so that hashing and computing seldom wait for each other.
SPARE = 2
#: Tensors whose scales are kept: those of a few tensors in all models.
MAX_SCALES = 64
#: Threads that read.
READERS = 2


def work(
    group: Group,
    settings: Settings,
    kernels: Kernels | None = None,
    reader: Reader | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Do a group; raises OSError where a file cannot be read. progress: called with bytes that were done."""
    usual = Mapping if settings.device == "cpu" else Reading
    return _Work(group, settings, kernels or Kernels(settings.compiled), reader or usual(), progress).run()


class _Work:
    def __init__(
        self,
        group: Group,
        settings: Settings,
        kernels: Kernels,
        reader: Reader,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.group, self.settings, self.kernels, self.reader = group, settings, kernels, reader
        self.progress = progress
        self.device = torch.device(settings.device)
        paths = {(m, p): settings.folders[m] / p for m, p in group.digests} if settings.digests else {}
        self.digests = Digests(paths)
        self.bytes_read = 0
        self.scales: dict[tuple[str, str], torch.Tensor] = {}
        self.lock = threading.Lock()

    def run(self) -> Result:
        started = time.monotonic()
        inner = torch.get_num_threads()
        torch.set_num_threads(1)  # threads have a block each; more would only get in each other's way
        try:
            tensors = self._tensors()
            digests = self.digests.finish()
        finally:
            torch.set_num_threads(inner)
            self.digests.close()
            self.reader.close()
        seconds = time.monotonic() - started
        notes = tuple(dict.fromkeys(self.kernels.failures))
        return Result(
            tensors, digests, self.bytes_read, self.digests.reread, seconds, self._device_name(), notes
        )

    def _device_name(self) -> str:
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "cpu"

    def _tensors(self) -> dict[str, Statistics]:
        found: dict[str, Statistics] = {}
        free = [_Memory(self.device) for _ in range(READERS + self.settings.threads + SPARE)]
        fetching: deque[tuple[_Block, _Memory, Future[list[torch.Tensor]]]] = deque()
        computing: deque[tuple[_Block, _Memory, Future[Statistics], list[Future[None]]]] = deque()
        readers = ThreadPoolExecutor(READERS, thread_name_prefix="reading")
        workers = ThreadPoolExecutor(self.settings.threads, thread_name_prefix="computing")

        def forward() -> None:
            """Hand the oldest block that was read to its digests, in order, and to a worker."""
            block, memory, future = fetching.popleft()
            pieces = future.result()
            hashes = [
                h
                for part, piece in zip(block.parts, pieces, strict=True)
                if (h := self._hash(block, part, piece))
            ]
            computing.append((block, memory, workers.submit(self._compute, block, pieces), hashes))

        def settle() -> None:
            """Add up the oldest block that was computed, and take its memory back once it is hashed, too."""
            block, memory, future, hashes = computing.popleft()
            name = block.task.name
            found[name] = found.get(name, Statistics()) + future.result()
            for one in hashes:
                one.result()
            free.append(memory)
            if self.progress is not None:
                self.progress(sum(map(block.size, block.parts)))

        try:
            for block in self._blocks():
                while not free:
                    forward() if fetching else settle()
                memory = free.pop()
                fetching.append((block, memory, readers.submit(self._fetch, block, memory)))
                if len(fetching) > READERS:
                    forward()
            while fetching:
                forward()
            while computing:
                settle()
        finally:
            readers.shutdown(wait=True, cancel_futures=True)
            workers.shutdown(wait=True, cancel_futures=True)
        return found

    def _blocks(self) -> Iterator[_Block]:
        for task in self.group.tasks:
            spec = _spec(task)
            for segment in task.segments:
                weights = torch.tensor(self._weights(task, segment), dtype=torch.float64, device=self.device)
                parts = (replace(task.own, start=segment.start), *segment.sources)
                for start in range(0, segment.count, self.settings.block):
                    count = min(self.settings.block, segment.count - start)
                    moved = tuple(replace(part, start=part.start + start) for part in parts)
                    yield _Block(task, spec, moved, count, weights)

    def _weights(self, task: TensorTask, segment: Segment) -> tuple[float, ...]:
        """The kernel's coefficients, rounded as the method rounds them."""
        program = task.program
        if program.method == "slerp":
            return coefficients(program.weights[0], self._whole(segment, program.loaded))
        dtype = DTYPES[_steps(task)]
        rounded = torch.tensor(program.weights or (1.0,), dtype=torch.float32).to(dtype)
        return tuple(rounded.to(torch.float64).tolist())

    def _whole(self, segment: Segment, loaded: str) -> Whole:
        """Elements [start, start + count) of both sources, as float32, for what needs the whole tensor first."""

        def values(start: int, count: int) -> list[torch.Tensor]:
            out = []
            for part in segment.sources:
                moved = replace(part, start=part.start + start)
                raw = self._read(moved, count, None).view(DTYPES[part.tensor.dtype]).to(torch.float32)
                scale = self._scale(moved, count)
                value = raw if scale is None else (raw.to(torch.float64) * scale.cpu()).to(torch.float32)
                out.append(value.to(DTYPES[loaded]).to(torch.float32) if loaded else value)
            return out

        return Whole(segment.count, values)

    def _fetch(self, block: _Block, memory: _Memory) -> list[torch.Tensor]:
        return [
            self._read(part, block.count, memory.of(place, block.size(part)))
            for place, part in enumerate(block.parts)
        ]

    def _read(self, part: Part, count: int, memory: torch.Tensor | None) -> torch.Tensor:
        begin, size = _place(part, count)
        raw = self.reader.read(self._path(part), begin, begin + size, memory)
        with self.lock:
            self.bytes_read += size
        return raw

    def _path(self, part: Part) -> Path:
        return self.settings.folders[part.model] / part.tensor.file

    def _hash(self, block: _Block, part: Part, piece: torch.Tensor) -> Future[None] | None:
        if not self.settings.digests:
            return None
        return self.digests.saw(part.model, part.tensor.file, _place(part, block.count)[0], piece.numpy())

    def _compute(self, block: _Block, pieces: list[torch.Tensor]) -> Statistics:
        stored = [
            piece.to(self.device, non_blocking=True).view(DTYPES[part.tensor.dtype])
            for part, piece in zip(block.parts, pieces, strict=True)
        ]
        scales = [self._scale(part, block.count) for part in block.parts]
        return self.kernels(block.spec, (stored[0], scales[0], stored[1:], scales[1:]), block.weights)

    def _scale(self, part: Part, count: int) -> torch.Tensor | None:
        """Each element's scale, float32 where that is exact, else float64; None where numbers are stored as they are."""
        scale = part.scale
        if scale is None:
            return None
        key = (part.model, scale.tensor.name)
        with self.lock:
            known = self.scales.get(key)
            if known is None and len(self.scales) > MAX_SCALES:
                self.scales.clear()  # those of tensors before: a model has as many as tensors
        if known is None:
            whole = Part(part.model, scale.tensor, 0, None)
            raw = self._read(whole, scale.tensor.elements, None).view(DTYPES[scale.tensor.dtype])
            wide = raw.to(torch.float64) * scale.factor
            narrow = wide.to(torch.float32)
            known = (narrow if bool((narrow == wide).all()) else wide).to(self.device)
            with self.lock:
                self.scales[key] = known
        return expanded(scale, known, part.start, count)


@dataclass(frozen=True, slots=True)
class _Block:
    """Elements of one tensor that are done at once: where they lie in the candidate, then in each source."""

    task: TensorTask
    spec: Spec
    parts: tuple[Part, ...]
    count: int
    weights: torch.Tensor

    def size(self, part: Part) -> int:
        """Bytes of the block in one model."""
        return _place(part, self.count)[1]


class _Memory:
    """Room for one block of every model, kept for the next block; pinned where it is copied to a GPU."""

    def __init__(self, device: torch.device) -> None:
        self._pinned = device.type == "cuda"
        self._room: dict[int, torch.Tensor] = {}

    def of(self, place: int, size: int) -> torch.Tensor:
        room = self._room.get(place)
        if room is None or len(room) < size:
            room = self._room[place] = torch.empty(size, dtype=torch.uint8, pin_memory=self._pinned)
        return room


def _place(part: Part, count: int) -> tuple[int, int]:
    """First byte in the file, and bytes, of a part's `count` elements."""
    width = DTYPES[part.tensor.dtype].itemsize
    return part.tensor.begin + part.start * width, count * width


def _spec(task: TensorTask) -> Spec:
    program, sources = task.program, task.segments[0].sources
    merged = program.merged or sources[0].tensor.dtype
    narrow = task.own.tensor.dtype.startswith("F8")
    if not narrow and program.loaded == "F32":
        merged = "F32"  # rounded once, to whatever the candidate holds
    return Spec(
        candidate=task.own.tensor.dtype,
        sources=tuple(part.tensor.dtype for part in sources),
        scaled=tuple(part.scale is not None for part in (task.own, *sources)),
        method=program.method,
        steps=_steps(task),
        loaded=program.loaded,
        # Stored numbers that have scales are no format to store a merge in.
        merged="" if merged.startswith("F8") else merged,
        divided=program.divided,
    )


def _steps(task: TensorTask) -> str:
    """The format every step is rounded to: the recipe's, or where it names none that of the first source."""
    first = task.segments[0].sources[0]
    stored = first.tensor.dtype if first.scale is None and task.program.method == "delta" else "F32"
    steps = task.program.steps or stored
    return steps if steps in ("BF16", "F16") else "F32"
