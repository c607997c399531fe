"""The Markdown body as blocks with their lines: headings, links, code, paragraphs, and the raw tokens."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from ..model import Span
from .blocks import HtmlState
from .inline import InlineReader
from .records import CodeBlock, Heading, Hidden, Link, Paragraph, Problem
from .runs import Run, Shared

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: Lists and quotes nested deeper than this are not read.
MAX_NESTING = 60
#: A longer line, and a longer body, are not read to their end.
MAX_LINE = 50_000
MAX_BODY = 2 * 1024 * 1024
#: Opening brackets, pipes and lines cost the parser most; no honest card comes near these.
MAX_BRACKETS = 60_000
MAX_PIPES = 60_000
MAX_LINES = 30_000  #: that are not blank

_DATA_URI = re.compile(r"(data:[\w/+.;=-]{1,60};base64,)[A-Za-z0-9+/=_-]{200,}+")


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed body. `lines` are all lines of the file; `tokens[i].map` are half-open ranges from 0."""

    path: str
    lines: tuple[str, ...]
    first_line: int  #: 1-based; lines above belong to the front matter
    tokens: tuple[Token, ...]
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    code: tuple[CodeBlock, ...]
    paragraphs: tuple[Paragraph, ...]
    problems: tuple[Problem, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    def heading_above(self, line: int) -> str:
        """Text of the nearest heading above a line, "" if there is none."""
        at = bisect_right(self.headings, line, key=lambda h: h.span.line)
        return self.headings[at - 1].text if at else ""


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    # A link to anything is a link of the card: which ones are safe to follow is for others to say.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    # ... and stays as the author wrote it.
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return markdown


def read_document(lines: Sequence[str], path: str, first_line: int = 1) -> Document:
    """Parse the body; lines before `first_line` are blanked so that all line numbers stay true."""
    body, problems = _bounded(lines, path, first_line)
    tokens = tuple(_markdown().parse("\n".join(body)))
    shared = Shared(path)
    state = HtmlState(path, body)
    headings: list[Heading] = []
    code: list[CodeBlock] = []
    run = Run(shared)
    cell_end = 0
    in_row = False
    deepest = 0
    for i, token in enumerate(tokens):
        kind = token.type
        deepest = max(deepest, token.level)
        if kind == "inline":
            opener = tokens[i - 1]
            line = token.map[0] + 1 if token.map else 1
            reader = InlineReader(token, body, run, state, cell_end if in_row else 0)
            if opener.type == "heading_open":
                state.begin_heading()
                reader.read()
                text = " ".join(run.text.split())
                run.finish(keep=False)
                if text:
                    headings.append(Heading(int(opener.tag[1]), text, Span(path, line)))
                continue
            if in_row:
                reader.read()
                cell_end = reader.end_column()
                run.finish(keep=False)
                continue
            state.begin_block(line)
            reader.read()
            state.finish(run)
        elif kind == "html_block" and token.map:
            state.begin_block(token.map[0] + 1)
            state.read_block(token.content, token.map[0] + 1, body, run)
        elif kind in ("fence", "code_block") and token.map:
            shift = 1 if kind == "fence" else 0
            language = token.info.strip().split(" ")[0]
            code.append(
                CodeBlock(language, token.content, Span(path, min(token.map[0] + 1 + shift, len(lines))))
            )
        elif kind == "tr_open":
            in_row, cell_end = True, 0
        elif kind == "tr_close":
            in_row = False
    if deepest >= MAX_NESTING - 1:
        problems.append(_too_deep(tokens, path))
    headings = sorted((*headings, *state.headings), key=lambda h: h.span.line)
    code = sorted((*code, *state.code), key=lambda c: c.span.line)
    places = [h.span.line for h in headings]
    paragraphs = []
    for paragraph in shared.paragraphs:
        at = bisect_right(places, paragraph.span.line)
        paragraphs.append(replace(paragraph, heading=headings[at - 1].text) if at else paragraph)
    return Document(
        path,
        tuple(lines),
        first_line,
        tokens,
        tuple(headings),
        tuple(shared.links),
        tuple(code),
        tuple(paragraphs),
        tuple(problems),
        tuple(shared.hidden),
    )


def _bounded(lines: Sequence[str], path: str, first_line: int) -> tuple[list[str], list[Problem]]:
    """The lines to parse: front matter blanked, embedded images and overlong lines cut, all within bounds."""
    problems: list[Problem] = []
    body = [""] * (first_line - 1)
    size = brackets = pipes = filled = 0
    for number in range(first_line, len(lines) + 1):
        line = lines[number - 1]
        if len(line) > 500 and ";base64," in line:
            line = _DATA_URI.sub(r"\1", line)
        if len(line) > MAX_LINE:
            problems.append(
                Problem(
                    "line-too-long",
                    f"line {number} is {len(line):,} characters long; only its first {MAX_LINE:,} were read",
                    "break the line, or keep what it embeds in a file of its own",
                    Span(path, number),
                    "note",  # generated label lists are as long, and nothing is wrong with them
                )
            )
            line = line[:MAX_LINE]
        size += len(line) + 1
        brackets += line.count("[")
        pipes += line.count("|")
        filled += not line.isspace() and line != ""
        if size > MAX_BODY or brackets > MAX_BRACKETS or pipes > MAX_PIPES or filled > MAX_LINES:
            problems.append(
                Problem(
                    "body-too-large",
                    f"the card was read up to line {number - 1} only: it is too large, "
                    "or holds too many lines, brackets or pipes",
                    "keep long listings in files of their own",
                    Span(path, number),
                    "warning",
                )
            )
            break
        body.append(line)
    return body, problems


def _too_deep(tokens: Sequence[Token], path: str) -> Problem:
    line = next((t.map[0] + 1 for t in tokens if t.level >= MAX_NESTING - 1 and t.map), 1)
    return Problem(
        "nesting-too-deep",
        f"lists or quotes are nested more than {MAX_NESTING // 2} deep; what stands deeper was not read",
        "nest less deeply",
        Span(path, line),
        "warning",
    )
