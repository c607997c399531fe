"""MC213: "state of the art" against the card's own tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...card import vocabulary
from ...card.records import Card
from ...model import Claim
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._gains import known_in, named_in
from ._rows import Row, better, describe, direction, rows

if TYPE_CHECKING:
    from ...evidence import Evidence

#: What may follow the words in a claim that is about everything.
_GENERAL = re.compile(
    r"(?:(?:overall )?(?:performance|results?|scores?|accuracy|quality|models?|llms?"
    r"|(?:large )?language models?|水平|性能|效果|成绩|结果)"
    r"(?:\s*(?:,|\.|!|(?:across|on) (?:all|every|the board)(?![a-z])|while |with |and ).*)?"
    r"|(?:on|across|in) (?:all|every)(?: (?:the )?(?:benchmarks?|evaluations?|tests?))?"
    r"|em tod[oa]s (?:os|as) (?:testes|benchmarks|avaliações))?",
    re.IGNORECASE | re.DOTALL,
)
_SOTA = re.compile(r"state[- ]of[- ]the|sota|estado d|最", re.IGNORECASE)
#: Words that narrow the claim to some models, which the table's names cannot be sorted by.
_AMONG = re.compile(
    r"(?<![a-z])(?:open(?:[- ](?:source|weights?|models?))?|size|class|category|similar|comparable|same|among"
    r"|small(?:er)?|light-?weight|compact|parameters?|scale|for its|at the time|at release|previous"
    r"|former|prior"
    r"|near|close|rival\w*|competitive|(?:under|below|than|sub|up to)[ -]?\d+(?:\.\d+)?\s?b"
    r"|\d+(?:\.\d+)?b[- ](?:class|scale|size|models?|range|level))(?![a-z])"
    r"|开源|同规模|同等|同级|同尺寸|参数",
    re.IGNORECASE,
)
#: Words that narrow it to some benchmarks, none of which the sentence names.
_ON = re.compile(
    r"(?<![a-z])(?:tasks?|areas?|domains?|fields?|such as|metrics?|multilingual|portuguese|brazilian|chinese"
    r"|japanese|korean|german|french|spanish|coding|math\w*|reasoning|agentic|speech|vision|edge|on-device"
    r"|efficien\w*|techniques?|methods?|many|several|some|most|selected|certain)(?![a-z])|部分|多项",
    re.IGNORECASE,
)


class StateOfTheArtContradicted(Rule):
    """A sentence claims the state of the art; the card's own tables show other models ahead.

    ## What it does
    Counts the rows of the card's tables where this model stands beside others, and in how many of them
    another one is ahead. No verdict where the sentence narrows its claim ("among open models", "for its
    size", "multilingual"), because the table's names cannot be sorted by it.

    ## Why it matters
    The claim is about all others, and the table is the only evidence the card gives for it.

    ## Example
    ```
    Acme 7B is state of the art.

    | Benchmark | Acme 7B | Other 7B |
    |-----------|---------|----------|
    | GSM8K     | 74.3    | 81.0     |
    ```

    ## What to do instead
    Say on which benchmark and among which models it leads.
    """

    id = "MC213"
    name = "state-of-the-art-contradicted"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for claim in card.named("prose", vocabulary.STATE_OF_THE_ART):
            yield Subject("state-of-the-art", claim.span, claims=(claim,))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim = subject.claims[0]
        found = _places(evidence)
        if not found:
            return unknown("The card has no table in which this model stands beside others.")
        named = named_in(claim.raw, (p.row for p in found), evidence.registry)
        if not named and known_in(claim.raw, evidence.registry):
            return unknown("The card's tables do not have the benchmark that the sentence names.")
        if named:
            found = [p for p in found if p.row.benchmark in named]
        beaten = [p for p in found if p.ahead is not None]
        counted = f"another model of the same table is ahead in {len(beaten)} of {len(found)} rows"
        if not beaten:
            return clean(f"The model is ahead in all {len(found)} rows that the claim may speak of.")
        narrowed = _narrowed(claim, bool(named))
        if narrowed:
            return unknown(
                f'The claim is narrowed ("{narrowed}"), and what it is meant to cover cannot be told; '
                f"over all, {counted}."
            )
        claimed = "state of the art" if _SOTA.search(claim.raw) else "lead"
        examples = "; ".join(
            f"{p.row.label}: {describe(p.ahead)} against {describe(p.own)}" for p in beaten[:4] if p.ahead
        )
        return fault(
            f"The card claims the {claimed}, but {counted}: {examples}.",
            help="Say on which benchmark and among which models it leads.",
            severity=None if 2 * len(beaten) > len(found) else "note",
        )


def _narrowed(claim: Claim, named: bool) -> str:
    """The words by which the claim is about less than everything in the tables; "" for none.

    Where the sentence names its benchmarks, only words that pick out models narrow it further.
    """
    among = _AMONG.search(f"{claim.text or ''} {claim.raw}")
    if among or named:
        return among[0] if among else ""
    if not _GENERAL.fullmatch((claim.text or "").strip()):
        return (claim.text or "")[:60]
    on = _ON.search(claim.raw)
    return on[0] if on else ""


@dataclass(frozen=True, slots=True)
class _Place:
    row: Row
    own: Claim
    ahead: Claim | None  #: the best of the other models, where it is better than this one


def _places(evidence: Evidence) -> list[_Place]:
    """The rows in which this model stands beside others, and who is ahead there."""
    card = evidence.card
    found = []
    for row in rows(card):
        own, way = row.only("this"), direction(row, card, evidence.registry)
        others = [c for c in row.claims if c.role == "other"]
        if own is None or own.values or way is None or not others:
            continue
        ahead = [c for c in others if better(c.value or 0, own.value or 0, way)]
        top = max(ahead, key=lambda c: abs((c.value or 0) - (own.value or 0)), default=None)
        found.append(_Place(row, own, top))
    return found
