"""A parsed card: plain frozen records, every one with its place in the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..model import CardIdentity, Claim, Severity, Span

#: One step into the front matter: a key or a list index.
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong that was met while reading; a rule turns it into a finding."""

    code: str  #: "duplicate-key", "tab-indentation", ...
    message: str
    help: str
    span: Span
    severity: Severity = "error"
    quote: str = ""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The card's YAML header, read line-aware from the raw bytes.

    `data` holds what the Hub's own reader (YAML 1.2: `no` stays the string "no") makes of it; {} when absent
    or unreadable, in which case `problems` says why.
    """

    present: bool = False
    readable: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    spans: Mapping[KeyPath, Span] = field(
        default_factory=dict
    )  #: of values; of a key that has no value, the key
    key_spans: Mapping[KeyPath, Span] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    first_line: int = 1  #: line of the opening "---"
    last_line: int = 0  #: line of the closing "---"; 0 when absent

    def span(self, *path: str | int) -> Span | None:
        """Where the value at `path` stands, or the nearest enclosing entry that has a place."""
        for n in range(len(path), 0, -1):
            found = self.spans.get(path[:n]) or self.key_spans.get(path[:n])
            if found is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Heading:
    level: int  #: 1 to 6
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image in the rendered text (never from code or comments)."""

    kind: Literal["link", "image"]
    target: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class CodeBlock:
    language: str  #: "" when not given
    text: str
    span: Span  #: line of the first line of `text`


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of rendered prose: a paragraph, list item, block quote, or HTML text outside tables and headings.

    Markup removed, links kept as their text, hard line breaks as newlines. `line_of(offset)` gives the source
    line of a character of `text`.
    """

    text: str
    span: Span
    line_starts: tuple[tuple[int, int], ...]  #: (offset into text, source line), ascending
    heading: str = ""  #: the text of the nearest heading above
    links: tuple[tuple[int, int, str], ...] = ()  #: (start, end, target) of the links within `text`
    code: tuple[tuple[int, int], ...] = ()  #: (start, end) of the code spans within `text`

    def line_of(self, offset: int) -> int:
        at = bisect_right(self.line_starts, offset, key=lambda start: start[0])
        return self.line_starts[at - 1][1] if at else self.span.line


#: An HTML comment, a style that hides, or white text on no background of its own.
Hiding = Literal["comment", "hidden", "white"]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text of the source that a reader of the rendered card does not see."""

    how: Hiding
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as printed, at its top-left place in the grid."""

    text: str  #: rendered text: no markup, links as their text, <br> as "\n"
    raw: str  #: source, trimmed
    span: Span
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    bold: bool = False
    underline: bool = False
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table and what it was taken for."""

    index: int
    format: Literal["pipe", "html"]
    span: Span  #: line of the header row, or of the <table> tag
    cells: tuple[Cell, ...]
    n_rows: int
    n_cols: int
    kind: Literal["benchmark", "attributes", "other"] = "other"
    is_gains: bool = False  #: a table that shows this model against its base with a difference column
    heading: str = ""  #: the text of the nearest heading above
    models: tuple[str, ...] = ()  #: model names in printed order
    benchmarks: tuple[str, ...] = ()
    implicit_model: str | None = None  #: the model a table speaks of without printing its name


@dataclass(frozen=True, slots=True)
class Card:
    """A model card, parsed. `path` of every span is `identity.path`, the card's path in its repository."""

    identity: CardIdentity
    text: str  #: decoded, line ends normalised to "\n", without BOM; lines agree with the source
    lines: tuple[str, ...]
    front_matter: FrontMatter = field(default_factory=FrontMatter)
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    code: tuple[CodeBlock, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    tables: tuple[Table, ...] = ()
    claims: tuple[Claim, ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def name(self) -> str:
        """The model's name: last part of the repository id, else the first heading, else the file's folder."""
        if self.identity.repo_id:
            return self.identity.repo_id.rsplit("/", 1)[-1]
        for heading in self.headings:
            return heading.text
        return ""

    def line(self, number: int) -> str:
        """The source line (1-based), "" beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def named(self, kind: str, *names: str) -> tuple[Claim, ...]:
        """Claims of a kind, with one of these names where any are given."""
        return tuple(c for c in self.claims if c.kind == kind and (not names or c.name in names))
