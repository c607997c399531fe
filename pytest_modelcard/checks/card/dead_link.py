"""MC004: a link of the card leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._anchors import anchors, loose
from ._targets import Target, hint, known_files, own_target

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_LINKS = 500


class DeadLink(Rule):
    """A link to a file of the repository, or to a heading of the card, leads nowhere.

    ## What it does

    Looks up each relative link, and each full address of the card's own repository, among the repository's
    files and folders; and each `#anchor` among the anchors that GitHub and the Hub make from headings.
    Links to other sites are not followed.

    ## Why it matters

    The licence, the recipe or the evaluation that the card points at cannot be read.

    ## Example

        See the [licence](LICENSE.md) and the [evaluation](#evaluation).

    where there is neither a file LICENSE.md nor a heading "Evaluation".

    ## What to do instead

    Upload the file, or correct the link.
    """

    id = "MC004"
    name = "dead-link"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        seen: set[Target] = set()
        for link in card.links:
            if link.kind != "link":
                continue
            target = own_target(link.target, card.identity.path, card.identity.repo_id)
            if target is None or (not target.path and not target.anchor):
                continue
            if target.path and target.anchor:
                target = Target(target.path, "")  # anchors of other files are not looked at
            if target in seen or len(seen) >= MAX_LINKS:
                continue
            seen.add(target)
            key = slug(target.path) if target.path else f"anchor-{slug(target.anchor)}"
            yield Subject(key, link.span, data=target)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        target: Target = subject.data
        if not target.path or target.path == evidence.card.identity.path:
            return self._anchor(target.anchor, evidence)
        files = known_files(evidence)
        if target.path in files:
            return clean(f"{target.path} is in the repository.")
        if any(f.startswith(target.path + "/") for f in files):
            return clean(f"{target.path}/ is a folder of the repository.")
        return fault(
            f"The link leads to {target.path}; the repository's {len(files)} files lack "
            f"it.{hint(target.path, files)}",
            help="Upload the file, or correct the link.",
        )

    def _anchor(self, anchor: str, evidence: Evidence) -> Verdict:
        card = evidence.card
        known: set[str] = evidence.compute("card-anchors", lambda: anchors(card))
        wanted = anchor.removeprefix("user-content-").lower()
        if not wanted or wanted in known:
            return clean(f"The card has the anchor #{anchor}.")
        near = next((k for k in sorted(known) if loose(k) and loose(k) == loose(wanted)), None)
        if near is not None:
            return fault(
                f"No heading has the anchor #{anchor} exactly; the nearest is #{near}. Some sites find it, "
                f"others do not.",
                help=f"Write #{near}.",
                severity="note",
            )
        return fault(
            f"No heading of the card has the anchor #{anchor}.", help="Name a heading that is there."
        )
