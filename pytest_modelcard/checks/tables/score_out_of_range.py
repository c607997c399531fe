"""MC201: a score that its benchmark cannot give."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.benchmark_names import names_other_metric
from ...card.benchmarks import Benchmark
from ...card.records import Card
from ...model import Claim
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import Row, number, rows, scores

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Numbers that are no scores even with a percent sign: they may pass 100 %.
_RELATIVE = re.compile(
    r"(?<![a-z])(?:gain|growth|increase|improve\w*|speed\w*|throughput|faster|relative|ratio|recovery"
    r"|overhead|cost|reduc\w*"
    r"|compress\w*|retention|retained|change|vs\.?|uplift|efficien\w*|加速|提升|速度|比例|增长)(?![a-z])",
    re.IGNORECASE,
)
#: Metrics that subtract ("bleu_diff"): they may be negative.
_A_DIFFERENCE = re.compile(r"(?<![a-z])(?:\w{1,20}_)?diff(?:erence)?(?![a-z])", re.IGNORECASE)


class ScoreOutOfRange(Rule):
    """A printed score lies outside what its benchmark can give.

    ## What it does
    Looks up every score of the card (table cells, `model-index`, sentences) in the benchmark registry and
    compares it with the benchmark's range. Shares (0 to 1) and percentages (0 to 100) are both taken as fine.
    A benchmark that is not in the registry has no known range: the test is skipped, unless the cell
    prints "%".

    ## Why it matters
    A score above the possible maximum is a slip of the keyboard or a number of another benchmark, and whoever
    copies it spreads it.

    ## Example
    ```
    | Benchmark | Acme 7B |
    |-----------|---------|
    | GSM8K     | 104.2   |
    ```

    ## What to do instead
    Copy the score again from the evaluation's output. If the benchmark has another range than the registry
    says, or is not in it, add it under `benchmarks` in `[tool.modelcard]`.
    """

    id = "MC201"
    name = "score-out-of-range"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        of_row = {id(c): row for row in rows(card) for c in row.claims}
        for claim in scores(card):
            if claim.value is not None and not claim.is_auxiliary:
                yield Subject(score_key(claim), claim.span, claims=(claim,), data=of_row.get(id(claim)))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim = subject.claims[0]
        benchmark = evidence.registry.get(claim.benchmark_id)
        printed = f"{claim.benchmark or 'The score'} {number(claim)}"
        named = f"{claim.benchmark or ''} {claim.setting or ''}"
        if benchmark is not None and (names_other_metric(named) or _A_DIFFERENCE.search(named)):
            # kept where the metric that is named is the benchmark's own
            own = set(re.findall("[a-z]{3,}", benchmark.metric.lower()))
            told = set(re.findall("[a-z]{3,}", named.lower()))
            benchmark = benchmark if own & told and not _A_DIFFERENCE.search(named) else None
        if benchmark is None:
            return _unregistered(claim, printed, evidence.card)
        if benchmark.low is None and benchmark.high is None:
            return clean(f"{printed}: {benchmark.name} ({benchmark.metric}) has no fixed range.")
        bad = [v for v in (claim.values or (claim.value or 0.0,)) if not _within(v, benchmark)]
        scale = _range(benchmark)
        if not bad:
            return clean(f"{printed} lies within {scale}.")
        if _relative(claim, evidence.card):
            return unknown(f"{printed}: one model has 100 % throughout, so all are relative to it.")
        column = [c for c in evidence.card.named("score") if _beside(c, claim)]
        wide = [c for c in column if (c.value or 0.0) > 100.0]
        if claim.unit != "%" and len(wide) >= 2 and 2 * len(wide) > len(column):
            return unknown(f"{printed}: most numbers beside it are beyond 100, so they may be no scores.")
        if claim.unit != "%" and _another_metric(subject.data, benchmark):
            return unknown(
                f"{printed}: most scores of this row are beyond {scale}, so another metric seems to "
                f"be printed."
            )
        return fault(
            f"{claim.benchmark} cannot be {bad[0]:g}: {benchmark.name} ({benchmark.metric}) gives {scale}.",
            help="Copy the score again from the evaluation's output; if another metric is printed, name it.",
        )


def score_key(claim: Claim) -> str:
    """ "gpqa-diamond" for this model, "gpqa-diamond-qwen3-8b" for another; the setting behind it."""
    name = claim.benchmark_id or claim.benchmark
    return slug(name, None if claim.role == "this" else claim.model, claim.setting)


def _unregistered(claim: Claim, printed: str, card: Card) -> Verdict:
    if claim.is_aggregate:
        return unknown(f"{printed}: an average or rank has no range of its own.")
    if claim.unit != "%" or claim.raw.lstrip("*_~ ").startswith(("+", "-", "−", "–", "±", "↑", "↓")):
        return unknown(
            f"{claim.benchmark or 'This score'} is not in the benchmark registry, so its range is not known.",
            help="Add it under benchmarks in [tool.modelcard] to have its scores checked.",
        )
    value = claim.value or 0.0
    if 0 <= value <= 100:
        return clean(f"{printed} lies within 0 to 100 %.")
    words = " ".join(filter(None, (claim.benchmark, claim.setting, claim.section, *claim.header_path)))
    if _RELATIVE.search(words) or _relative(claim, card):
        return unknown(f"{printed} may be a relative number, which has no fixed range.")
    return fault(
        f"{printed} is no possible share of right answers: it must lie within 0 to 100 %.",
        help="Copy the score again from the evaluation's output; if this is no score, say what it is.",
        severity="warning",
    )


def _relative(claim: Claim, card: Card) -> bool:
    """Whether one model of the table is the measure of the others: 100 % in each of three scores or more."""
    by_model: dict[str, list[float | None]] = {}
    for other in card.claims:
        if other.kind == "score" and other.table == claim.table is not None and other.unit == "%":
            by_model.setdefault(other.model or "", []).append(other.value)
    return any(len(values) >= 3 and set(values) == {100.0} for values in by_model.values())


def _within(value: float, benchmark: Benchmark) -> bool:
    """Whether the value is possible in any unit the benchmark is printed in."""
    low = benchmark.low if benchmark.low is not None else float("-inf")
    high = benchmark.high if benchmark.high is not None else float("inf")
    # a judge's 1 to 10 is also printed out of 100
    return low <= value <= (100.0 if high == 10.0 else high)


def _beside(other: Claim, claim: Claim) -> bool:
    """Whether the two stand in one column, or line, of one model."""
    return claim.table is not None and (other.table, other.model) == (claim.table, claim.model)


def _another_metric(row: Row | None, benchmark: Benchmark) -> bool:
    """Whether the row as a whole is printed in another unit: Elo ratings, points, money."""
    values = [c.value for c in row.claims if c.value is not None] if row is not None else []
    outside = sum(not _within(v, benchmark) for v in values)
    return outside >= 2 and 2 * outside > len(values)


def _range(benchmark: Benchmark) -> str:
    if benchmark.high is None:
        return f"{benchmark.low:g} or more"
    if benchmark.low is None:
        return f"{benchmark.high:g} or less"
    if benchmark.low == 0.0 and benchmark.high == 100.0:
        return "0 to 100 % (or 0 to 1)"
    return f"{benchmark.low:g} to {benchmark.high:g}"
