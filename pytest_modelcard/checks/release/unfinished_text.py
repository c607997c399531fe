"""MC054: text that is not finished."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...model import Related, Span
from ..base import Rule, Subject, Verdict, clean, fault

if TYPE_CHECKING:
    from ...evidence import Evidence

_UNFINISHED = re.compile(
    r"\bTODO\b|\bTBD\b|\bTBA\b|\bFIXME\b|\bXXX\b|\[?more information needed\]?|\bcoming soon\b"
    r"|\bto be (?:added|announced|released|updated|filled)\b"
    r"|\bem breve\b|\bpróximamente\b|敬请期待|即将(?:发布|推出|开源)|待补充|\blorem ipsum\b"
)
MAX_PLACES = 10


class UnfinishedText(Rule):
    """The card still promises or leaves open what the release should bring.

    ## What it does

    Looks for TODO, TBD, "coming soon", "to be announced" and the like in headings and prose. Unlike
    leftover-template it also names roadmaps: before a release each of them wants a decision.

    ## Why it matters

    Nobody comes back to a released card to take out "coming soon".

    ## Example

        ## Evaluation
        Coming soon.

    ## What to do instead

    Write it, or take it out.
    """

    id = "MC054"
    name = "unfinished-text"
    severity = "warning"
    profiles = ("release",)

    def subjects(self, card: Card) -> Iterable[Subject]:
        places: list[tuple[Span, str]] = []
        path = card.identity.path
        for heading in card.headings:
            if m := _UNFINISHED.search(heading.text):
                places.append((heading.span, m[0]))
        for paragraph in card.paragraphs:
            for m in re.finditer(_UNFINISHED.pattern, paragraph.text, re.I):
                if m[0].isupper() or not re.fullmatch(r"todo|xxx|tbd|tba", m[0], re.I):
                    places.append((Span(path, paragraph.line_of(m.start())), m[0]))
        places.sort(key=lambda p: p[0].line)
        yield Subject("text", places[0][0] if places else Span(path, 1), data=places)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        places: list[tuple[Span, str]] = subject.data
        if not places:
            return clean("Nothing in the card is marked as unfinished.")
        words = ", ".join(f'"{w}" (line {s.line})' for s, w in places[:5])
        return fault(
            f"Open: {len(places)} {'place is' if len(places) == 1 else 'places are'} marked as unfinished: "
            f"{words}.",
            help="Finish the text, or take it out.",
            related=tuple(Related(s, "also here", w) for s, w in places[1:MAX_PLACES]),
        )
