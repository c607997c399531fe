"""What somebody already measured, beside the card's claims: logs that the user names, logs and results in the
repository itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..arithmetic import Interval, printed
from ..card.names import KnownNames
from ..errors import CannotTell, CardError
from .formats import Comparison, PriorResult, compare, logs_in, prior_results
from .formats.compare import LEVEL, interval
from .formats.protocol import Protocol, compared
from .formats.whose import is_of
from .sequential import ScoreClaim
from .setup import MACRO_POINTS, scale
from .stated import Stated, sentences, stated

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..model import Claim

#: Sources whose numbers the card's maker wrote beside the card; a rule on contradicting scores compares them.
WRITTEN = frozenset(("eval_results", "model-index"))
MAX_TOLD = 200
NOT_COMPARED = Protocol()


@dataclass(frozen=True, slots=True)
class Recordings:
    """All results at hand. unread: what could not be read of the places that the user named, a sentence each."""

    results: tuple[PriorResult, ...]
    unread: tuple[str, ...]

    @property
    def logs(self) -> tuple[PriorResult, ...]:
        return tuple(r for r in self.results if r.source not in WRITTEN)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One result beside one claim."""

    prior: PriorResult
    comparison: Comparison
    protocol: Protocol = NOT_COMPARED
    span: tuple[float, float] | None = None  #: of the score of another run

    @property
    def sure(self) -> bool:
        """Whether nothing that matters had to be assumed."""
        return not self.protocol.assumed


def recordings(evidence: Evidence) -> Recordings:
    """Read once: the logs the user names, and what the repository holds."""
    return evidence.compute("recordings", lambda: _read(evidence))


def _read(evidence: Evidence) -> Recordings:
    found, unread = list(prior_results(evidence)[0]), []
    for place in evidence.options.logs:
        some, missed = logs_in(place, evidence.registry)
        # named as the user can find it again, without the folders above
        found += [replace(r, path=_below(place.name, r.path)) for r in some]
        unread += [m if m.startswith(place.name) else f"{place.name}/{m}" for m in missed]
        if not some and not missed:
            unread.append(f"{place.name} holds no log of inspect-ai (.eval) or of lm-eval (results_*.json)")
    return Recordings(tuple(found), tuple(unread))


def _below(folder: str, path: str) -> str:
    return path if path == folder else f"{folder}/{path}"


def of_claim(evidence: Evidence, claim: Claim) -> tuple[Recorded, ...]:
    """All results of the claim's benchmark that are of this model, those of logs first."""
    return evidence.compute(("recorded of", claim.id, claim.span), lambda: tuple(_of_claim(evidence, claim)))


def others_of(evidence: Evidence, claim: Claim) -> tuple[str, ...]:
    """Names of models that logs of the claim's benchmark are of, beside this one."""
    found = (r for r in recordings(evidence).logs if _same_benchmark(claim, r) and not _own(evidence, r))
    return tuple(dict.fromkeys(r.model or "a model without a name" for r in found))


def _of_claim(evidence: Evidence, claim: Claim) -> Iterator[Recorded]:
    found = [r for r in recordings(evidence).results if _same_benchmark(claim, r) and _own(evidence, r)]
    if not found:
        return
    wide = evidence.compute("sentences on scores", lambda: sentences(evidence.card))
    told = stated(evidence.card, claim, wide)
    for prior in sorted(found, key=lambda r: r.source in WRITTEN):
        if not (prior.source == "model-index" and claim.id.startswith("model-index")):
            yield _compared(evidence, claim, prior, told)


def _same_benchmark(claim: Claim, prior: PriorResult) -> bool:
    return claim.benchmark_id is not None and claim.benchmark_id == prior.benchmark_id


def _own(evidence: Evidence, prior: PriorResult) -> bool:
    if prior.source in WRITTEN:
        return True
    served = (evidence.options.served,) if evidence.options.served else ()
    card = evidence.card
    names = evidence.compute(
        "own names", lambda: KnownNames.of(card.identity, card.front_matter, card.headings).own
    )
    return is_of(prior, evidence.source.repo_id, names, served)


def _compared(evidence: Evidence, claim: Claim, prior: PriorResult, told: Stated) -> Recorded:
    benchmark = evidence.registry.get(claim.benchmark_id)
    items = (benchmark.items if benchmark else None) or prior.population or prior.items
    try:
        if items is None:
            raise CannotTell("how many items the benchmark has is not known")
        out_of = scale(claim, benchmark, 100.0 if claim.value and claim.value > 1 else None)
    except CannotTell as error:
        return Recorded(prior, Comparison("cannot tell", str(error)))
    share = printed(claim.value or 0.0, claim.decimals).scaled(Fraction(1, out_of))
    wanted = ScoreClaim(*_bounded(share), items)
    spare = (claim.error or 0.0) / out_of
    if benchmark is not None and benchmark.macro:
        spare += MACRO_POINTS / 100  # a mean over subjects differs from the mean over all items
    chance = None if benchmark is None or benchmark.chance is None else benchmark.chance / 100
    span = interval(prior, items)
    found = compare(wanted, prior, claimed_draws=told.draws or 1, spare=spare, chance=chance)
    if prior.source in WRITTEN:
        return Recorded(prior, found, span=span)
    protocol = compared(told, prior, " ".join(t for t in (claim.benchmark, claim.setting) if t))
    if protocol.differs and found.agreement != "cannot tell":
        found = Comparison(
            "cannot tell", f"measured otherwise: {'; '.join(protocol.differs)}", found.difference
        )
    return Recorded(prior, found, protocol, span)


