"""Bytes to text, keeping every line where it stands."""

from __future__ import annotations

from ..model import Span
from .records import Problem

BOM = b"\xef\xbb\xbf"


def decode(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """UTF-8 text with "\\n" line ends and no byte order mark; bytes that are not UTF-8 become U+FFFD and a problem."""
    problems = []
    if raw.startswith(BOM):
        raw = raw[len(BOM) :]
        problems.append(
            Problem(
                "byte-order-mark",
                "the file begins with a byte order mark (U+FEFF), before the front matter's `---`",
                "save the file as UTF-8 without BOM",
                Span(path, 1),
                "warning",
            )
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(
                "not-utf-8",
                f"line {line} holds bytes that are not UTF-8 (0x{raw[error.start]:02x})",
                "save the file as UTF-8",
                Span(path, line),
            )
        )
        text = raw.decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n"), tuple(problems)
