"""Many small ranges of several models, read by a few threads; what fails does not spoil the rest."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..errors import CardError
from .opened import Weights

#: Threads of each round, and the pause before it: what a busy server refused is asked for again, more slowly.
ROUNDS = ((16, 0.0), (4, 1.0), (1, 4.0))
#: Neighbours closer than this are read at once: cheaper than another request.
GAP_BYTES = 2_048
MAX_SPAN_BYTES = 1 << 20
#: So many failures of one model, with nothing read in between, end a round for it.
FAILURES = 8

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Bytes [start, end) of a file of a model."""

    model: str
    file: str
    start: int
    end: int


@dataclass
class Fetched:
    """What was read, and why the rest was not."""

    spans: Mapping[tuple[str, str], list[Range]]
    raw: dict[Range, bytes] = field(default_factory=dict)
    failed: dict[Range, CardError] = field(default_factory=dict)

    def bytes_of(self, wanted: Range) -> bytes:
        """The bytes of a range that was asked for; raises CardError where they could not be read."""
        spans = self.spans[wanted.model, wanted.file]
        span = spans[bisect_right(spans, wanted.start, key=lambda s: s.start) - 1]
        if span not in self.raw:
            raise self.failed.get(span) or CardError("not read")
        return self.raw[span][wanted.start - span.start : wanted.end - span.start]


def coalesce(ranges: Iterable[Range], gap: int = GAP_BYTES) -> list[Range]:
    """Ranges merged where they overlap or lie at most `gap` bytes apart; sorted."""
    out: list[Range] = []
    for one in sorted(ranges):
        last = out[-1] if out else None
        if last is not None and (last.model, last.file) == (one.model, one.file):
            end = max(last.end, one.end)
            near = one.start <= last.end + gap and end - last.start <= MAX_SPAN_BYTES
            if one.start < last.end or near:  # overlapping ones always, so that a lookup has one answer
                out[-1] = Range(last.model, last.file, last.start, end)
                continue
        out.append(one)
    return out


def fetch(
    models: Mapping[str, Weights],
    spans: Sequence[Range],
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Read coalesced spans; `progress(done, total, bytes)` is called from several threads, one at a time."""
    by_file: dict[tuple[str, str], list[Range]] = {}
    for span in spans:
        by_file.setdefault((span.model, span.file), []).append(span)
    out = Fetched(by_file)
    pending = _mixed(spans)
    for threads, pause in ROUNDS:
        if not pending:
            break
        if pause:
            sleep(pause)
        _Round(models, out, len(spans), progress).run(pending, threads)
        pending = [s for s in pending if s in out.failed and out.failed[s].reason in ("network", "busy")]
    return out


def _mixed(spans: Sequence[Range]) -> list[Range]:
    """The models in turn, so that an interruption leaves all of them equally far."""
    queues: dict[str, list[Range]] = {}
    for span in spans:
        queues.setdefault(span.model, []).append(span)
    longest = max(map(len, queues.values()), default=0)
    return [queue[n] for n in range(longest) for queue in queues.values() if n < len(queue)]


class _Round:
    """One pass over what is still to be read."""

    def __init__(
        self, models: Mapping[str, Weights], out: Fetched, total: int, progress: Progress | None
    ) -> None:
        self.models, self.out, self.total, self.progress = models, out, total, progress
        self.in_a_row: dict[str, int] = {}
        self.last: dict[str, CardError] = {}
        self.read = sum(map(len, out.raw.values()))
        self.lock = threading.Lock()

    def run(self, pending: Sequence[Range], threads: int) -> None:
        pool = ThreadPoolExecutor(threads, thread_name_prefix="ranges")
        try:
            for future in [pool.submit(self.one, span) for span in pending]:
                future.result()
        finally:
            # on Ctrl-C what has not begun is not read
            pool.shutdown(wait=True, cancel_futures=True)

    def one(self, span: Range) -> None:
        with self.lock:
            if self.in_a_row.get(span.model, 0) >= FAILURES:
                self.out.failed[span] = self.last[span.model]
                return
        try:
            raw = self.models[span.model].read_range(span.file, span.start, span.end)
        except CardError as error:
            self.failed(span, error)
            return
        with self.lock:
            self.in_a_row[span.model] = 0
            self.out.failed.pop(span, None)
            self.out.raw[span] = raw
            self.read += len(raw)
            if self.progress is not None:
                self.progress(len(self.out.raw), self.total, self.read)

    def failed(self, span: Range, error: CardError) -> None:
        with self.lock:
            self.out.failed[span] = self.last[span.model] = error
            self.in_a_row[span.model] = self.in_a_row.get(span.model, 0) + 1
