"""MC205: a printed average that its parts do not give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...arithmetic import mean, printed, truncated
from ...card.records import Card
from ...model import Claim
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import describe, figure, number, reads_by_row

if TYPE_CHECKING:
    from ...evidence import Evidence

_AVERAGE = re.compile(
    r"(?<![a-z])(?:avg|average[ds]?|mean|média|promedio|moyenne)(?![a-z])|平均|均分|均值", re.IGNORECASE
)
_NOT_PLAIN = re.compile(
    r"(?<![a-z])(?:weighted|geo(?:metric)?|harmonic|median|length|len|tokens?|rank|time|win)(?![a-z])|加权|排名",
    re.IGNORECASE,
)
MAX_AVERAGES = 2000

#: Words by which a card says that its averages are no plain means.
_WEIGHTED = re.compile(
    r"(?<![a-z])(?:weighted[- ](?:averages?|means?|by)|(?:averages?|means?) (?:is|are) weighted"
    r"|micro[- ]?averag\w*)(?![a-z])|加权平均|média ponderada|promedio ponderado",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Case:
    average: Claim
    parts: tuple[Claim, ...]  #: of the way that explains the other averages; () where none does
    computing: int  #: other averages that this way explains
    of: int  #: other averages with all their parts
    any_way: bool  #: some way explains this one
    plain: bool  #: that way is the whole table or the average's own section


class AverageMiscomputed(Rule):
    """A printed average is not the mean of the scores it stands over.

    ## What it does
    Takes an average's parts to be the scores of the same model in the whole table, in its section, or since
    the average before. Where one of these explains the averages of the other models in the table, it holds
    this one to it, too. Rounding of every part is understood. Where no way explains the others (a weighted
    mean, a mean over scores that are not printed), the test is skipped; where there are no others, a mean
    that differs is a note, and one beyond all its parts a warning.

    ## Why it matters
    The average ranks the models. One that does not follow from the row beside it ranks them wrongly.

    ## Example
    ```
    | Model    | ARC  | MMLU | Average |
    |----------|------|------|---------|
    | Acme 7B  | 60.0 | 62.0 | 64.0    |
    | Other 7B | 61.0 | 63.0 | 62.0    |
    | Third 7B | 58.0 | 60.0 | 59.0    |
    ```

    ## What to do instead
    Compute the average from the printed scores, or say how it is weighted and over what it is taken.
    """

    id = "MC205"
    name = "average-miscomputed"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for case in _cases(card):
            a = case.average
            key = slug(a.benchmark, a.section, None if a.role == "this" else a.model, a.setting)
            yield Subject(key, a.span, claims=(a, *case.parts), data=case)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        case: _Case = subject.data
        a = case.average
        shown = f"{a.benchmark} {number(a)} of {a.model or 'this model'}"
        if case.any_way:
            return clean(f"{shown} is the mean of its parts within rounding.")
        if not case.parts:
            return unknown(f"{shown}: the printed scores do not tell which ones it is the mean of.")
        if case.of == 0:
            return _alone(a, case.parts, shown)
        if case.computing < 0.75 * case.of or (case.computing < 2 and not case.plain):
            return unknown(
                f"{shown}: the plain mean of its {len(case.parts)} parts is {_mean(case.parts)}, but too few "
                "other averages of this table are plain means to say that this one should be."
            )
        values = [c.value or 0 for c in case.parts]
        possible = min(values) <= (a.value or 0) <= max(values) and case.computing < 2
        if possible and _WEIGHTED.search(evidence.card.text):
            return unknown(
                f"{shown}: the plain mean of its {len(case.parts)} parts is {_mean(case.parts)}, but the "
                "card speaks of weighted averages."
            )
        return fault(
            f"{shown} is printed, but the mean of its {len(case.parts)} parts is {_mean(case.parts)}. "
            f"{case.computing} of the {case.of} other averages here are the mean of theirs.",
            help="Compute the average again from the printed scores; the parts run from "
            f"{describe(case.parts[0])} to {describe(case.parts[-1])}.",
            severity=None if case.computing >= 2 else "warning",
        )


def _alone(average: Claim, parts: tuple[Claim, ...], shown: str) -> Verdict:
    """No other average shows how this table's averages are taken."""
    values = [c.value or 0 for c in parts]
    outside = not min(values) <= (average.value or 0) <= max(values)
    told = f"{shown} is printed; the plain mean of the {len(parts)} scores beside it is {_mean(parts)}"
    return fault(
        f"{told}, and no weighting of them gives more than {max(values):g} or less than {min(values):g}."
        if outside
        else f"{told}.",
        help="Compute the average again from the printed scores, or say over what it is taken and how.",
        severity="warning" if outside else "note",
    )


