"""Keys from printed text, for node ids and claim ids."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"[^a-z0-9._]+")
MAX_LENGTH = 80


def slug(*parts: str | None) -> str:
    """A key from printed text: lower case, safe in a node id, at most 80 characters; "x" for nothing.

    Letters beyond ASCII become their code points ("数学" -> "u6570u5b66"), so that keys stay apart.
    """
    out = []
    for part in parts:
        text = "".join(
            c if c.isascii() else (f"u{ord(c):x}" if c.isalpha() else " ") for c in (part or "").lower()
        )
        text = _UNSAFE.sub("-", text).strip("-.")
        if text:
            out.append(text)
    return "-".join(out)[:MAX_LENGTH].strip("-.") or "x"
