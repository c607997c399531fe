"""MC208: a score that no whole number of right answers gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from ...arithmetic import MAX_RUNS, Interval, powerless, printed, runs_needed, truncated, whole_count
from ...card.benchmark_names import best_of, names_other_metric, runs
from ...card.benchmarks import Benchmark, Registry
from ...card.records import Card
from ...model import Claim, Role
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._rows import number, rows, scores, share_scale
from .score_out_of_range import score_key

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Around a table: each of its scores is of one run.
_EACH_ONE_RUN = re.compile(
    r"(?<![a-z])(?:(?:one|single|1) run (?:each|per)|(?:all|every|each) (?:of )?(?:the "
    r"|our )?(?:scores?|results?|numbers?"
    r"|benchmarks?|evaluations?)[^.;]{0,60}(?<![a-z])(?:single|one|1)[- ]run"
    r"|(?:single|one)[- ]run (?:scores|results|numbers|evaluation))(?![a-z])"
    r"|todos os (?:resultados|testes)[^.;]{0,40}uma única execução|(?:所有|全部)(?:结果"
    r"|分数)[^。；]{0,20}单次",
    re.IGNORECASE,
)
_SEVERAL_RUNS = re.compile(
    r"avg|averag|mean\b|(?:pass|maj|cons)@|\d\s*(?:runs|seeds|trials)|several|multiple runs|except"
    r"|unless|média|平均|除",
    re.IGNORECASE,
)


class ImpossibleScore(Rule):
    """No whole number of right answers to the benchmark's questions gives the printed score.

    ## What it does
    For a benchmark of N questions that are right or wrong, a score is k / (N x r) for some whole k, with r
    runs averaged. Looks for the least r up to 64 (or the one the card states, as in "avg@10") that can give
    the printed score, rounded or cut off. No verdict where the printed digits are coarser than one question,
    where N is not surely known, or where the score is often averaged over subtasks. (The idea is the GRIM
    test of Brown and Heathers, 2017.)

    ## Why it matters
    A score that cannot come from the benchmark was mistyped, comes from another set of questions, or was
    never measured. A score that needs several runs was not measured in one.

    ## Example
    ```
    | Benchmark         | Acme 7B |
    |-------------------|---------|
    | AIME 2024 (avg@4) | 71.3    |
    ```

    30 questions in 4 runs give 70.8 or 71.7, but not 71.3.

    ## What to do instead
    Copy the score again from the evaluation's output, and state the number of runs and the set of questions.
    """

    id = "MC208"
    name = "impossible-score"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        of_row = {id(c): row for row in rows(card) for c in row.claims}
        registry = Registry.default()
        for claim in scores(card):
            if claim.value is None or claim.is_auxiliary or claim.is_aggregate or not claim.benchmark_id:
                continue
            known = registry.get(claim.benchmark_id)
            if known is not None and (known.items is None or known.macro or not known.proportion):
                continue  # counting can never say anything about it
            yield Subject(score_key(claim), claim.span, claims=(claim,), data=of_row.get(id(claim)))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim = subject.claims[0]
        benchmark = evidence.registry.get(claim.benchmark_id)
        said = " ".join((claim.benchmark or "", claim.setting or "", *claim.header_path))
        reason = _no_verdict(claim, benchmark, said)
        if benchmark is None or benchmark.items is None or reason:
            return unknown(reason or f"{claim.benchmark} is not in the benchmark registry.")
        scale = share_scale(claim, subject.data, benchmark)
        if scale is None:
            return unknown(
                f"{claim.benchmark}: it cannot be told whether {number(claim)} is a share or a percentage."
            )
        sentence = claim.raw if claim.kind == "prose" else None
        told = runs(said, claim.model, sentence) or _told_by_section(evidence.card, claim)
        return _counted(claim, benchmark, benchmark.items, scale, told)


def _told_by_section(card: Card, claim: Claim) -> int | None:
    """1 where the text around the table says that every score is of one run; None where it does not."""
    if claim.table is None or claim.role != "this":
        return None
    heading = card.tables[claim.table].heading
    around = [p.text for p in card.paragraphs if p.heading == heading]
    if any(_SEVERAL_RUNS.search(text) for text in around):
        return None
    return 1 if any(_EACH_ONE_RUN.search(text) for text in around) else None


def _no_verdict(claim: Claim, benchmark: Benchmark | None, said: str) -> str:
    """Why counting says nothing here; "" where it may."""
    if benchmark is None:
        return f"{claim.benchmark} is not in the benchmark registry."
    if not benchmark.proportion:
        return f"{benchmark.name} ({benchmark.metric}) is no share of right answers."
    if benchmark.items is None:
        return f"{benchmark.name}: the number of questions is not known for sure ({benchmark.source})."
    if benchmark.macro:
        return f"{benchmark.name} is often averaged over subtasks, so that any value is possible."
    if best_of(said) or names_other_metric(said):
        return f"{claim.benchmark}: this metric is no plain share of right answers."
    if claim.error is not None:
        return f"{claim.benchmark}: a mean with a spread is over runs whose number is not told."
    return ""


def _counted(claim: Claim, benchmark: Benchmark, items: int, scale: int, told: int | None) -> Verdict:
    value, decimals = claim.value or 0.0, claim.decimals
    shares = [r(value, decimals).scaled(Fraction(1, scale)) for r in (printed, truncated)]
    shown = f"{claim.benchmark} {number(claim)}"
    if powerless(shares[0], items * (told or 1)):
        return unknown(
            f"{shown}: with {items * (told or 1):,} answers every value of this many digits is possible."
        )
    counts = (items, *benchmark.other_items)
    if told is not None:
        return _in_told_runs(shares, counts, told, shown, claim.role)
    found = _least(shares, items)
    if found is not None:
        r, k = found
        if r == 1:
            return clean(f"{shown} is {k} of {items} questions.")
        return clean(
            f"{shown} is no whole number of {items} questions in one run; "
            f"it needs r = {r} runs ({k} of {items * r} answers)."
        )
    for other in benchmark.other_items:
        if _least(shares, other) is not None:
            return unknown(
                f"{shown} fits another set of {other} questions that goes by this name, not {items}."
            )
    return fault(
        f"{shown} is no whole number of right answers to {items} questions, in any number of runs up to "
        f"{MAX_RUNS}.",
        help="Copy the score again from the evaluation, and state the runs and the set of questions.",
    )


def _in_told_runs(
    shares: list[Interval], counts: tuple[int, ...], told: int, shown: str, role: Role | None
) -> Verdict:
    """The card says how many runs were averaged: that number must do."""
    for items in counts:
        k = next((k for s in shares if (k := whole_count(s, items * told)) is not None), None)
        if k is not None:
            return clean(f"{shown} is {k} of {items * told} answers ({items} questions, {told} runs).")
    needed = _least(shares, counts[0])
    said = f"{shown} is no whole number of right answers to {counts[0]} questions in "
    said += "one run" if told == 1 else f"{told} runs"
    if role != "this":
        return unknown(f"{said}, but another model's score may be quoted from elsewhere.")
    instead = f"r = {needed[0]} runs would give it" if needed else "no other number of runs gives it either"
    return fault(
        f"{said}; {instead}.",
        help="State the number of runs that were averaged, or copy the score again from the evaluation.",
        severity="note" if needed else None,
    )


def _least(shares: list[Interval], items: int) -> tuple[int, int] | None:
    found = [f for s in shares if (f := runs_needed(s, items)) is not None]
    return min(found, default=None)
