"""A review as the text of a comment or summary: the report layer's comment, and what only the review knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..report.comment import LIMIT, Target, marker, render_comment
from ..report.markdown import prose
from ..review.record import Review

_STATE = re.compile(r"<!-- pytest-modelcard:state (blocked|clear) ([0-9a-f]{0,64}) -->")
_NOTES_LIMIT = 6000


def comment_text(
    review: Review,
    *,
    key: str = "default",
    target: Target = "github",
    links: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    earlier: str = "",
    repeat: str | None = None,
) -> str:
    """The whole comment. `earlier` is the text of the comment it replaces, whose last line says how that run ended."""
    said = _STATE.search(earlier)
    ahead = _ahead(review)
    state = f"<!-- pytest-modelcard:state {'blocked' if review.blocks else 'clear'} {review.head or ''} -->"
    compared = review.base is not None
    body = render_comment(
        [c.head for c in review.cards],
        base=[c.base or _nothing(c.head) for c in review.cards] if compared else None,
        target=target,
        links=links,
        limit=limit - len(ahead) * 2 - len(state) - 10,
        key=key,
        fail_on=review.fail_on,
        scope=review.scope,
        recovered=said is not None and said[1] == "blocked" and not review.blocks,
        repeat=repeat,
    )
    if not (review.cards or review.errors):  # nothing left to render
        well = (
            "All is well again: this pull request" if said and said[1] == "blocked" else "This pull request"
        )
        body = f"{marker(key)}\n**{well} touches no model card any more.**"
    first, rest = body.split("\n", 1) if body.startswith(marker(key)) else (marker(key), body)
    return "\n\n".join(part for part in (f"{first}\n{ahead}" if ahead else first, rest, state) if part)


def says_something(review: Review) -> bool:
    """Whether a pull request that has no comment yet needs one: not for what it merely leaves as it was."""
    return bool(review.errors or review.blocks) or any(
        c.changes.introduced or c.changes.fixed or c.changes.untold for c in review.cards
    )


def _nothing(head: Mapping[str, Any]) -> dict[str, Any]:
    """The base of a card that is new: the same card without findings."""
    return {**head, "findings": [], "lineage": None}


def _ahead(review: Review) -> str:
    lines = []
    if review.errors:
        lines.append("**Not every card could be checked:**\n")
        lines += [f"- {prose(error, 600)}" for error in review.errors[:20]]
    lines += [f"> {prose(note, 600)}" for note in review.notes[:10]]
    text = "\n".join(lines)
    return (
        text
        if len(text) <= _NOTES_LIMIT
        else "**Not every card could be checked; the log says which and why.**"
    )
