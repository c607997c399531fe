"""MC213: "state of the art" against the card's own tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card import vocabulary
from ...card.records import Card
from ...model import Claim
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import Row, better, describe, direction, rows

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Words that narrow the claim to some models, which the table's names cannot be sorted by.
_SCOPE = re.compile(
    r"(?<![a-z])(?:open(?:[- ](?:source|weights?|models?))?|size|class|category|similar|comparable|same"
    r"|small(?:er)?|light-?weight|compact|(?:under |sub-?)?\d+(?:\.\d+)?b|parameters?|scale|dense|moe"
    r"|local|edge|on-device"
    r"|language|multilingual|portuguese|brazilian|chinese|japanese|korean|german|french|spanish|domestic"
    r"|efficien\w*|among|for its|given|at the time|at release|previous|former|prior|competitive|near|close"
    r"|rival\w*|compar\w+|approach\w*|techniques?|methods?|training|architecture|data|recipes?|infrastructure"
    r"|framework|inference|hardware|quantiz\w+|many|several|some|most|selected|certain)(?![a-z])"
    r"|开源|同规模|同等|同级|参数|部分|多项",
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
            yield Subject(slug("claim"), claim.span, claims=(claim,))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim = subject.claims[0]
        card = evidence.card
        beaten: list[tuple[Row, Claim, Claim]] = []
        compared = 0
        for row in rows(card):
            own, way = row.only("this"), direction(row, card, evidence.registry)
            others = [c for c in row.claims if c.role == "other"]
            if own is None or own.values or way is None or not others or card.tables[row.table].is_gains:
                continue
            compared += 1
            ahead = [c for c in others if better(c.value or 0, own.value or 0, way)]
            if ahead:
                top = max(ahead, key=lambda c: (c.value or 0) if way == "higher" else -(c.value or 0))
                beaten.append((row, own, top))
        if not compared:
            return unknown("The card has no table in which this model stands beside others.")
        counted = f"another model of the same table is ahead in {len(beaten)} of {compared} rows"
        if not beaten:
            return clean(f"The model is ahead in all {compared} rows where it stands beside others.")
        narrowed = _SCOPE.search(f"{claim.text or ''} {claim.raw}")
        if narrowed:
            return unknown(
                f'The claim is narrowed ("{narrowed[0]}"), and which models are meant cannot be told; '
                f"over all, {counted}."
            )
        examples = "; ".join(
            f"{row.label}: {describe(top)} against {describe(own)}" for row, own, top in beaten[:4]
        )
        return fault(
            f"The card claims the state of the art, but {counted}: {examples}.",
            help="Say on which benchmark and among which models it leads.",
            severity=None if 2 * len(beaten) > compared else "note",
        )
