"""MC254: a merge that scores below one of its parents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ...card.records import Card
from ...card.vocabulary import PARENT
from ...errors import CannotTell
from ...model import Claim, Related
from ..base import Need, Rule, Subject, Verdict, clean, fault, slug, unknown
from ..metadata._entries import id_trouble, texts
from ..metadata._parents import named_parents
from ..tables._rows import Row, better, direction, number, rows
from ._own_cards import Ids, benchmark_of, compare, one_number, place

if TYPE_CHECKING:
    from ...evidence import Evidence

_MERGE_TAGS = frozenset(("merge", "mergekit", "model-merge", "frankenmerge"))
MAX_NAMED = 6


class MergeScoresBelowParent(Rule):
    """A merge scores below one of the models it was merged from.

    ## What it does
    For a model that its card declares or calls a merge, compares its scores with each parent's: in the same
    row of a table, else on the parent's own card. Names the benchmarks where the merge is the weaker one. A
    note; a warning where that is so on most of the benchmarks they share.

    ## Why it matters
    A merge is made to be better than its parts. Who chooses between it and a parent wants to know where it is
    not.

    ## Example
    ```
    base_model: [acme/a-7b, acme/b-7b]
    base_model_relation: merge

    | Benchmark | Ours | a-7b |
    |-----------|------|------|
    | GSM8K     | 71.0 | 77.1 |
    ```

    ## What to do instead
    Say plainly where a parent is better, or choose other merge weights.
    """

    id = "MC254"
    name = "merge-scores-below-parent"
    severity = "warning"
    needs: ClassVar[frozenset[Need]] = frozenset({"hub"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        own = next((c for c in card.named("score") if c.role == "this" and c.table is not None), None)
        if own is None:
            return
        for parent in _parents(card):
            yield Subject(slug(parent.rsplit("/", 1)[-1]), own.span, data=parent)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        card, parent = evidence.card, str(subject.data)
        ids = Ids(card)
        compared: set[tuple[str, str | None]] = set()
        below: list[tuple[Claim, Claim, bool]] = []
        trouble = ""
        for row in rows(card):
            ours = row.only("this")
            way = direction(row, card, evidence.registry)
            if ours is None or ours.value is None or way is None or len(ours.values) > 1:
                continue
            try:
                theirs, same_table = _of_parent(evidence, row, ours, ids, parent)
            except CannotTell as reason:
                trouble = str(reason)
                continue
            if theirs is None or theirs.value is None:
                continue
            name = (benchmark_of(ours), ours.setting)
            if name in compared:
                continue
            compared.add(name)
            if not one_number(ours, theirs) and better(theirs.value, ours.value, way):
                below.append((ours, theirs, same_table))
        if not compared:
            return unknown(trouble or f"No benchmark gives a number for both this merge and {parent}.")
        if not below:
            return clean(f"The merge is nowhere below {parent} on {len(compared)} benchmarks.")
        told = "; ".join(f"{o.benchmark} {number(o)} against {number(t)}" for o, t, _ in below[:MAX_NAMED])
        more = f" and {len(below) - MAX_NAMED} more" if len(below) > MAX_NAMED else ""
        return fault(
            f"The merge scores below its parent {parent} on {len(below)} of {len(compared)} benchmarks: "
            f"{told}{more}.",
            help="Say where the parent is the better choice, or choose other merge weights.",
            span=below[0][0].span,
            related=tuple(
                Related(t.span if here else place(parent, t), f"{t.model or parent}: {number(t)}", t.raw)
                for _, t, here in below[:MAX_NAMED]
            ),
            severity=None if 2 * len(below) > len(compared) > 1 else "note",
        )


def _parents(card: Card) -> list[str]:
    """The ids of the models that the card says it is merged from."""
    data = card.front_matter.data
    declared = [e.value for e in texts(card.front_matter, "base_model") if id_trouble(e.value) is None]
    tags = {e.value.lower() for e in texts(card.front_matter, "tags")}
    is_merge = data.get("base_model_relation") == "merge" or (
        "base_model_relation" not in data
        and (len(declared) > 1 or not declared)
        and not tags.isdisjoint(_MERGE_TAGS)
    )
    found = list(declared) if is_merge else []
    if card.named("prose", PARENT):
        found += [p.printed for p in named_parents(card) if p.relation == "merge" and p.is_id]
    return list({repo_id.lower(): repo_id for repo_id in found}.values())[:20]


def _of_parent(evidence: Evidence, row: Row, ours: Claim, ids: Ids, parent: str) -> tuple[Claim | None, bool]:
    """The parent's score beside ours, and whether it stands in the same table."""
    here = [c for c in row.claims if c.role != "this" and (ids.of(c) or "").lower() == parent.lower()]
    if here:
        return (here[0] if len(here) == 1 and len(here[0].values) < 2 else None), True
    found = compare(evidence, ours, parent)
    if found.state == "same" or found.state == "differs":
        return found.theirs, False
    return None, False
