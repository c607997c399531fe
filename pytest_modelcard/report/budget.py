"""A comment within its limit: the least important goes first, and nothing is cut in the middle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_GLUE = "\n\n"
#: A call for a person; not the `@` of an address or of `org/name@revision`.
_CALL = re.compile(r"(?<!\w)@(?=\w)")


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a comment: whole items between a beginning and an end."""

    importance: int  #: 0 is never left out; higher numbers are left out earlier
    items: Sequence[str]
    before: str = ""  #: a heading, a table's header, the opening of a fold
    after: str = ""
    glue: str = _GLUE  #: between the items; a line break for rows and list items
    more: str = "{n} more, left out here for length."  #: said where items are missing


def size(text: str) -> int:
    """Length as the most careful counter sees it: characters outside the basic plane count twice."""
    return len(text) + sum(char > "\uffff" for char in text)


def fit(sections: Sequence[Section], limit: int) -> str:
    """The sections in their order, as many items of each as the limit allows, the important ones first.

    Sections of importance 0 are always whole; their makers keep them short. Where a section loses items, all that are
    less important than it are left out.
    """
    shown = {n: render(s, len(s.items)) for n, s in enumerate(sections) if s.importance == 0}
    left = limit - sum(size(t) + len(_GLUE) for t in shown.values())
    lost = None
    for n, section in sorted(enumerate(sections), key=lambda pair: pair[1].importance):
        if n in shown or not section.items:
            continue
        if lost is not None and section.importance > lost:
            break
        text, count = _longest(section, left - len(_GLUE))
        if count:
            shown[n] = text
            left -= size(text) + len(_GLUE)
        if count < len(section.items):
            lost = section.importance
    return _GLUE.join(shown[n] for n in sorted(shown) if shown[n])


def uncalled(section: Section) -> Section:
    """The section with every `@name` broken by a space, in code too: whether the Hub looks there is not documented."""
    return replace(
        section,
        items=[_CALL.sub("@ ", item) for item in section.items],
        before=_CALL.sub("@ ", section.before),
    )


def render(section: Section, count: int) -> str:
    """A section with its first `count` items, and a word about those that are missing."""
    body = section.glue.join(section.items[:count])
    missing = len(section.items) - count
    parts = [section.before + body]
    if missing:
        parts.append(section.more.format(n=missing))
    if section.after:
        parts.append(section.after)
    return _GLUE.join(parts)


def _longest(section: Section, room: int) -> tuple[str, int]:
    """The section with as many items as there is room for, and how many; ("", 0) where not even one fits."""
    low, high, best = 1, len(section.items), ("", 0)
    while low <= high:
        middle = (low + high) // 2
        text = render(section, middle)
        if size(text) <= room:
            low, best = middle + 1, (text, middle)
        else:
            high = middle - 1
    return best
