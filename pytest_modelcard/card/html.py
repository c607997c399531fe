"""A small, bounded tokenizer for the HTML found inside Markdown: tags, text and comments with their offsets.

Every input is accepted and read in linear time: what is no tag is text, as in a browser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

#: A start tag longer than this is only looked for a few times, so that unclosed quotes cannot cost much.
_LONG_TAG = 2_000
_PATIENCE = 50

_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9-]*+)((?:[^<>"']|"[^"]*+"|'[^']*+'|["'])*+)>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>`]++)))?""")
#: Elements whose content is no text at all.
RAW_ELEMENTS = frozenset({"script", "style", "template", "textarea", "title"})
#: Elements that end a run of text.
BLOCK_ELEMENTS = frozenset(
    [
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "caption",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
        ),
        *(
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
        ),
        *("li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "ul"),
    ]
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
VOID_ELEMENTS = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of HTML source. `data` is a tag's lower-case name, a text, or a comment's content."""

    kind: Literal["start", "end", "text", "comment"]
    data: str
    start: int
    end: int
    attributes: Mapping[str, str] = field(default_factory=dict)


def attributes_of(source: str) -> dict[str, str]:
    """The attributes of a start tag's inside; names in lower case, character references resolved."""
    found: dict[str, str] = {}
    for m in _ATTRIBUTE.finditer(source):
        value = m[2] or m[3] or m[4] or ""
        found.setdefault(m[1].lower(), html.unescape(value) if "&" in value else value)
    return found


def scan(source: str) -> Iterator[Event]:
    """All of `source` in order. Text keeps its character references; what is in RAW_ELEMENTS is left out."""
    position = begin = 0  # of the search, and of the text not yet given out
    failures = 0
    unclosed: set[str] = set()
    while True:
        at = source.find("<", position)
        if at < 0:
            break
        if source.startswith("<!--", at):
            close = source.find("-->", at + 4)
            end = len(source) if close < 0 else close + 3
            if begin < at:
                yield Event("text", source[begin:at], begin, at)
            yield Event("comment", source[at + 4 : len(source) if close < 0 else close], at, end)
            position = begin = end
            continue
        limit = len(source) if failures < _PATIENCE else at + _LONG_TAG
        tag = _TAG.match(source, at, limit)
        if tag is None:
            failures += 1
            position = at + 1
            continue
        if begin < at:
            yield Event("text", source[begin:at], begin, at)
        name = tag[2].lower()
        position = begin = tag.end()
        if tag[1]:
            yield Event("end", name, at, tag.end())
            continue
        yield Event("start", name, at, tag.end(), attributes_of(tag[3]) if tag[3] else {})
        if name in RAW_ELEMENTS and name not in unclosed:
            m = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, tag.end())
            if m is None:
                unclosed.add(name)
            else:
                position = begin = m.start()
    if begin < len(source):
        yield Event("text", source[begin:], begin, len(source))


_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0|1px|0\.\d+(?:px|em|rem|pt))(?![\d.])"
    r"|opacity\s*:\s*(?:0|0?\.0\d*)(?![\d.])|(?:left|top|right|text-indent)\s*:\s*-\d{4,}px"
    r"|(?<![-\w])color\s*:\s*(?:rgb|hsl)a\([^()]{0,40},\s*0?(?:\.0*)?0?\s*\)",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?|transparent|rgba?\(255,\s*255,\s*255)\b", re.IGNORECASE
)


def hiding(attributes: Mapping[str, str]) -> Literal["hidden", "white", ""]:
    """How an element hides its text from a reader: "hidden", "white" (on no background of its own), or ""."""
    style = attributes.get("style", "")
    if "hidden" in attributes or _HIDDEN.search(style):
        return "hidden"
    if attributes.get("color", "").strip().lower() in ("white", "#fff", "#ffffff", "transparent"):
        return "white"
    if _WHITE.search(style) and "background" not in style.lower():
        return "white"
    return ""
