"""MC119: one licence in the metadata, another in the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ...card.vocabulary import LICENSE
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._entries import shown, stated, texts
from ._licenses import printed_ids

if TYPE_CHECKING:
    from ...evidence import Evidence


class LicenseTextDisagrees(Rule):
    """## What it does
    Compares `license` with the licence that a specification table or a sentence of the card names. Only
    names that are sure are compared ("Apache 2.0", "MIT License", "CC BY-NC 4.0"); a disagreement of a
    table is an error, of a sentence a warning, for it may speak of the code or of another model.

    ## Why it matters
    Two licences in one card mean that nobody knows which holds.

    ## Example
    ```markdown
    ---
    license: mit
    ---
    | License | Apache 2.0 |
    |---------|------------|
    ```

    ## What to do instead
    Say the same in both places; where code and weights differ, say which is which.
    """

    id = "MC119"
    name = "license-text-disagrees"

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not texts(card.front_matter, "license"):
            return
        for claim in stated(card, LICENSE):
            ids = printed_ids(claim.text or claim.raw)
            if ids:
                yield Subject(slug(*sorted(ids)), claim.span, claims=(claim,), data=(claim, ids))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim: Claim
        ids: frozenset[str]
        claim, ids = subject.data
        declared = texts(evidence.card.front_matter, "license")
        values = {e.value.lower() for e in declared}
        said = shown(claim.text or claim.raw)
        if values & ids:
            return clean(f'"{said}" is `license: {declared[0].value}`')
        known = value_list("licenses")
        vague = {"other", "unknown", "cc", "gpl", "lgpl", "bsd", "openrail"}
        if values & vague or not all(v in known for v in values):
            return unknown(f'`license: {declared[0].value}` leaves open whether it is "{said}"')
        in_prose = claim.kind == "prose"
        return fault(
            f'the front matter says `license: {declared[0].value}`, the text says "{said}"'
            + (", which may be meant for something else" if in_prose else ""),
            help="let both name the same licence, or say what each of them is for",
            related=(Related(declared[0].span, "declared here"),),
            severity="warning" if in_prose or len(ids) > 1 else None,
        )
