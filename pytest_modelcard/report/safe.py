"""Text of a card made fit to be printed: nothing in it can move a cursor, hide, or reorder what a reader sees."""

from __future__ import annotations

import unicodedata


def visible(text: str, limit: int = 400) -> str:
    """The text on one line, control, bidirectional and invisible characters shown as <U+XXXX>, cut at `limit`."""
    out = []
    for char in text[: limit + 1]:
        if char in "\t\n":
            out.append(" ")
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and char != "\u200d":
            out.append(f"<U+{ord(char):04X}>")
        else:
            out.append(char)
    shown = "".join(out)
    return shown if len(text) <= limit else shown[: limit - 1] + "…"
