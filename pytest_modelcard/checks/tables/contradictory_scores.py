"""MC207: one benchmark, one model, one setting, two scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...arithmetic import agree, printed, truncated
from ...card.benchmark_names import key as benchmark_key
from ...card.metadata import eval_results_claims
from ...card.records import Card
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import model_identity, number, scores
from ._settings import another_topic, comparable, modes_of, only_a_metric, settings_differ, source_of

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_SCORES = 20_000


@dataclass(frozen=True, slots=True)
class _Pair:
    first: Claim
    second: Claim
    same: int  #: other scores that the two places share and agree on
    different: int  #: and do not agree on


class ContradictoryScores(Rule):
    """The card gives two values for one score.

    ## What it does
    Compares the scores that the card gives more than once for the same benchmark, model and setting: across
    tables, sentences, `model-index` and `.eval_results`. Values that may be one number rounded differently
    agree. Other settings (shots, thinking, quantisation, harness, a section of base models) never count, and
    where two tables disagree throughout, they are taken for two evaluations.

    ## Why it matters
    One of the two is wrong, and each reader copies another. The Hub shows what the metadata says, people read
    the table.

    ## Example
    ```
    | Benchmark | Acme 7B |          | Benchmark | Base | Acme 7B | Δ    |
    |-----------|---------|          |-----------|------|---------|------|
    | GSM8K     | 81.0    |          | GSM8K     | 77.0 | 83.0    | +6.0 |
    ```

    ## What to do instead
    Give one value everywhere, or say in which setting each was measured.
    """

    id = "MC207"
    name = "contradictory-scores"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for pair in _pairs(card, _comparable_scores(card)):
            a, b = pair.first, pair.second
            key = slug(b.benchmark_id or b.benchmark, None if b.role == "this" else b.model, b.setting)
            yield Subject(key, b.span, claims=(a, b), data=pair)
        own = next((c for c in _comparable_scores(card) if c.role == "this" and c.benchmark_id), None)
        if own is not None:
            yield Subject("eval-results", own.span)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        if subject.data is None:
            return _against_results(evidence)
        pair: _Pair = subject.data
        a, b = pair.first, pair.second
        where = f"{number(a)} in line {a.span.line} and {number(b)} in line {b.span.line}"
        if _one_number(a, b):
            return clean(f"{b.benchmark} is {where}.")
        elsewhere = source_of(evidence.card, a) or source_of(evidence.card, b)
        if elsewhere:
            return unknown(f"{b.benchmark} is {where}; the metadata's value is from {elsewhere}.")
        if settings_differ(a, b):
            return unknown(f"{b.benchmark} is {where}, but only one of the two places tells its setting.")
        if pair.different > pair.same:
            return unknown(
                f"{b.benchmark} is {where}; of the other scores in both places {pair.different} differ "
                f"and {pair.same} agree, so they may be two evaluations."
            )
        if only_a_metric(evidence.card, a, b) or (another_topic(evidence.card, a, b) and pair.different):
            return unknown(
                f"{b.benchmark} is {where}, under different headings, so it may be measured on two data sets."
            )
        tables = a.table is not None and b.table is not None
        sure = pair.same >= 1 and tables and b.role == "this"
        return fault(
            f"{b.benchmark} of {b.model or a.model or 'this model'} is {number(a)} in line {a.span.line}, "
            f"but {number(b)} in line {b.span.line}."
            + (f" {pair.same} other scores that stand in both places agree." if pair.same else ""),
            help="Give one value everywhere, or say in which setting each was measured.",
            related=(Related(a.span, f"{a.benchmark}: {number(a)}", a.raw),),
            severity=None if sure else "warning",
        )


def _comparable_scores(card: Card) -> list[Claim]:
    """Scores that can be compared: one number of one named benchmark."""
    return [
        c
        for c in scores(card)[:MAX_SCORES]
        if c.value is not None
        and c.benchmark
        and c.role is not None
        and not c.is_auxiliary
        and not c.is_aggregate
        and len(c.values) < 2
    ]


def _pairs(card: Card, found: list[Claim]) -> Iterator[_Pair]:
    """For each score that is given in several places: the first and each later one."""
    places: dict[tuple[str, str], list[Claim]] = {}
    for claim in found:
        name = claim.benchmark_id or benchmark_key(claim.benchmark or "")
        places.setdefault((name, model_identity(claim, card)), []).append(claim)
    pairs: list[tuple[Claim, Claim]] = []
    twice: list[list[Claim]] = []
    for claims in places.values():
        by_place: dict[str, list[Claim]] = {}
        for claim in claims:
            by_place.setdefault(_place(claim), []).append(claim)
        # two values in one place are told apart by something that the place shows
        single = [found[0] for found in by_place.values() if len(found) == 1]
        modes = [modes_of(card, c) for c in single]
        for later, later_modes in zip(single[1:], modes[1:], strict=True):
            if modes[0] == later_modes and comparable(single[0], later):
                pairs.append((single[0], later))
        twice += [f for f in by_place.values() if _stands_twice(f)]
    told_apart = Counter(f[0].table for f in twice)
    pairs += [(f[0], f[1]) for f in twice if told_apart[f[0].table] == 1]
    counts: Counter[tuple[str, str, bool]] = Counter()
    for a, b in pairs:
        counts[_place(a), _place(b), _one_number(a, b)] += 1
    for a, b in pairs:
        agrees = _one_number(a, b)
        at = (_place(a), _place(b))
        yield _Pair(a, b, counts[*at, True] - agrees, counts[*at, False] - (not agrees))


def _stands_twice(found: list[Claim]) -> bool:
    """Whether one table gives this model's score on a known benchmark twice, and nothing tells the two apart.

    Where a table does so for several benchmarks, its rows differ in something that was not read.
    """
    if len(found) != 2 or found[0].table is None or found[0].role != "this" or not found[0].benchmark_id:
        return False
    a, b = found
    return (a.benchmark, a.model, a.setting, a.section, a.header_path) == (
        b.benchmark,
        b.model,
        b.setting,
        b.section,
        b.header_path,
    )


def _against_results(evidence: Evidence) -> Verdict:
    """The card's own scores against `.eval_results/*.yaml`."""
    paths = [f.path for f in evidence.files() if f.path.startswith(".eval_results/")]
    paths = [p for p in paths if p.endswith((".yaml", ".yml"))][:100]
    if not paths:
        return clean("The repository has no .eval_results to contradict the card.")
    results = [c for p in paths for c in eval_results_claims(evidence.text(p) or "", p, evidence.registry)]
    own: dict[str, list[Claim]] = {}
    for claim in _comparable_scores(evidence.card):
        if claim.role == "this" and claim.benchmark_id:
            own.setdefault(claim.benchmark_id, []).append(claim)
    compared = 0
    wrong: list[tuple[Claim, Claim]] = []
    for result in results:
        stated = own.get(result.benchmark_id or "", [])
        if result.value is None or not stated:
            continue
        compared += 1
        if not any(_one_number(result, c) for c in stated):
            wrong.append((stated[0], result))
    if not wrong:
        return clean(
            f"{compared} of {len(results)} values in .eval_results stand in the card, too, and agree."
        )
    told = "; ".join(
        f"{r.benchmark} is {number(r)} in {r.span.path} line {r.span.line}, but {number(c)} in the card"
        for c, r in wrong[:5]
    )
    return fault(
        f"{told}.",
        help="The Hub shows what .eval_results says: give one value in both, or note the setting of each.",
        span=wrong[0][0].span,
        related=tuple(Related(r.span, f"{r.benchmark}: {number(r)}", r.raw) for _, r in wrong[:5]),
        severity="warning",
    )


def _one_number(a: Claim, b: Claim) -> bool:
    """Whether the two may be one number: rounded or cut off differently, a share or a percentage."""
    if (
        a.value == b.value
        or (a.alt is not None and a.alt == b.value)
        or (b.alt is not None and b.alt == a.value)
    ):
        return True
    if _far(a, b):
        return False
    first, second = ((printed(c.value or 0, c.decimals), truncated(c.value or 0, c.decimals)) for c in (a, b))
    return any(agree(x, y) for x in first for y in second)


def _far(a: Claim, b: Claim) -> bool:
    """A quick look in floating point: whether the two are further apart than any rounding explains."""
    x, y = a.value or 0.0, b.value or 0.0
    unit_x, unit_y = 10.0 ** -(a.decimals or 0), 10.0 ** -(b.decimals or 0)
    return all(abs(s * x - t * y) > 1.01 * (s * unit_x + t * unit_y) for s, t in ((1, 1), (100, 1), (1, 100)))


def _place(claim: Claim) -> str:
    if claim.table is not None:
        return f"table {claim.table}"
    return "model-index" if claim.id.startswith("model-index") else "text"
