"""What of a Markdown text is live for a reader: links, pictures, raw HTML, mentions outside of code."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

_OURS = re.compile(r"</?(?:details|summary)>|<!-- pytest-modelcard:[a-z]+[: ][A-Za-z0-9._ -]+ -->")
_MENTION = re.compile(r"(?<![\w`])@[A-Za-z0-9]")


def live_parts(parser: MarkdownIt, text: str, ours: str) -> list[str]:
    """Every live thing that is not this project's own: folding, markers, links below `ours`."""
    found = []
    for block in parser.parse(text):
        for token in [block, *(block.children or ())]:
            address = str(token.attrs.get("href") or token.attrs.get("src") or "")
            if token.type == "link_open" and address.startswith(ours) and ".." not in address:
                continue
            if token.type in ("link_open", "image"):
                found.append(f"{token.type}: {token.attrs}")
            elif token.type in ("html_block", "html_inline"):
                rest = _OURS.sub("", re.sub(r"(?s)<summary>[^<]*</summary>", "", token.content)).strip()
                if "<" in rest:
                    found.append(rest)
            elif token.type == "text" and _MENTION.search(token.content):
                found.append(token.content)
    return found
