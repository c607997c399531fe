"""Which claims of a card runs can speak of, and which first: the largest claimed gain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..card.benchmark_names import key as benchmark_key
from ..card.benchmarks import Registry
from ..card.names import key as name_key
from ..card.names import split_mode
from ..card.records import Card
from ..card.slugs import slug
from ..card.vocabulary import SCORE
from ..lineage.suspects import declared_bases
from ..model import Claim
from .options import RunOptions
from .tasks.spec import Task

#: score: this model's; other: another model's score, which the card may understate; difference: own less base.
Kind = Literal["score", "difference", "other"]
#: Rules by kind: a claim's test is RULE[key].
RULE_OF: dict[Kind, str] = {"score": "MC401", "difference": "MC402", "other": "MC403"}
MAX_CLAIMS = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One claim that a run may test. base: the other model's score of a difference. model: the other model's id."""

    kind: Kind
    key: str
    claim: Claim
    base: Claim | None = None
    model: str | None = None
    tasks: tuple[Task, ...] = ()
    worth: float = 0.0  #: points that the card claims to gain by it

    @property
    def id(self) -> str:
        return f"{RULE_OF[self.kind]}[{self.key}]"

    @property
    def name(self) -> str:
        return self.claim.benchmark or self.key


def wanted(card: Card, registry: Registry, options: RunOptions) -> tuple[Wanted, ...]:
    """All of them, those of the largest claimed gain first; keys are unique within a kind."""
    tasks = _by_benchmark(options.tasks, registry)
    bases = declared_bases(card)
    beside = _Neighbours(card)
    found: list[Wanted] = []
    for claim in own_scores(card):
        own_tasks = tasks.get(_benchmark(claim), ())
        base = _only(beside(claim), "base")
        rivals = [c.value for c in beside(claim) if c.role == "other" and c.value is not None]
        gain = (claim.value or 0) - (base.value or 0) if base else 0.0
        if not base and rivals:
            gain = (claim.value or 0) - max(rivals)
        key = slug(claim.benchmark_id or claim.benchmark, claim.setting)
        found.append(Wanted("score", key, claim, tasks=own_tasks, worth=gain))
        if base is not None and gain > 0 and own_tasks:
            model = bases[0] if len(bases) == 1 else _named(base, options.places)
            found.append(Wanted("difference", key, claim, base, model, own_tasks, gain))
    for claim in _others(card):
        model = _named(claim, options.places)
        if model is None and claim.role == "base" and len(bases) == 1 and bases[0] in options.places:
            model = bases[0]
        own_tasks = tasks.get(_benchmark(claim), ())
        if model is not None and own_tasks:
            key = slug(claim.benchmark_id or claim.benchmark, claim.model or model, claim.setting)
            found.append(Wanted("other", key, claim, model=model, tasks=own_tasks))
    found.sort(key=lambda w: -w.worth)
    return tuple(_unique(found))


def own_scores(card: Card) -> Iterator[Claim]:
    """This model's scores, each benchmark in each setting once: as the first place prints it."""
    seen: set[tuple[str, str, float | None]] = set()
    told: set[tuple[str, float]] = set()
    for claim in _scores(card):
        if claim.role not in ("this", None):
            continue
        name = _benchmark(claim)
        # a sentence or the front matter that repeats a table's figure is no claim of its own
        figure = _percent(claim.value or 0.0)
        again = claim.table is None and (name, figure) in told
        mark = (name, " ".join((claim.setting or "").lower().split()), claim.value)
        if not again and mark not in seen and len(seen) < MAX_CLAIMS:
            seen.add(mark)
            told.add((name, figure))
            yield claim


def _percent(value: float) -> float:
    """Equal for a share and the same figure as a percentage."""
    return round(value * 100 if 0 <= value <= 1 else value, 6)


def _others(card: Card) -> Iterator[Claim]:
    seen: set[tuple[str, str, str]] = set()
    for claim in _scores(card):
        if claim.role not in ("base", "other") or claim.table is None:
            continue
        mark = (_benchmark(claim), claim.model or "", claim.setting or "")
        if mark not in seen and len(seen) < MAX_CLAIMS:
            seen.add(mark)
            yield claim


def _scores(card: Card) -> Iterator[Claim]:
    """Single values of one named benchmark; tables first."""
    found = sorted(card.named("score"), key=lambda claim: claim.table is None)
    for claim in (*found, *card.named("prose", SCORE)):
        if (
            claim.value is not None
            and claim.benchmark
            and not (claim.is_aggregate or claim.is_auxiliary)
            and len(claim.values) < 2
        ):
            yield claim


def _benchmark(claim: Claim) -> str:
    return claim.benchmark_id or benchmark_key(claim.benchmark or "")


def _by_benchmark(tasks: Iterable[Task], registry: Registry) -> dict[str, tuple[Task, ...]]:
    found: dict[str, tuple[Task, ...]] = {}
    for task in tasks:
        known = registry.get(task.benchmark) or registry.find(task.benchmark)
        name = known.id if known else benchmark_key(task.benchmark)
        found[name] = (*found.get(name, ()), task)
    return found


class _Neighbours:
    """Scores of other models that one table prints for the same benchmark in the same setting."""

    def __init__(self, card: Card) -> None:
        self._by_cell: dict[tuple[int, str, str | None], list[Claim]] = {}
        for claim in _scores(card):
            if claim.table is not None:
                place = (claim.table, claim.benchmark or "", claim.setting)
                self._by_cell.setdefault(place, []).append(claim)

    def __call__(self, claim: Claim) -> Sequence[Claim]:
        if claim.table is None:
            return ()
        group = self._by_cell.get((claim.table, claim.benchmark or "", claim.setting), [])
        return [c for c in group if c is not claim and (c.row == claim.row or c.col == claim.col)]


def _only(claims: Iterable[Claim], role: str) -> Claim | None:
    found = [c for c in claims if c.role == role]
    return found[0] if len(found) == 1 else None


def _named(claim: Claim, ids: Iterable[str]) -> str | None:
    """The id among these that a printed model name means, None unless exactly one does."""
    printed = split_mode(claim.model or "")[0]
    found = [id for id in ids if name_key(printed) in (name_key(id), name_key(id.rpartition("/")[2]))]
    return found[0] if len(found) == 1 and printed else None


def _unique(found: Iterable[Wanted]) -> Iterator[Wanted]:
    """Keys that occur again get "-2", "-3" ..., as the collection gives them."""
    taken: dict[Kind, set[str]] = {"score": set(), "difference": set(), "other": set()}
    for want in found:
        key, n = want.key, 1
        while key in taken[want.kind]:
            n += 1
            key = f"{want.key}-{n}"
        taken[want.kind].add(key)
        yield want if key == want.key else replace(want, key=key)