def _bounded(share: Interval) -> tuple[Fraction, Fraction]:
    return max(share.low, Fraction(0)), min(share.high, Fraction(1))


def runs_in(found: Iterable[Recorded]) -> list[list[Recorded]]:
    """The results of logs, those of one run together: its metrics and filters are read from the same answers."""
    by_run: dict[tuple[str, str], list[Recorded]] = {}
    for one in found:
        if one.prior.source not in WRITTEN:
            by_run.setdefault((one.prior.path, one.prior.task), []).append(one)
    return list(by_run.values())


def best_of_run(run: list[Recorded]) -> Recorded:
    """What a run says: any metric of it that bears the claim out speaks for the claim, since the card seldom names its
    own; else the one nearest to the claim."""
    for agreement in ("agrees", "higher"):
        for one in run:
            if one.comparison.agreement == agreement:
                return one
    lower = [one for one in run if one.comparison.agreement == "lower"]
    return max(lower, key=lambda one: one.prior.value) if lower else run[0]


def words(one: Recorded, *, score: bool = True) -> str:
    """One result in a sentence's part: "logs/a.eval (inspect-ai, 2026-01-02), 43.94 % of 198 items"."""
    prior = one.prior
    when = f", {prior.date[:10]}" if prior.date[:4].isdigit() and "-" in prior.date else ""
    by = f", {prior.by}" if prior.by else ""
    share = f"{prior.shares[0] * 100:.4g} %" if len(prior.shares) == 1 else f"{prior.value:g}"
    items = f"{' of' if score else ''} {prior.items:,} items" if prior.items else ""
    metric = f" by {prior.metric}" if prior.metric else ""
    kind = f" {prior.settings['filter']}" if prior.settings.get("filter") not in (None, "none", "") else ""
    what = f"{share if score else ''}{items}{metric}{kind}".strip()
    return f"{prior.path} ({prior.source}{when}{by}){', ' if what else ''}{what}"


def recorded_dict(claim: Claim, one: Recorded) -> dict[str, Any]:
    """Plain data for JSON: of the report's `recorded`."""
    prior = one.prior
    return {
        "claim": claim.id,
        "source": prior.source,
        "path": prior.path,
        "benchmark": prior.benchmark,
        "benchmark_id": prior.benchmark_id,
        "model": prior.model,
        "value": prior.value,
        "score": prior.shares[0] if len(prior.shares) == 1 else None,
        "metric": prior.metric,
        "items": prior.items,
        "population": prior.population,
        "random_sample": prior.drawn,
        "unread": sum(item.score is None for item in prior.results) if prior.results else None,
        "interval": list(one.span) if one.span else None,
        "level": LEVEL if one.span else None,
        "dataset": prior.dataset,
        "task": prior.task,
        "revision": prior.revision,
        "date": prior.date,
        "url": prior.url,
        "by": prior.by,
        "notes": prior.notes,
        "settings": _plain(prior.settings),
        "agreement": one.comparison.agreement,
        "reason": one.comparison.reason,
        "difference": one.comparison.difference,
        "assumed": list(one.protocol.assumed),
    }


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in list(settings.items())[:60] if isinstance(v, (bool, int, float, str))}


def keep(evidence: Evidence, check: str, claim: Claim, found: Iterable[Recorded]) -> None:
    """Let a check's results go into the report."""
    kept = [recorded_dict(claim, one) for _, one in zip(range(MAX_TOLD), found, strict=False)]
    evidence.compute(("recorded", check), lambda: kept)


def beside(evidence: Evidence, check: str, claim: Claim) -> str:
    """What was recorded of a claim, for the message of a run of ours; "" where nothing was. Never raises."""
    try:
        found = of_claim(evidence, claim)
    except (CannotTell, CardError):
        return ""
    if not found:
        return ""
    keep(evidence, check, claim, found)
    parts = [f"{words(one)}, {_agreement(one)}" for one in found[:4]]
    more = f"; and {len(found) - 4} more" if len(found) > 4 else ""
    return f" Recorded before: {'; '.join(parts)}{more}."


def _agreement(one: Recorded) -> str:
    if one.comparison.agreement == "cannot tell":
        return f"which cannot be compared ({one.comparison.reason})"
    if one.prior.source in WRITTEN and one.comparison.agreement == "agrees":
        return "as the card says"  # written by the card's maker, maybe: it bears nothing out
    said = {
        "agrees": "which bears the claim out",
        "lower": "lower than claimed",
        "higher": "higher than claimed",
    }
    return said[one.comparison.agreement]
