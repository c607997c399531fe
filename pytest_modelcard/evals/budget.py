"""What the runs of one card have spent, and what is left; shared by the processes of one run."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..evidence import Evidence
    from .options import RunOptions


class Budget:
    """Calls and seconds. With a folder, calls of all processes that were given it count together: each call is one
    byte of a file there, which every system appends to in one piece.
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        folder: Path | None = None,
        card: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.calls, self.seconds = calls, seconds
        self._clock = clock
        self._started: float | None = None
        self._spent = 0
        name = hashlib.sha256(card.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        self._file = folder / f"{name}.calls" if folder is not None else None

    def start(self) -> None:
        """The clock runs from the first claim on."""
        if self._started is None:
            self._started = self._clock()

    def spend(self, calls: int) -> None:
        self._spent += calls
        if self._file is not None and calls:
            handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, b"." * calls)
            finally:
                os.close(handle)

    @property
    def spent(self) -> int:
        if self._file is not None:
            try:
                return self._file.stat().st_size
            except OSError:
                return self._spent
        return self._spent

    @property
    def left(self) -> int:
        return max(self.calls - self.spent, 0)

    def time_up(self) -> bool:
        return self._started is not None and self._clock() - self._started >= self.seconds


def budget_of(evidence: Evidence, options: RunOptions) -> Budget:
    """What one card may cost, shared by all that asks its model."""
    return evidence.compute(
        "calls of models",
        lambda: Budget(
            options.calls, options.seconds, folder=evidence.options.shared, card=evidence.source.label
        ),
    )
