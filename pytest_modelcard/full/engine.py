"""Who does the groups: one map, group -> result, in any order and anywhere. What comes out simply adds up."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .plan import Group
    from .settings import Result, Settings

Progress = Callable[[int], None]


class Engine(Protocol):
    """Runs groups. `name` is told in the certificate."""

    name: str

    def map(
        self, groups: Sequence[Group], settings: Settings, progress: Progress | None
    ) -> Iterator[tuple[Group, Result]]:
        """Each group with its result, as they come. Raises what the work raises; `progress` hears of bytes done."""


class LocalEngine:
    """This machine: a few groups at once (one for each GPU, else one), each with its own threads."""

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers

    def map(
        self, groups: Sequence[Group], settings: Settings, progress: Progress | None
    ) -> Iterator[tuple[Group, Result]]:
        from .kernels import Kernels
        from .work import work

        devices = _devices(settings.device)
        workers = min(len(groups), self._workers or len(devices))
        todo: queue.SimpleQueue[Group] = queue.SimpleQueue()
        for group in groups:
            todo.put(group)
        done: queue.SimpleQueue[tuple[Group, Result] | BaseException] = queue.SimpleQueue()
        stop = threading.Event()

        def run(device: str) -> None:
            from dataclasses import replace

            mine, kernels = replace(settings, device=device), Kernels(settings.compiled)
            while not stop.is_set():
                try:
                    group = todo.get_nowait()
                except queue.Empty:
                    return
                try:
                    done.put((group, work(group, mine, kernels, progress=progress)))
                except BaseException as error:
                    done.put(error)
                    return

        threads = [
            threading.Thread(target=run, args=(devices[n % len(devices)],), daemon=True)
            for n in range(workers)
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in groups:
                found = done.get()
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            stop.set()


def _devices(wanted: str) -> list[str]:
    """All GPUs where "cuda" is asked for without a number."""
    if wanted != "cuda":
        return [wanted]
    import torch

    return [f"cuda:{n}" for n in range(max(1, torch.cuda.device_count()))]
