"""Items of a checklist, and whether a card speaks of them: by section, sentence, claim or metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...card.records import Card, Heading
from ...model import Span

_FLAGS = re.I | re.S
#: What stands in a section that was never written.
_EMPTY = re.compile(
    r"^[\s\[(*_-]*+(?:more information needed|todo|tbd|tba|n/?a|none|coming soon|待补充"
    r"|em breve)?[\s\])*_.-]*$",
    re.I,
)
#: "Licence: TODO"
_UNWRITTEN = re.compile(
    r"[\s\[(*_:：|-]*+(?:more information needed|todo|tbd|tba|coming soon|待补充|em breve)\b", re.I
)
#: No word and no number: patterns would spend their time on it.
_ENDLESS = re.compile(r"[!-~]{200,}+")
#: Longer paragraphs are looked at in parts.
MAX_PIECE = 3_000
MAX_SCAN = 400_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a card should say."""

    key: str
    title: str  #: completes "The card does not state ..."
    help: str
    heading: str = ""  #: pattern of a heading whose section says it
    text: str = ""  #: pattern of a sentence or table cell that says it
    code: str = ""  #: pattern of a code block that says it
    touches: str = ""  #: pattern of words near the matter: then it cannot be told
    claims: tuple[str, ...] = ()  #: names of attribute or prose claims that say it
    metadata: tuple[str, ...] = ()  #: keys of the front matter that say it


@dataclass(frozen=True, slots=True)
class Found:
    """Where a card speaks of an item."""

    span: Span
    words: str
    sure: bool = True


@dataclass
class Reader:
    """A card's text, cut into pieces with their places; made once a card."""

    card: Card
    pieces: list[tuple[Span, str]] = field(default_factory=list)
    sections: list[tuple[Heading, bool]] = field(
        default_factory=list
    )  #: heading, does its section say anything

    def __post_init__(self) -> None:
        card = self.card
        size = 0
        for paragraph in card.paragraphs:
            self.pieces.append((paragraph.span, paragraph.text))
        for table in card.tables:
            rows: dict[int, list[tuple[Span, str]]] = {}
            for cell in table.cells:
                rows.setdefault(cell.row, []).append((cell.span, cell.text))
            self.pieces += [(row[0][0], ": ".join(text for _, text in row)) for row in rows.values()]
        self.pieces += [(link.span, f"{link.text} {link.target[:300]}") for link in card.links]
        kept = []
        for span, text in self.pieces:
            size += len(text)
            if size > MAX_SCAN:
                break
            text = _ENDLESS.sub("…", text)
            kept += [(span, text[at : at + MAX_PIECE]) for at in range(0, max(len(text), 1), MAX_PIECE)]
        self.pieces = kept
        filled = sorted(
            [s.line for s, t in kept if not _EMPTY.match(t)]
            + [c.span.line for c in card.code]
            + [t.span.line for t in card.tables]
            + [link.span.line for link in card.links]
        )
        headings = card.headings
        for i, heading in enumerate(headings):
            end = next(
                (h.span.line for h in headings[i + 1 :] if h.level <= heading.level), len(card.lines) + 1
            )
            says = any(heading.span.line < line < end for line in filled)
            self.sections.append((heading, says))

    def find(self, item: Item) -> Found | None:
        """The first place that says what the item asks for; an unsure one where the card only touches it."""
        for key in item.metadata:
            value = self.card.front_matter.data.get(key)
            if value not in (None, "", [], {}):
                span = self.card.front_matter.span(key) or Span(self.card.identity.path, 1)
                return Found(span, f"{key}: {value}"[:100])
        for name in item.claims:
            for claim in (*self.card.named("attribute", name), *self.card.named("prose", name)):
                return Found(claim.span, claim.raw[:100])
        if item.heading:
            pattern = re.compile(item.heading, _FLAGS)
            for heading, says in self.sections:
                if says and pattern.search(heading.text[:300]):
                    return Found(heading.span, heading.text[:100])
        if item.code:
            pattern = re.compile(item.code, _FLAGS)
            for block in self.card.code:
                if m := pattern.search(block.text[:20_000]):
                    line = block.span.line + block.text.count("\n", 0, m.start())
                    return Found(Span(block.span.path, line), m[0][:100])
        for source, sure in ((item.text, True), (item.touches, False)):
            if not source:
                continue
            pattern = re.compile(source, _FLAGS)
            for span, text in self.pieces:
                if (m := pattern.search(text)) and not _UNWRITTEN.match(text, m.end()):
                    begin = max(m.start() - 30, 0)
                    return Found(span, " ".join(text[begin : m.end() + 50].split())[:100], sure)
        return None
