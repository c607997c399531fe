"""Generative tasks of inspect-ai and inspect-evals, item by item in our order (extra `inspect`).

inspect-ai can take its samples from code while it runs (`SampleSource`): a sample that is done asks for the next, so
that a run goes on at full width and ends when the verdict stands. It runs in a thread of its own and hands every
result over to the thread that iterates, which alone decides what is asked next.
"""

from __future__ import annotations

import asyncio
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from itertools import islice
from typing import Any

from ...errors import CannotTell
from ..engine import Description, ItemResult, Target
from ..harnesses import completed
from ..pool import AHEAD, LOOK, Loop
from ..tasks import Task
from .inspect_outcome import item_result
from .inspect_task import Loaded, load, one_line, plain_name

#: Tries of one request, and seconds for one; inspect-ai waits longer before each further try.
TRIES, ANSWER_SECONDS = 6, 600
#: Items that fail, none having come: then it is not the items.
HOPELESS = 5
#: Keys of a request that inspect-ai has names for.
NAMED = frozenset(
    {"temperature", "top_p", "top_k", "max_tokens", "seed", "frequency_penalty", "presence_penalty"}
)
#: inspect-ai runs one evaluation at a time in a process.
_ONE = threading.Lock()


class InspectEngine:
    """One task of inspect-ai asked of one endpoint.

    `task.options`: `task` ("inspect_evals/gsm8k", "hf/org/data", "file.py@name"), `args` of it, `scorer` whose
    score counts, `part` of a score with several values, `shots` (the argument that takes the shots).
    """

    name = "inspect-ai"

    def __init__(
        self,
        task: Task,
        target: Target,
        *,
        key: str | None = None,
        at_once: int = 8,
        settings: Mapping[str, Any] | None = None,
        time_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """settings: keys of the request (temperature, max_tokens, chat_template_kwargs, ...), in place of the task's."""
        if target.url is None:
            raise CannotTell("inspect-ai asks an endpoint: give --modelcard-endpoint")
        task = completed(task)
        self._task, self._target, self._key = task, target, key
        self._at_once, self._time_up, self._task_name = max(1, at_once), time_up, str(task.options["task"])
        self._settings = _generation(settings if settings is not None else _request(task))
        self._loaded: Loaded | None = None

    # --- the interface

    def items(self) -> int:
        return len(self._load().samples)

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        self._load()
        if not _ONE.acquire(blocking=False):
            raise CannotTell(
                "inspect-ai runs one evaluation at a time in a process: use pytest -n for several"
            )
        loop = Loop("inspect-ai")
        folder = tempfile.mkdtemp(prefix="modelcard-inspect-")
        try:
            yield from self._results(iter(indices), loop, folder)
        finally:
            loop.close()
            shutil.rmtree(folder, ignore_errors=True)
            _ONE.release()

    def describe(self) -> Description:
        loaded = self._load()
        versions = f"inspect-ai {_version('inspect-ai')}"
        if self._task_name.startswith("inspect_evals/"):
            versions += f", inspect-evals {_version('inspect-evals')}"
        config = loaded.task.config.model_dump(exclude_none=True) if loaded.task.config else {}
        plain = {k: v for k, v in config.items() if isinstance(v, (bool, int, float, str))}
        settings = {
            **plain,
            **self._settings,
            "draws": self._draws(),
            "args": self._arguments(),
        }
        return Description(
            engine=self.name,
            version=versions,
            task=plain_name(self._task_name),
            dataset=loaded.dataset,
            revision=self._task.revision or loaded.revision,
            model=self._served(),
            settings=settings,
        )

    # --- one run

    def _results(self, left: Iterator[int], loop: Loop, folder: str) -> Iterator[ItemResult]:
        """Starts samples as there is room and yields what comes of them.

        Not much more is started beyond the oldest that is under way: results are counted in the order of dispatch, so
        that what is far ahead of a slow one might be asked for nothing.
        """
        seed = list(islice(left, self._at_once))
        if not seed:
            return
        done: queue.SimpleQueue[tuple[str, Any, Any]] = queue.SimpleQueue()
        under_way = dict.fromkeys(seed)
        positions = {index: n for n, index in enumerate(seed)}
        started, more, failed, came = len(seed), True, 0, False
        future = asyncio.run_coroutine_threadsafe(self._evaluate(seed, done, folder), loop.loop)
        future.add_done_callback(lambda ended: done.put(("ended", ended, None)))
        while True:
            try:
                kind, what, answer = done.get(timeout=LOOK)
            except queue.Empty:
                if self._time_up():
                    return
                continue
            if kind == "ended":
                self._check(what, under_way)
                return
            index, samples = what
            del under_way[index]
            result = item_result(index, samples, self._option("scorer"), self._option("part"))
            came |= not result.outcome.missing
            failed += not came
            yield result
            if failed >= HOPELESS and not came:
                raise CannotTell(f"inspect-ai gets no answer for {self._task_name}: {result.error}")
            follow = []
            while more and len(under_way) < self._at_once:
                oldest = positions[next(iter(under_way))] if under_way else started
                if started >= oldest + AHEAD * self._at_once:
                    break
                index = next(left, None)
                if index is None:
                    more = False
                    break
                positions[index], under_way[index] = started, None
                started += 1
                follow.append(index)
            loop.loop.call_soon_threadsafe(_set, answer, [self._sample(i) for i in follow])

    async def _evaluate(self, seed: list[int], done: queue.SimpleQueue[Any], folder: str) -> Any:
        import inspect_ai
        from inspect_ai.util._display import init_display_type

        draws, sample = self._draws(), self._sample
        waiting: dict[int, list[Any]] = {}

        class Feed(inspect_ai.SampleSource):  # type: ignore[misc,unused-ignore]
            def initial_samples(self) -> list[Any]:
                return [sample(index) for index in seed]

            async def sample_complete(self, sample: Any) -> list[Any] | None:
                index = int(sample.id)
                seen = waiting.setdefault(index, [])
                seen.append(sample)
                if len(seen) < draws:
                    return None
                answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
                done.put(("sample", (index, waiting.pop(index)), answer))
                return await answer or None

        init_display_type("none")
        logs = await inspect_ai.eval_async(
            inspect_ai.task_with(
                self._load().task, dataset=Feed(), epochs=inspect_ai.Epochs(draws), early_stopping=None
            ),
            model=self._model(),
            log_dir=folder,
            fail_on_error=False,
            retry_on_error=1,
            max_samples=self._at_once,
            max_connections=self._at_once,
            max_retries=TRIES,
            timeout=ANSWER_SECONDS,
            log_level="error",
            log_realtime=False,
            score_display=False,
            ctl_server=False,
            acp_server=False,
            **self._settings,
        )
        return logs[0]

    def _check(self, ended: Any, under_way: Mapping[int, Any]) -> None:
        """Raises where an evaluation ended before all that was asked had come."""
        if ended.cancelled():
            raise CannotTell("inspect-ai was stopped")
        error = ended.exception()
        if error is not None:
            raise CannotTell(f"inspect-ai stopped: {one_line(error)}") from error
        log = ended.result()
        if log.status != "success" or under_way:
            message = log.error.message if log.error else f"{len(under_way)} samples did not come back"
            raise CannotTell(f"inspect-ai stopped: {one_line(message)}")

    # --- the task and its samples

    def _load(self) -> Loaded:
        if self._loaded is None:
            self._loaded = load(self._task_name, self._arguments())
        return self._loaded

    def _arguments(self) -> dict[str, Any]:
        arguments = dict(self._task.options.get("args") or {})
        shots = self._option("shots")
        if shots and self._task.shots is not None:
            arguments[shots] = self._task.shots
        return arguments

    def _draws(self) -> int:
        return self._task.draws or 1

    def _option(self, name: str) -> str | None:
        value = self._task.options.get(name)
        return str(value) if value is not None else None

    def _sample(self, index: int) -> Any:
        return self._load().samples[index].model_copy(deep=True, update={"id": str(index)})

    def _served(self) -> str:
        return self._target.served or self._target.id

    def _model(self) -> Any:
        from inspect_ai.model import get_model

        # local servers want no key, the client wants a text
        return get_model(
            f"openai-api/modelcard/{self._served()}",
            base_url=self._target.url,
            api_key=self._key or "none",
            memoize=False,
        )


def _request(task: Task) -> dict[str, Any]:
    """Keys of the request as the task gives them."""
    own = {"temperature": task.temperature, "top_p": task.top_p, "max_tokens": task.max_tokens}
    request = {**task.extra, **{k: v for k, v in own.items() if v is not None}}
    if task.thinking is not None:
        request.setdefault("chat_template_kwargs", {"enable_thinking": task.thinking})
    return request


def _generation(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request as arguments of inspect-ai, which has names for some keys; the others go into its body."""
    named = {k: v for k, v in request.items() if k in NAMED}
    body = {k: v for k, v in request.items() if k not in NAMED}
    return {**named, "extra_body": body} if body else named


def _set(answer: asyncio.Future[list[Any]], samples: list[Any]) -> None:
    if not answer.done():
        answer.set_result(samples)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"
