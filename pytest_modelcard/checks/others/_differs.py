"""The verdict that MC251 and MC252 share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model import Related
from ..base import Subject, Verdict, clean, fault, unknown
from ..tables._rows import number
from ._own_cards import compare, own_card, place, tally

if TYPE_CHECKING:
    from ...evidence import Evidence


def differs(subject: Subject, evidence: Evidence) -> Verdict:
    """One number of another model against that model's own card."""
    claim, repo_id = subject.claims[0], str(subject.data)
    found = compare(evidence, claim, repo_id)
    theirs = found.theirs
    if theirs is None:
        return unknown(f"The card of {repo_id} gives no {claim.benchmark}.")
    where = place(repo_id, theirs)
    told = f"{number(claim)} here, {number(theirs)} in line {theirs.span.line} of the card of {repo_id}"
    quote = own_card(evidence, repo_id).line(where.line).strip()[:200]
    related = (Related(where, f"{theirs.benchmark}: {number(theirs)}", quote),)
    if found.state == "same":
        return clean(f"{claim.benchmark} of {claim.model or repo_id} is {told}.", related=related)
    if found.state == "unclear":
        return unknown(
            f"{claim.benchmark} of {claim.model or repo_id} is {told}, but not surely in the same setting."
        )
    same, different = tally(evidence, repo_id)
    message = f"{claim.benchmark} of {claim.model or repo_id} is {told}."
    if different > same:
        message += (
            f" Of {same + different} numbers that stand on both cards {different} differ, so this card may "
            "have measured that model itself."
        )
    elif same:
        message += f" {same} other numbers of that model agree with its own card."
    return fault(
        message + " Evaluation settings may differ between the two.",
        help=f"Give the number of {repo_id}'s own card, or say how and by whom this one was measured.",
        related=related,
        severity="note" if different > same else None,
    )
