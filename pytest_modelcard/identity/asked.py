"""The questions asked of one card's model, once a run: within its budget, kept in the store, told to other processes."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from ..errors import CannotTell
from ..evals.budget import Budget, budget_of
from ..evals.build import target_of
from ..evals.engine import ItemResult
from ..evals.feed import Feed
from ..evals.options import RunOptions
from ..evals.store import KeptEngine, Store
from ..lineage.progress import Progress
from ..lineage.shared import once_text
from .engine import LONG, SHORT, IdentityEngine
from .questions import questions
from .system import system_of

if TYPE_CHECKING:
    from ..evidence import Evidence


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and answered; plain, so that processes can hand it over as JSON."""

    model: str  #: as served
    where: str
    version: str  #: of this package
    seed: str
    sent: str | None  #: the system message of every question
    answers: dict[int, str | None]  #: by question: what it says; None: nothing that can be read
    lost: dict[int, str]  #: by question: why no answer was had
    calls: int = 0
    retries: int = 0
    reused: int = 0  #: answers kept from an earlier run
    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: int = 0
    seconds: float = 0.0
    stopped: str = ""  #: why not all questions were asked
    added: int = 0  #: tokens at least that the endpoint put to every question beside what was sent
    store: str | None = None
    settings: dict[str, object] = field(default_factory=dict)


def asked_of(evidence: Evidence) -> Asked:
    """Raises CannotTell where nothing can be asked."""
    options = evidence.options.identity
    if options is None:
        raise CannotTell("no identity probe was asked for (--modelcard-identity)")
    shared = evidence.options.shared
    if shared is None:
        return _ask(evidence, options)

    def make() -> str:
        try:
            return json.dumps({"asked": asdict(_ask(evidence, options))})
        except CannotTell as reason:
            return json.dumps({"cannot": str(reason)})

    told = json.loads(once_text(shared, f"identity of {evidence.source.label}", make))
    if "cannot" in told:
        raise CannotTell(told["cannot"])
    data = told["asked"]
    for key in ("answers", "lost"):
        data[key] = {int(k): v for k, v in data[key].items()}
    return Asked(**data)


def _ask(evidence: Evidence, options: RunOptions) -> Asked:
    if options.place is None:
        local = (
            " (a local folder is not asked: serve it first, with vLLM or llama.cpp)" if options.model else ""
        )
        raise CannotTell(
            "the identity probe needs an endpoint that serves the model: give --modelcard-endpoint=URL, an "
            f"OpenAI-compatible server{local}"
        )
    target, place = target_of(options, evidence.source.repo_id or evidence.card.name or "the model", None)
    assert place is not None
    budget, all_questions, started = budget_of(evidence, options), questions(), time.monotonic()
    budget.start()
    if not budget.left or budget.time_up():
        raise CannotTell(
            "the identity probe was not run: the calls or seconds allowed went to benchmark runs"
        )
    with IdentityEngine(
        target,
        place,
        system_of(evidence),
        all_questions,
        concurrency=options.concurrency,
        time_up=budget.time_up,
    ) as engine:
        first = engine.settle()
        budget.spend(first)
        described = engine.describe()
        kept = None
        if options.store is not None:
            kept = KeptEngine(engine, Store(options.store, max_age=options.store_age), target.where)
        seed = f"identity@{described.revision}:{options.seed}"
        feed, results, trouble = _run(
            kept or engine, all_questions.order(seed), budget, Progress(evidence.tell)
        )
        return Asked(
            model=described.model,
            where=target.where,
            version=described.version,
            seed=seed,
            sent=engine.sent,
            answers={r.index: r.read[0] if r.read else None for r in results if not r.outcome.missing},
            lost={r.index: r.error for r in results if r.outcome.missing},
            calls=feed.calls + first,
            retries=feed.retries,
            reused=kept.reused if kept else 0,
            prompt_tokens=feed.prompt_tokens,
            completion_tokens=feed.completion_tokens,
            truncated=feed.truncated,
            seconds=time.monotonic() - started,
            stopped=trouble or feed.out_of,
            added=_added(results, all_questions.all, engine.sent or ""),
            store=options.store.name if options.store else None,
            settings={**SHORT, "again": {**LONG}},
        )


def _run(
    engine: IdentityEngine | KeptEngine, todo: list[int], budget: Budget, progress: Progress
) -> tuple[Feed, list[ItemResult], str]:
    feed = Feed(todo, budget, 1, lambda: False)
    results: list[ItemResult] = []
    try:
        for result in engine.run(feed):
            feed.take(result)
            results.append(result)
            progress.say(f"identity: {len(results)} of {len(todo)} questions, {feed.calls} calls")
    except CannotTell as error:
        if all(result.outcome.missing for result in results):
            raise
        return feed, results, str(error)
    return feed, results, ""


def _added(results: list[ItemResult], all_questions: tuple[object, ...], sent: str) -> int:
    """Tokens beyond one a byte of what was sent: what a server's own prompt adds to every question, at least."""
    beyond = [
        r.prompt_tokens - len(getattr(all_questions[r.index], "text", "").encode()) - len(sent.encode())
        for r in results
        if r.prompt_tokens and r.calls == 1
    ]
    return max(min(beyond), 0) if beyond else 0
