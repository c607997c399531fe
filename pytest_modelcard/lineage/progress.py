"""A line now and then while weights are read for long, so that nobody thinks the run hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Seconds before the first line and between two: a run that is done sooner says nothing.
EVERY = 10.0


class Progress:
    """Tells how far a search is; safe to call from several threads, and at no cost where nobody listens."""

    def __init__(
        self, tell: Callable[[str], None] | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell, self._clock = tell, clock
        self._last = clock()
        self._lock = threading.Lock()

    def say(self, line: str) -> None:
        """Pass the line on unless the last one was a moment ago."""
        if self._tell is None:
            return
        with self._lock:
            now = self._clock()
            if now - self._last < EVERY:
                return
            self._last = now
        self._tell(line)

    def reading(self, what: str) -> Callable[[int, int, int], None]:
        """The callback for `read_samples`: (ranges done, ranges in all, bytes)."""
        return lambda done, total, size: self.say(
            f"{what}: {done:,} of {total:,} ranges, {size / 1e6:.1f} MB"
        )
