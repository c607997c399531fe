"""The Markdown body as blocks with source lines: headings, links, code, paragraphs, and the raw token stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ..model import Span
from .records import CodeBlock, Heading, Link, Paragraph, Problem

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed body. `lines` are all lines of the file; `tokens[i].map` are 0-based half-open line ranges of it."""

    path: str
    lines: tuple[str, ...]
    first_line: int  #: 1-based; lines above belong to the front matter
    tokens: tuple[Token, ...]
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    code: tuple[CodeBlock, ...]
    paragraphs: tuple[Paragraph, ...]
    problems: tuple[Problem, ...] = ()

    def heading_above(self, line: int) -> str:
        """Text of the nearest heading above a line, "" if there is none."""
        found = ""
        for heading in self.headings:
            if heading.span.line > line:
                break
            found = heading.text
        return found


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_document(lines: Sequence[str], path: str, first_line: int = 1) -> Document:
    """Parse the body; lines before `first_line` are blanked so that all line numbers stay true."""
    body = "\n".join([""] * (first_line - 1) + list(lines[first_line - 1 :]))
    tokens = tuple(_markdown().parse(body))
    headings = []
    code = []
    for i, token in enumerate(tokens):
        if token.map is None:
            continue
        line = token.map[0] + 1
        if token.type == "heading_open":
            inline = tokens[i + 1]
            text = "".join(c.content for c in inline.children or () if c.type in ("text", "code_inline"))
            headings.append(Heading(int(token.tag[1]), text.strip(), Span(path, line)))
        elif token.type in ("fence", "code_block"):
            shift = 1 if token.type == "fence" else 0
            code.append(CodeBlock(token.info.strip().split(" ")[0], token.content, Span(path, line + shift)))
    return Document(path, tuple(lines), first_line, tokens, tuple(headings), (), tuple(code), ())
