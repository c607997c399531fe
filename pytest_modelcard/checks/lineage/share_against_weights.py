"""MC306: the proportion a card states for its parents is not that of the weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...lineage.printed_recipe import PrintedRecipe, printed_recipes
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import lineage, share, shares

#: A printed weight is rounded, too.
SLACK = 0.002

if TYPE_CHECKING:
    from ...evidence import Evidence


class ShareAgainstWeights(Rule):
    """The proportion a card states for its parents is not that of the weights.

    ## What it does
    Reads the weights of a linear merge from a mergekit configuration printed in the card, and compares each
    parent's share with the interval that the model's own weights allow.

    ## Why it matters
    A recipe that does not give the model back is no recipe; others build on it.

    ## Example
    ```
    merge_method: linear
    models:
    - {model: lab/a, parameters: {weight: 0.5}}   # the weights say 0.6
    ```

    ## What to do instead
    Print the configuration the model was made with.
    """

    id = "MC306"
    name = "share-against-weights"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        for recipe in printed_recipes(card):
            yield Subject("recipe", recipe.span, data=recipe)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        recipe: PrintedRecipe = subject.data
        found = lineage(evidence)
        if found.verdict != "exact-merge" or found.method != "linear":
            return unknown(f"the weights show no linear merge to compare the shares with: {found.sentence}")
        known = {p.id.lower(): p for p in found.parents if p.interval is not None}
        compared = [(known[id.lower()], share) for id, share in recipe.shares if id.lower() in known]
        if not compared:
            return unknown("none of the configuration's models is among the parents found")
        wrong = [
            (p, share)
            for p, share in compared
            if p.interval and not p.interval[0] - SLACK <= share <= p.interval[1] + SLACK
        ]
        if wrong:
            stated = "; ".join(f"{p.id}: {stated:.4g} printed, {share(p)} found" for p, stated in wrong)
            return fault(
                f"The printed configuration is not the weights': {stated}.",
                help="Print the configuration that was used.",
            )
        return clean(f"The printed shares are those of the weights: {shares(p for p, _ in compared)}.")
