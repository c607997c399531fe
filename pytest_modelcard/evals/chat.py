"""The engine for local tasks: items of a file, asked of a chat endpoint, read and scored here."""

from __future__ import annotations

import importlib.metadata
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import CannotTell
from .address import base_url, key_for
from .endpoint import Endpoint, Lost, Patience, Reply
from .engine import MAX_KEPT, Description, ItemResult, Target
from .pool import Loop, Pool
from .sequential import Outcome
from .served import served_name
from .settings import Settings
from .tasks.items import Item, Items, read_items
from .tasks.prompt import messages
from .tasks.scorers import read, right
from .tasks.spec import Task

#: Requests refused one after the other, none answered: then the request itself is wrong, not the item.
REFUSED = 5
#: Answers of which so many are one letter depend on no question, where the keys of these items do not repeat as much.
SAME, SAME_LEAST, KEYS_SAME = 0.9, 8, 0.6


@dataclass(frozen=True, slots=True)
class Loaded:
    """A task's items, and the examples that are shown before each."""

    items: Items
    examples: tuple[Item, ...] = ()
    examples_sha256: str = ""


def load(task: Task, settings: Settings) -> Loaded:
    """Raises CannotTell where a file cannot be used."""
    if task.file is None:
        raise CannotTell(f"{task.where}: no file of items")
    items = read_items(task.file, task)
    if not settings.shots:
        return Loaded(items)
    if task.examples is None:
        raise CannotTell(f"{task.where}: no file of examples")
    examples = read_items(task.examples, task)
    if len(examples) < settings.shots:
        raise CannotTell(
            f"{task.examples.name} holds {len(examples)} examples where {settings.shots} are to be shown"
        )
    return Loaded(items, examples.items[: settings.shots], examples.sha256)


