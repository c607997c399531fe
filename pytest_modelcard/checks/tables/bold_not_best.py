"""MC203: the score set in bold is not the best of its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...card.benchmarks import Registry
from ...card.records import Card
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._emphasis import Marked, Usage, usages
from ._rows import better, describe

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Models whose weights are closed: authors leave them out of what they call best.
_CLOSED = re.compile(
    r"(?<![a-z])(?:gpt(?!-?oss|-?neo|-?j|-?2)|chatgpt|o[134](?![a-z0-9])|claude|opus|sonnet|haiku|gemini|bard"
    r"|palm|text-davinci|grok|doubao|seed(?![- ]?oss)|ernie|nova|human|moonshot-v1|abab|yi-large"
    r"|hunyuan-?turbo\w*|mistral[- ](?:large|medium)|(?:qwen|glm|step)[\d.\- ]*(?:max|plus|turbo))(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Case:
    marked: Marked
    usage: Usage
    mark: str  #: "bold" or "underline"
    rank: int


class BoldNotBest(Rule):
    """Bold marks the best score of a row in this table, but not in this row.

    ## What it does
    Learns from the card's own tables what bold means. Where at least two in three marked rows (and at least
    three rows) set the best score in bold, each row is held to it, in the direction that is better for its
    benchmark. Underline is held to "second best" the same way. Silent where bold sets off the card's own
    column, headers or nothing in particular, and where a group of models is ranked by itself.

    ## Why it matters
    Readers skim for bold. A bold score that is beaten in the same row says "we win" where the card's own
    numbers say otherwise.

    ## Example
    ```
    | Benchmark | Acme 7B  | Other 7B |
    |-----------|----------|----------|
    | GSM8K     | **81.0** | 84.3     |
    ```

    ## What to do instead
    Set the best score of the row in bold, whoever's it is, or say what bold means.
    """

    id = "MC203"
    name = "bold-not-best"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        registry = Registry.default()
        marks: tuple[tuple[str, Callable[[Claim], bool], int], ...] = (
            ("bold", lambda c: c.bold, 1),
            ("underline", lambda c: c.underline and not c.bold, 2),
        )
        for mark, is_marked, rank in marks:
            for usage in usages(card, registry, is_marked, rank):
                if not usage.learnt:
                    continue
                for marked in usage.rows:
                    row = marked.row
                    key = slug(row.benchmark_id or row.benchmark, row.setting, None if rank == 1 else mark)
                    case = _Case(marked, usage, mark, rank)
                    yield Subject(key, marked.marked[0].span, claims=marked.marked, data=case)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        case: _Case = subject.data
        marked = case.marked
        label, mark = marked.row.label, case.mark
        place = "best" if case.rank == 1 else "second best"
        shown = " and ".join(describe(c) for c in marked.marked[:3])
        if marked.fits(case.rank):
            return clean(f"{label}: {shown} in {mark} is the {place} of {len(marked.ranked)}.")
        if marked.sections:
            return unknown(f"{label}: the models stand in groups, and each may have its own {place}.")
        if len(marked.marked) > 1:
            return unknown(f"{label}: several scores are in {mark}; one of them may be the {place}.")
        claim = marked.marked[0]
        if marked.way is None:
            return _neither_end(case, claim, shown)
        ahead = [c for c in marked.ranked if better(c.value or 0, claim.value or 0, marked.way)]
        if case.rank == 2 and not ahead:
            return unknown(f"{label}: the underlined score is the best: underline means something else.")
        if _left_out(ahead, case.usage):
            return unknown(
                f"{label}: {describe(ahead[0])} is better than {shown}, but that model is never set in "
                f"{mark}, which may mean the best among the others."
            )
        return _fault(case, claim, ahead, shown, place)


def _neither_end(case: _Case, claim: Claim, shown: str) -> Verdict:
    first, last = case.marked.ranked[0], case.marked.ranked[-1]
    return fault(
        f"{case.marked.row.label}: {shown} is in {case.mark}, but is neither the highest ({describe(first)}) "
        f"nor the lowest ({describe(last)}) of its row.",
        help="Set the best score of the row in bold, or say in the card what bold means.",
        span=claim.span,
        related=(Related(first.span, "the highest", first.raw), Related(last.span, "the lowest", last.raw)),
        severity="warning",
    )


def _fault(case: _Case, claim: Claim, ahead: list[Claim], shown: str, place: str) -> Verdict:
    n, of = case.usage.agreeing, len(case.usage.rows)
    more = f", as are {len(ahead) - 1} more" if len(ahead) > case.rank else ""
    return fault(
        f"{case.marked.row.label}: {shown} is in {case.mark}, but {describe(ahead[0])} is better{more}. "
        f"In these tables {case.mark} marks the {place} in {n} of {of} rows.",
        help=f"Set the {place} score of the row in {case.mark}, whoever's it is.",
        span=claim.span,
        related=tuple(Related(c.span, "better", c.raw) for c in ahead[:4]),
        severity=None
        if case.rank == 1 and case.usage.sure and _ever_marked(ahead, case.usage)
        else "warning",
    )


def _ever_marked(ahead: list[Claim], usage: Usage) -> bool:
    """Whether one of the better models is marked elsewhere, so that it surely takes part."""
    ever = {c.model for m in usage.rows for c in m.marked}
    return any(c.model in ever for c in ahead)


def _left_out(ahead: list[Claim], usage: Usage) -> bool:
    """Whether every better model may stand outside the comparison: closed or a reference, never marked."""
    if _ever_marked(ahead, usage):
        return False
    if all(_CLOSED.search(c.model or "") for c in ahead):
        return True
    # ahead again and again and never marked: a reference that the author does not count
    names = {c.model for c in ahead}
    return sum(not m.fits(1) and m.ranked[0].model in names for m in usage.rows) >= 2
