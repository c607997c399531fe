"""What a phrase is with which a card says what its model was made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that is followed by the name of a parent."""

    source: str  #: of the pattern
    relation: str  #: one of vocabulary.RELATIONS
    strong: bool  #: unmistakable: a name that is only capitalised is enough behind it
    before: bool  #: the name stands in the phrase's group "name" instead of behind it
    cues: tuple[
        str, ...
    ]  #: the phrase needs one of these in the lower-case sentence: a cheap look before the search

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.source)


@cache
def _compiled(source: str) -> re.Pattern[str]:
    """The pattern of a phrase; most cards hold the cues of few phrases."""
    return re.compile(source, re.I)


def phrase(cues: str, pattern: str, relation: str, *, strong: bool = True, before: bool = False) -> Phrase:
    """A phrase of these cues (joined by "|") and this pattern."""
    return Phrase(pattern, relation, strong, before, tuple(cues.split("|")))


#: "fine-tuned" and its like.
TUNED = (
    r"(?:fine[- ]?tun(?:ed|ing|e)|finetun(?:ed|ing|e)|post[- ]?trained|instruction[- ]?tuned|aligned"
    r"|rl[- ]?tuned)"
)
