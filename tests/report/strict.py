"""A rendered comment held to what it may contain: rendered to HTML, read as a tree, every node judged."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache

import cmarkgfm
import html5lib
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

from pytest_modelcard.report.comment import MARKER

TAGS = frozenset(
    {"DOCUMENT_FRAGMENT", "h4", "p", "strong", "code", "pre", "ul", "li", "a", "details", "summary"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES = {
    "a": {"href"},
    "code": {"class"},
    "pre": {"lang"},
    "th": {"align", "style"},
    "td": {"align", "style"},
}
#: GitHub's filters leave these elements' text alone.
QUIET = frozenset({"code", "pre", "a"})
LIVE = {
    "mention": re.compile(r"@[A-Za-z0-9_]"),
    "issue": re.compile(r"#\d|\bgh-\d", re.IGNORECASE),
    "advisory": re.compile(r"\b(?:cve|ghsa)-", re.IGNORECASE),
    "commit": re.compile(r"\b[0-9a-f]{7,64}\b", re.IGNORECASE),
    "address": re.compile(r"://|www\.|mailto:|[a-z0-9]\.(?:com|org|example|net|io)\b", re.IGNORECASE),
    "emoji": re.compile(r":[a-z0-9_+-]+:", re.IGNORECASE),
    "formula": re.compile(r"\$"),
    "wiki link": re.compile(r"\[\[|\]\("),
}
_COMMONMARK_PEER = MarkdownIt("gfm-like", {"html": True, "linkify": True})


def as_github(markdown: str) -> str:
    """By GitHub's own parser; raw HTML is kept, so that what a sanitizer would hide is seen here."""
    extensions = ["table", "autolink", "strikethrough", "tasklist"]
    return str(
        cmarkgfm.markdown_to_html_with_extensions(
            markdown, options=Options.CMARK_OPT_UNSAFE, extensions=extensions
        )
    )


def as_linkifying(markdown: str) -> str:
    """By another parser, which takes any host for a link."""
    return str(_COMMONMARK_PEER.render(markdown))


def escapes(markdown: str, html: str, allowed: tuple[str, ...]) -> list[str]:
    """What should not be there; empty for a comment that keeps its bounds. `allowed`: prefixes of addresses."""
    found = [f"raw: {what}" for what in _raw(markdown)]
    tree = _tree(html)
    comments = [str(e.text) for e in tree.iter() if e.tag is ET.Comment]
    if [c.strip() for c in comments] != [markdown[4 : markdown.index("-->")].strip()]:
        found.append(f"comments: {comments}")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in TAGS:
            found.append(f"element: {element.tag}")
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES.get(element.tag, ()):
                found.append(f"attribute: {element.tag} {name}={value}")
            if name == "href" and not value.startswith(allowed):
                found.append(f"link: {value}")
            if name == "class" and value != "language-text":
                found.append(f"class: {value}")
    for text in loud_text(tree):
        found += [f"{kind}: {text!r}" for kind, pattern in LIVE.items() if pattern.search(text)]
    return found


def loud_text(element: ET.Element) -> Iterator[str]:
    """Text that GitHub's filters look into."""
    if element.tag in QUIET:
        return
    if element.text and isinstance(element.tag, str):
        yield element.text
    for child in element:
        yield from loud_text(child)
        if child.tail:
            yield child.tail


def skeleton(html: str) -> list[str]:
    """The order of elements, links and spans of code apart: no text of a card may change it."""
    out: list[str] = []

    def walk(element: ET.Element, parent: str) -> None:
        if not isinstance(element.tag, str) or (element.tag == "code" and parent != "pre"):
            return
        if element.tag == "a":  # a file of an impossible name is not linked
            return
        out.append(element.tag)
        for child in element:
            walk(child, element.tag)
        out.append(f"/{element.tag}")

    walk(_tree(html), "")
    return out


@lru_cache(maxsize=2)
def _tree(html: str) -> ET.Element:
    tree: ET.Element = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return tree


def _raw(markdown: str) -> Iterator[str]:
    if markdown.count(MARKER) != 1 or not markdown.startswith(MARKER):
        yield f"{markdown.count(MARKER)} markers"
    if markdown.count("<!--") != 1 or markdown.count("-->") != 1:
        yield "a comment's fence"
    for char in sorted(set(markdown)):
        if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            yield f"unseen character U+{ord(char):04X}"
    for line in markdown.split("\n"):
        if line.lstrip().startswith("::") or re.search(r"##\w*\[", line):
            yield f"command: {line[:80]!r}"
