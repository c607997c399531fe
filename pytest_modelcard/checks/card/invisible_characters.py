"""MC006: characters that a reader cannot see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...model import Related, Severity, Span
from ..base import Rule, Subject, Verdict, clean, fault
from ._invisible import Invisible, code_points, hidden_message, invisible_runs

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_RUNS = 5_000
MAX_RELATED = 10
#: So many in a row carry data; a slip of copy and paste leaves one or two.
CARRIES_DATA = 8
#: Soft hyphens below this number are an editor's.
FEW_HYPHENS = 20

_WHAT = {
    "bidi-override": "characters that turn the order of the text around",
    "bidi-embedding": "direction controls in a line with no right-to-left text",
    "direction-mark": "direction marks in a line with no right-to-left text",
    "zero-width-space": "zero width spaces",
    "zero-width-joiner": "zero width joiners that join nothing",
    "word-joiner": "word joiners",
    "byte-order-mark-within": "byte order marks within the text",
    "soft-hyphen": "soft hyphens",
    "tag-characters": "tag characters, which show nothing and can spell hidden text",
    "variation-selectors": "variation selectors in a row, which show nothing and can carry data",
    "control-character": "control characters",
    "hangul-filler": "Hangul fillers in a line with no Hangul",
    "other-invisible": "invisible characters",
}


class InvisibleCharacters(Rule):
    """The card holds characters that show nothing, or that change what is shown.

    ## What it does

    Reports zero width characters, direction controls, tag characters, rows of variation selectors and control
    characters, in prose, code and front matter. What a script or an emoji needs is left alone: joiners within
    emoji and in Persian or Hindi words, direction marks beside Arabic or Hebrew.

    ## Why it matters

    A reader sees other text than a machine does: a command that is copied does something else, a model's name
    is not found, or an instruction to a language model stands there unseen. Overrides of direction can make
    code read as the opposite of what it is.

    ## Example

        license: m\\u200bit

    ## What to do instead

    Delete the characters. Editors show them with "render whitespace" or "highlight unicode".
    """

    id = "MC006"
    name = "invisible-characters"

    def subjects(self, card: Card) -> Iterable[Subject]:
        kinds: dict[str, list[Invisible]] = {}
        for n, run in enumerate(invisible_runs(card.lines)):
            if n >= MAX_RUNS:
                break
            kinds.setdefault(run.kind, []).append(run)
        for kind, runs in kinds.items():
            yield Subject(kind, _span(card, runs[0]), _shown(card, runs[0]), data=runs)
        if not kinds:
            yield Subject("card", Span(card.identity.path, 1))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        runs: list[Invisible] | None = subject.data
        card = evidence.card
        if runs is None:
            return clean("Every character of the card can be seen.")
        count = sum(len(r.text) for r in runs)
        longest = max(runs, key=lambda r: len(r.text))
        message = hidden_message(longest.text)
        lines = sorted({r.line for r in runs})
        where = f"in line {lines[0]}" if len(lines) == 1 else f"in {len(lines)} lines, first {lines[0]}"
        spelled = f' They spell "{message[:80]}".' if message else ""
        seen = "".join(r.text for r in runs)
        return fault(
            f"{count} {_WHAT[subject.key]} ({code_points(seen)}) {where}.{spelled}",
            help="Delete them: they are not seen, but copied, searched and read by machines.",
            related=tuple(Related(_span(card, r), "also here", _shown(card, r)) for r in runs[1:MAX_RELATED]),
            severity=_severity(card, subject.key, runs, len(longest.text), bool(message)),
        )


def _severity(card: Card, kind: str, runs: list[Invisible], longest: int, spells: bool) -> Severity:
    if kind == "bidi-override" or spells:
        return "error"
    if longest < CARRIES_DATA and _only_examples(card, runs):
        return "note"  # a text that a widget shows was copied as it was
    if kind == "variation-selectors" and longest == 1:
        return "note"  # the emoji before it was lost
    if longest >= CARRIES_DATA or kind in ("tag-characters", "variation-selectors", "bidi-embedding"):
        return "warning"
    if kind == "soft-hyphen":
        return "note" if len(runs) < FEW_HYPHENS else "warning"
    in_code = {n for b in card.code for n in range(b.span.line, b.span.line + b.text.count("\n") + 1)}
    # a line with nothing else is an entry in a list of characters
    in_code -= {r.line for r in runs if not any(c.isalnum() for c in card.line(r.line))}
    matters = any(r.inside_word or r.line in in_code or r.line <= card.front_matter.last_line for r in runs)
    return "warning" if matters else "note"


def _only_examples(card: Card, runs: list[Invisible]) -> bool:
    """Whether all of these stand in the front matter's examples of inputs (`widget`)."""
    start, end = card.front_matter.key_spans.get(("widget",)), card.front_matter.last_line
    if start is None:
        return False
    below = [
        s.line for path, s in card.front_matter.key_spans.items() if len(path) == 1 and s.line > start.line
    ]
    end = min([*below, end])
    return all(start.line <= r.line < end for r in runs)


def _span(card: Card, run: Invisible) -> Span:
    return Span(card.identity.path, run.line, run.column)


def _shown(card: Card, run: Invisible) -> str:
    """The words around, with the characters as code points, so that a terminal cannot be misled."""
    line = card.line(run.line)
    at = run.column - 1
    around = (
        line[max(at - 30, 0) : at]
        + f"<{code_points(run.text)}>"
        + line[at + len(run.text) : at + len(run.text) + 30]
    )
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in around).strip()