def _cases(card: Card) -> Iterable[_Case]:
    tables: dict[int, list[Claim]] = {}
    for claim in card.named("score"):
        if claim.table is not None and claim.row is not None and not claim.is_auxiliary:
            tables.setdefault(claim.table, []).append(claim)
    for claims in tables.values():
        averages = [c for c in claims if _is_average(c)]
        if averages and len(averages) <= MAX_AVERAGES:
            yield from _of_table(claims, averages, reads_by_row(claims))


def _is_average(claim: Claim) -> bool:
    name = claim.benchmark or ""
    plain = _AVERAGE.search(name) and not _NOT_PLAIN.search(f"{name} {claim.setting or ''}")
    return claim.is_aggregate and claim.value is not None and len(claim.values) < 2 and bool(plain)


def _of_table(claims: list[Claim], averages: list[Claim], by_row: bool) -> Iterable[_Case]:
    columns: dict[tuple[int | None, str | None], list[Claim]] = {}
    for claim in claims:
        columns.setdefault(
            ((claim.col if by_row else claim.row), None if by_row else claim.setting), []
        ).append(claim)
    lines: dict[int, list[tuple[Claim, list[tuple[Claim, ...] | None]]]] = {}
    for average in averages:
        own = columns[((average.col if by_row else average.row), None if by_row else average.setting)]
        line = (average.row if by_row else average.col) or 0
        lines.setdefault(line, []).append((average, _ways(average, own, by_row)))
    for found in lines.values():
        yield from _judged(found)


def _judged(found: Sequence[tuple[Claim, list[tuple[Claim, ...] | None]]]) -> Iterable[_Case]:
    """One line of averages, each with its possible parts: which way explains most of them."""
    n_ways = len(found[0][1])
    fits = [[parts is not None and _is_mean(a, parts) for parts in ways] for a, ways in found]
    whole = [[parts is not None for parts in ways] for _, ways in found]
    counts = [sum(row[w] for row in fits) for w in range(n_ways)]
    best = max(range(n_ways), key=lambda w: counts[w])
    for i, (average, ways) in enumerate(found):
        parts = ways[best] or ()
        others = sum(row[best] for j, row in enumerate(whole) if j != i)
        yield _Case(average, parts, counts[best] - fits[i][best], others, any(fits[i]), best < 2)


def _ways(average: Claim, own: list[Claim], by_row: bool) -> list[tuple[Claim, ...] | None]:
    """Sets of scores an average may be the mean of, always in the same order; None where one is missing."""
    at = (average.row if by_row else average.col) or 0

    def place(c: Claim) -> int:
        return (c.row if by_row else c.col) or 0

    parts = [c for c in own if not c.is_aggregate]
    marks = [place(c) for c in own if c.is_aggregate]
    before = max((m for m in marks if m < at), default=-1)
    after = min((m for m in marks if m > at), default=1 << 30)
    return [
        _complete(parts),
        _complete([c for c in parts if c.section == average.section]) if average.section else None,
        _complete([c for c in parts if before < place(c) < at]),
        _complete([c for c in parts if at < place(c) < after]),
        _complete([c for c in parts if place(c) < at]),
        _complete([c for c in own if c.is_aggregate and c is not average]),
    ]


def _complete(parts: list[Claim]) -> tuple[Claim, ...] | None:
    if len(parts) < 2 or any(c.value is None or len(c.values) > 1 for c in parts):
        return None
    return tuple(parts)


def _is_mean(average: Claim, parts: tuple[Claim, ...]) -> bool:
    target = printed(average.value or 0, average.decimals)
    for reading in (printed, truncated):
        true = mean(reading(c.value or 0, c.decimals) for c in parts)
        if true.meets(target) or true.meets(truncated(average.value or 0, average.decimals)):
            return True
    return False


def _mean(parts: tuple[Claim, ...]) -> str:
    decimals = max(c.decimals or 0 for c in parts)
    return figure(sum(c.value or 0 for c in parts) / len(parts), decimals + 1)
