"""A model opened for sampling: its tensors, and ranges of its files, counted and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import CannotTell, CardError
from ..source.base import MAX_JSON_BYTES, Source
from . import names
from .checkpoint import INDEX, Index, parse_index, read_checkpoint, weight_files
from .header import Tensor
from .range_cache import RangeCache, RangeMemory


class Meter:
    """What reading has cost so far; safe to share between threads."""

    def __init__(self) -> None:
        self.requests = 0
        self.bytes_read = 0  #: from the source, not from the cache
        self.bytes_kept = 0  #: of the ranges below, what an earlier run had read
        self.ranges: set[tuple[str, int, int]] = set()  #: (file, start, end) of everything that was used
        self.size = 0  #: bytes of these ranges, wherever they came from: the same in every run
        self._lock = threading.Lock()

    def count(self, file: str, start: int, end: int, *, kept: bool) -> None:
        with self._lock:
            if not kept:
                self.requests += 1
                self.bytes_read += end - start
            if (file, start, end) not in self.ranges:
                self.ranges.add((file, start, end))
                self.size += end - start
                self.bytes_kept += end - start if kept else 0


@dataclass(frozen=True)
class Weights:
    """One model's tensors and bytes. `tied`: whether its output head is its embedding; None: not known."""

    id: str
    revision: str | None
    tensors: Mapping[str, Tensor]
    source: Source
    tied: bool | None = None
    cache: RangeCache | RangeMemory | None = None
    meter: Meter = field(default_factory=Meter)

    def read_range(self, file: str, start: int, end: int) -> bytes:
        """Bytes [start, end) of a file, exactly that many; raises CardError."""
        return _read(self.source, self.cache, self.meter, file, start, end)


def open_weights(
    source: Source,
    *,
    model: str | None = None,
    wanted: Iterable[str] | None = None,
    tied: bool | None = None,
    cache: Path | None = None,
) -> Weights:
    """Read the headers of a model's safetensors files.

    `wanted`: tensor names of another model; where an index tells what lies where, only files that may hold
    their counterparts are opened. `cache`: folder for ranges already read; used where the revision is pinned,
    else they are kept in memory.
    Raises CannotTell where the repository's weights cannot be used, CardError where they cannot be read.
    """
    name = model or source.repo_id or source.label
    entries = {entry.path: entry for entry in source.files()}
    index = _index(source) if INDEX in entries else None
    chosen = weight_files(entries, index)
    if len(chosen) == 1:
        index = None
    if index is not None and wanted is not None:
        groups = {names.group(n) for n in wanted}
        chosen = tuple(sorted({f for n, f in index.weight_map.items() if names.group(n) in groups}))
        if not chosen:
            raise CannotTell(f"{name} has none of the tensors that are to be compared")
    absent = [path for path in chosen if entries[path].pointer]
    if absent:
        raise CannotTell(f"{absent[0]} is only a Git LFS pointer here; run `git lfs pull`")
    kept: RangeCache | RangeMemory = RangeMemory()
    if cache is not None and source.revision:
        kept = RangeCache(cache, f"{getattr(source, 'origin', '')}/{source.repo_id or name}", source.revision)
    meter = Meter()
    found = read_checkpoint(
        {path: entries[path].size for path in chosen},
        lambda file, start, end: _read(source, kept, meter, file, start, end),
        index,
    )
    return Weights(name, source.revision, {t.name: t for t in found.tensors}, source, tied, kept, meter)


def _index(source: Source) -> Index:
    raw = source.read(INDEX, limit=MAX_JSON_BYTES)
    try:
        return parse_index(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CardError(f"{INDEX} is not UTF-8 text (byte {error.start})", "bad-data") from error


def _read(
    source: Source, cache: RangeCache | RangeMemory | None, meter: Meter, file: str, start: int, end: int
) -> bytes:
    raw = cache.get(file, start, end) if cache is not None else None
    if raw is None:
        raw = source.read_range(file, start, end)
        if len(raw) != end - start:
            raise CardError(f"{source.label}: {file} ends before byte {end}", "bad-data")
        meter.count(file, start, end, kept=False)
        if cache is not None:
            cache.put(file, start, end, raw)
    else:
        meter.count(file, start, end, kept=True)
    return raw
