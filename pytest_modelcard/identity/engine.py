"""The probe's questions put to an endpoint: an engine as benchmarks have it, whose items have no right answer."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import CannotTell
from ..evals.address import base_url, key_for
from ..evals.endpoint import Endpoint, Lost, Patience, Reply
from ..evals.engine import MAX_KEPT, Description, ItemResult, Target
from ..evals.options import Place
from ..evals.pool import Loop, Pool
from ..evals.sequential import Outcome
from ..evals.served import served_name
from .questions import FILE, Questions
from .system import System
from .text import thought_ended, visible

#: Of the most likely answer, which a repetition gives again. A model that thinks longer is asked once more, with room
#: and as its server samples: thoughts without sampling run in circles.
SHORT: Mapping[str, Any] = {"temperature": 0, "max_tokens": 256}
LONG: Mapping[str, Any] = {"max_tokens": 4096}
#: Requests refused one after the other, none answered: then the request itself is wrong.
REFUSED = 5


@dataclass(frozen=True, slots=True)
class _Got:
    """What came of one question's requests."""

    replies: tuple[Reply, ...]
    lost: Lost | None = None


class IdentityEngine:
    """All questions asked of one endpoint. Close it, or use it as a context manager."""

    name = "chat"

    def __init__(
        self,
        target: Target,
        place: Place,
        system: System,
        questions: Questions,
        *,
        concurrency: int = 16,
        patience: Patience | None = None,
        time_up: Callable[[], bool] = lambda: False,
    ) -> None:
        url = base_url(place.url)
        self.target, self.system, self.questions = target, system, questions
        self.endpoint = Endpoint(url, key=key_for(url, place.key_variable), patience=patience)
        self.sent = system.sent  #: with every question
        self._concurrency, self._time_up = concurrency, time_up
        self._model: str | None = None
        self._loop: Loop | None = None
        self._thinks = system.thinks
        self._answered = self._refused = 0

    def __enter__(self) -> IdentityEngine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.close(self.endpoint.close)
            self._loop = None

    def _open(self) -> Loop:
        if self._loop is None:
            self._loop = Loop("modelcard-identity")
        return self._loop

    def items(self) -> int:
        return len(self.questions.all)

    def model(self) -> str:
        """The name to ask for. Raises CannotTell where it is not clear."""
        if self._model is None:
            self._model = served_name(self._open(), self.endpoint, self.target)
        return self._model

    def settle(self) -> int:
        """Find out whether the endpoint takes a system message, where one may be left out; calls that it took."""
        if not self.system.optional or self.sent is None:
            return 0
        asked = self._messages(self.questions.all[0].text)
        try:
            reply = self._open().call(self.endpoint.chat(self.model(), asked, {**SHORT, "max_tokens": 1}))
        except Lost as error:
            if error.refused:
                self.sent = None
            return error.tries
        return reply.tries

    def describe(self) -> Description:
        return Description(
            engine=self.name,
            version=importlib.metadata.version("pytest-modelcard"),
            task="identity",
            dataset=FILE.name,
            revision=f"sha256:{self.questions.sha256}",
            model=self.model(),
            settings={
                "system": self.sent,
                **{f"request.{k}": v for k, v in SHORT.items()},
                **{f"again.{k}": v for k, v in LONG.items()},
            },
        )

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        self.model()
        return Pool(self._open(), self._ask, self._concurrency, time_up=self._time_up).results(indices)

    def _messages(self, question: str) -> list[dict[str, str]]:
        system = [] if self.sent is None else [{"role": "system", "content": self.sent}]
        return [*system, {"role": "user", "content": question}]

    async def _ask(self, index: int) -> ItemResult:
        started = time.monotonic()
        got = await self._exchange(self._messages(self.questions.all[index].text))
        last = got.replies[-1] if got.replies else None
        said = self._said(last) if last else ""
        lost = got.lost if not said else None
        tries = sum(r.tries for r in got.replies) + (got.lost.tries if got.lost else 0)
        return ItemResult(
            index=index,
            outcome=Outcome.not_had() if lost else Outcome.right() if said else Outcome.not_parsed(),
            calls=tries,
            retries=tries - len(got.replies) - (got.lost is not None),
            prompt_tokens=sum(r.prompt_tokens for r in got.replies),
            completion_tokens=sum(r.completion_tokens for r in got.replies),
            seconds=time.monotonic() - started,
            answers=(last.text[:MAX_KEPT],) if last else (),
            read=(said or None,) if last else (),
            truncated=int(last.cut_off) if last else 0,
            error=str(lost) if lost else "",
        )

    async def _exchange(self, asked: list[dict[str, str]]) -> _Got:
        replies: list[Reply] = []
        for settings in (SHORT, LONG):
            try:
                replies.append(await self.endpoint.chat(self.model(), asked, settings))
            except Lost as error:
                self._count(error)
                return _Got(tuple(replies), error)
            self._answered += 1
            self._thinks |= thought_ended(replies[-1].text)
            if self._said(replies[-1]) or not replies[-1].cut_off:
                break
        return _Got(tuple(replies))

    def _said(self, reply: Reply) -> str:
        """The visible answer. Of a model that thinks, words that broke off before the thoughts' end are thoughts, also
        where their beginning stood in the prompt."""
        broke_off = reply.cut_off and self._thinks and not thought_ended(reply.text)
        return "" if broke_off else visible(reply.text)

    def _count(self, error: Lost) -> None:
        self._refused += error.refused
        if error.refused and self._refused >= REFUSED and not self._answered:
            raise CannotTell(f"{self.endpoint.host} refuses every request: {error}")