class ChatEngine:
    """One task asked of one endpoint. Close it, or use it as a context manager."""

    name = "chat"

    def __init__(
        self,
        task: Task,
        target: Target,
        settings: Settings,
        *,
        concurrency: int = 16,
        key_variable: str | None = None,
        use_key: bool = True,
        patience: Patience | None = None,
        time_up: Callable[[], bool] = lambda: False,
    ) -> None:
        if target.url is None:
            raise CannotTell(f"no endpoint is named for {target.id}")
        url = base_url(target.url)
        self.task, self.target, self.settings = task, target, settings
        key = key_for(url, key_variable) if use_key else None
        self.endpoint = Endpoint(url, key=key, patience=patience)
        self._concurrency = concurrency
        self._time_up = time_up
        self._loaded: Loaded | None = None
        self._model: str | None = None
        self._loop: Loop | None = None
        self._answered = self._refused = 0

    def __enter__(self) -> ChatEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._loop is not None:
            self._loop.close(self.endpoint.close)
            self._loop = None

    # --- the items

    def loaded(self) -> Loaded:
        if self._loaded is None:
            self._loaded = load(self.task, self.settings)
        return self._loaded

    def items(self) -> int:
        return len(self.loaded().items)

    # --- the model

    def model(self) -> str:
        """The name to ask for: as given, else the only one served. Raises CannotTell where that is not clear."""
        if self._model is None:
            self._model = served_name(self._open(), self.endpoint, self.target)
        return self._model

    def _open(self) -> Loop:
        if self._loop is None:
            self._loop = Loop("modelcard-endpoint")
        return self._loop

    # --- running

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        self.loaded()
        self.model()
        pool = Pool(self._open(), self._ask, self._concurrency, time_up=self._time_up)
        return pool.results(indices)

    async def _ask(self, index: int) -> ItemResult:
        loaded, started = self.loaded(), time.monotonic()
        item = loaded.items.items[index]
        asked = messages(self.task, item, loaded.examples)
        replies: list[Reply] = []
        lost: list[Lost] = []
        for _ in range(self.settings.draws):
            try:
                replies.append(await self.endpoint.chat(self.model(), asked, self.settings.request))
                self._answered += 1
            except Lost as error:
                lost.append(error)
                self._count_refusal(error)
        found, outcome, met = self._scored(item, replies, len(lost))
        tries = sum(r.tries for r in replies) + sum(e.tries for e in lost)
        return ItemResult(
            index=index,
            outcome=outcome,
            calls=tries,
            retries=tries - self.settings.draws,
            prompt_tokens=sum(r.prompt_tokens for r in replies),
            completion_tokens=sum(r.completion_tokens for r in replies),
            seconds=time.monotonic() - started,
            answers=tuple(_cut(r.text) for r in replies),
            read=tuple(found),
            truncated=sum(r.cut_off for r in replies),
            error=str(lost[-1]) if lost else met,
        )

    def _scored(
        self, item: Item, replies: Sequence[Reply], missing: int
    ) -> tuple[list[str | None], Outcome, str]:
        """What was read, what came of it, and what the scorer met: one that fails says nothing of the answers."""
        try:
            found = [read(self.task, item, r.text, cut_off=r.cut_off) for r in replies]
            return found, self._outcome(item, found, missing), ""
        except Exception as error:
            nothing: list[str | None] = [None] * len(replies)
            said = " ".join(str(error).split())[:200]
            return (
                nothing,
                Outcome.of_draws(0, 0, len(replies), missing),
                f"the scorer failed: {type(error).__name__}: {said}",
            )

    def _count_refusal(self, error: Lost) -> None:
        self._refused += error.refused
        if error.refused and self._refused >= REFUSED and not self._answered:
            raise CannotTell(f"{self.endpoint.host} refuses every request: {error}")

    def _outcome(self, item: Item, found: list[str | None], missing: int) -> Outcome:
        good = sum(f is not None and right(self.task, item, f) for f in found)
        unread = sum(f is None for f in found)
        wrong = len(found) - good - unread
        if self.settings.combine == "any":
            if good:
                return Outcome.right()
            return Outcome.not_had() if missing else Outcome.not_parsed() if unread else Outcome.wrong()
        return Outcome.of_draws(good, wrong, unread, missing)

    def doubt(self, said: Sequence[tuple[int, str]]) -> str:
        """Why these answers (item, what was read) say nothing of the model, "" where they do.

        A model that gives one letter whatever it is asked was not reached by the question: prompt and chat template
        do not fit, or it answers no such prompts. That is no score.
        """
        if self.task.scorer != "choice" or len(said) < SAME_LEAST:
            return ""
        items = self.loaded().items.items
        letter, times = Counter(found for _, found in said).most_common(1)[0]
        common_key = Counter(items[index].key for index, _ in said).most_common(1)[0][1]
        if times < SAME * len(said) or common_key > KEYS_SAME * len(said):
            return ""
        return (
            f"{times} of {len(said)} answers are {letter}, whatever the question was: the prompt does not reach the model as "
            "it should, or the model answers no such prompts; mend the task's prompt, or use an engine that compares the "
            "choices' probabilities (lm-eval)"
        )

    def describe(self) -> Description:
        loaded, settings = self.loaded(), self.settings
        return Description(
            engine=self.name,
            version=importlib.metadata.version("pytest-modelcard"),
            task=self.task.benchmark,
            dataset=" ".join(
                filter(None, (self.task.file.name if self.task.file else "", self.task.revision))
            ),
            revision=f"sha256:{loaded.items.sha256}",
            model=self.model(),
            settings={
                "prompt": self.task.prompt or f"built-in {self.task.scorer}",
                "system": self.task.system,
                "scorer": self.task.scorer,
                "pattern": self.task.pattern,
                "fields": [self.task.question, self.task.choices, self.task.answer],
                "shots": settings.shots,
                "examples": loaded.examples_sha256,
                "draws": settings.draws,
                "combine": settings.combine,
                **{f"request.{k}": v for k, v in sorted(settings.request.items())},
            },
        )


def _cut(text: str) -> str:
    """An answer as it is kept: of one too long the end, where its result stands."""
    return text if len(text) <= MAX_KEPT else f"…{text[1 - MAX_KEPT :]}"
