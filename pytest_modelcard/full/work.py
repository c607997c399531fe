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
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from .arrays import Arrays
from .blocks import Block, Memory, place_of, spec_of, steps_of
from .digests import Digests
from .kernel import DTYPES
from .kernels import Kernels
from .means import mean
from .plan import Group, Part, Segment, TensorTask
from .reading import Mapping, Reader, Reading
from .scaling import expanded
from .settings import Result, Settings
from .slerp import CHUNK, Whole, coefficients
from .statistics import Statistics
from .thinned import first_difference, ways

#: Blocks held beside those in work, so that hashing and computing seldom wait for each other.
SPARE = 4
#: Tensors whose scales are kept: those of a few tensors in all models.
MAX_SCALES = 64
#: Sums of weights below this are not divided by.
LEAST_DIVISOR = 1e-8


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
        self.notes: list[str] = []
        self.inner = torch.get_num_threads()

    def run(self) -> Result:
        started = time.monotonic()
        torch.set_num_threads(1)  # threads have a block each; more would only get in each other's way
        try:
            tensors = self._tensors()
            digests = self.digests.finish()
        finally:
            torch.set_num_threads(self.inner)
            self.digests.close()
            self.reader.close()
        seconds = time.monotonic() - started
        notes = tuple(dict.fromkeys([*self.kernels.failures, *self.notes]))
        return Result(
            tensors, digests, self.bytes_read, self.digests.reread, seconds, self._device_name(), notes
        )

    def _device_name(self) -> str:
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "cpu"

    def _tensors(self) -> dict[str, Statistics]:
        found: dict[str, Statistics] = {}
        free = [Memory(self.device) for _ in range(self.settings.threads + SPARE)]
        working: deque[tuple[Block, Memory, Future[tuple[Statistics, list[torch.Tensor]]]]] = deque()
        hashing: deque[tuple[Memory, list[Future[None]]]] = deque()
        workers = ThreadPoolExecutor(self.settings.threads, thread_name_prefix="computing")

        def settle() -> None:
            """Add up the oldest block, and hand it to its digests, in order."""
            block, memory, future = working.popleft()
            statistics, pieces = future.result()
            name = block.task.name
            found[name] = found.get(name, Statistics()) + statistics
            hashes = [self._hash(block, part, piece) for part, piece in zip(block.parts, pieces, strict=True)]
            hashing.append((memory, [one for one in hashes if one is not None]))
            if self.progress is not None:
                self.progress(sum(map(block.size, block.parts)))

        def take_back() -> None:
            """The memory of the oldest block that was counted, once it is hashed, too."""
            memory, hashes = hashing.popleft()
            for one in hashes:
                one.result()
            free.append(memory)

        try:
            for block in self._blocks():
                self._expect(block)
                while not free:
                    while working and working[0][2].done():
                        settle()  # so that digests always have what to do
                    take_back() if hashing else settle()
                memory = free.pop()
                working.append((block, memory, workers.submit(self._work, block, memory)))
            while working:
                settle()
            while hashing:
                take_back()
        finally:
            workers.shutdown(wait=True, cancel_futures=True)
        return found

    def _blocks(self) -> Iterator[Block]:
        for task in self.group.tasks:
            spec = spec_of(task)
            for segment in task.segments:
                weights = torch.tensor(self._weights(task, segment), dtype=torch.float64, device=self.device)
                parts = (replace(task.own, start=segment.start), *segment.sources)
                whole = Block(task, spec, parts, segment.count, weights)
                if task.program.method == "sparse":
                    whole = self._thinned(whole, segment)
                elif task.program.method == "mean":
                    whole = replace(whole, ahead=(self._mean(whole, segment),))
                for start in range(0, segment.count, self.settings.block):
                    yield whole.cut(start, self.settings.block)

    def _thinned(self, block: Block, segment: Segment) -> Block:
        """The block with what is kept of every change; of two answers the one that gives more of the candidate's numbers."""
        program = block.task.program
        found = [
            replace(block, ahead=kept)
            for kept in ways(program.thinning, self._whole(segment, program.loaded), block.spec.steps)
        ]
        if len(found) == 1:
            return found[0]
        at = first_difference(*(one.ahead for one in found))
        tried = [one.cut(at, self.settings.block) for one in found]
        pieces = [self._read(part, tried[0].count, None) for part in tried[0].parts]
        here, by_position = (self._compute(one, pieces).equal for one in tried)
        order = (
            "as torch's sort on this processor leaves them" if here >= by_position else "by their positions"
        )
        self.notes.append(f"changes of equal size: those kept were taken {order}")
        return found[0 if here >= by_position else 1]

    def _mean(self, block: Block, segment: Segment) -> torch.Tensor:
        """The prediction for the whole of a tensor."""
        program, whole = block.task.program, self._whole(segment, block.task.program.loaded)
        dtype = DTYPES[block.spec.steps]
        tensors = [torch.empty(segment.count, dtype=dtype) for _ in segment.sources]
        for start in range(0, segment.count, CHUNK):
            values = whole.values(start, min(CHUNK, segment.count - start))
            for tensor, value in zip(tensors, values, strict=True):
                tensor[start : start + CHUNK] = value
        with self._as_merges():
            return mean(program.mean, tensors, program.weights, program.based)

    @contextmanager
    def _as_merges(self) -> Iterator[None]:
        """As many threads as a merge would take here: sums over whole tensors depend on it."""
        try:
            torch.set_num_threads(self.inner)
            yield
        finally:
            torch.set_num_threads(1)

    def _weights(self, task: TensorTask, segment: Segment) -> tuple[float, ...]:
        """The kernel's coefficients, rounded as the method rounds them."""
        program = task.program
        if program.method == "slerp":
            with self._as_merges():
                return coefficients(program.weights[0], self._whole(segment, program.loaded))
        dtype = DTYPES[steps_of(task)]
        rounded = torch.tensor(program.weights or (1.0,), dtype=torch.float32).to(dtype)
        more = []
        if program.method == "sparse":
            if program.divided and not program.signs:
                whole = rounded.sum()
                more.append(float(whole) if abs(whole) >= LEAST_DIVISOR else 1.0)
            if program.times != 1:
                more.append(float(torch.tensor(program.times, dtype=torch.float32)))
        return (*rounded.to(torch.float64).tolist(), *more)

    def _whole(self, segment: Segment, loaded: str) -> Whole:
        """Elements [start, start + count) of all sources, as float32, for what needs the whole tensor first."""

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

    def _expect(self, block: Block) -> None:
        """Have the system begin to read what a block lies in."""
        for part in block.parts:
            begin, size = place_of(part, block.count)
            self.reader.expect(self._path(part), begin, begin + size)

    def _work(self, block: Block, memory: Memory) -> tuple[Statistics, list[torch.Tensor]]:
        """A block's statistics, and its bytes in every model."""
        pieces = [
            self._read(part, block.count, memory.of(place, block.size(part)))
            for place, part in enumerate(block.parts)
        ]
        return self._compute(block, pieces), pieces

    def _read(self, part: Part, count: int, memory: torch.Tensor | None) -> torch.Tensor:
        begin, size = place_of(part, count)
        raw = self.reader.read(self._path(part), begin, begin + size, memory)
        with self.lock:
            self.bytes_read += size
        return raw

    def _path(self, part: Part) -> Path:
        return self.settings.folders[part.model] / part.tensor.file

    def _hash(self, block: Block, part: Part, piece: torch.Tensor) -> Future[None] | None:
        if not self.settings.digests:
            return None
        return self.digests.saw(part.model, part.tensor.file, place_of(part, block.count)[0], piece.numpy())

    def _compute(self, block: Block, pieces: list[torch.Tensor]) -> Statistics:
        stored = [
            piece.to(self.device, non_blocking=True).view(DTYPES[part.tensor.dtype])
            for part, piece in zip(block.parts, pieces, strict=True)
        ]
        scales = [self._scale(part, block.count) for part in block.parts]
        ahead = [one.to(self.device, non_blocking=True) for one in block.ahead]
        return self.kernels(
            block.spec, Arrays(stored[0], scales[0], stored[1:], scales[1:], ahead), block.weights
        )

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
