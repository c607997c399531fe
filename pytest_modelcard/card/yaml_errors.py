"""What a YAML parser's error means for the person who wrote the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..model import Span
from .records import Problem

_TWO_COLONS = re.compile(r"^\s*(?:- +)?[^\s:'\"\[{#][^:]*:\s[^'\"\[{|>][^:]*:(?:\s|$)")


def explain_error(error: Any, path: str, first_line: int, lines: Sequence[str]) -> Problem:
    """The parser's error as a problem with its line in the file, and what probably caused it."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    index = min(mark.line, max(len(lines) - 1, 0)) if mark is not None else 0
    column = mark.column if mark is not None else 0
    opened = getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error).strip().splitlines()[0][:200]
    code, cause, help, at = _cause(said, lines, index, opened.line if opened is not None else None)
    line = lines[at] if at < len(lines) else ""
    if at != index:
        index, column = at, len(line) - len(line.lstrip())
    return Problem(
        code,
        f"the YAML cannot be read: {cause} (the parser says: {said})",
        help,
        Span(path, first_line + index, min(column, len(line)) + 1),
        quote=line.strip()[:200],
    )


def _cause(said: str, lines: Sequence[str], index: int, opened: int | None) -> tuple[str, str, str, int]:
    """(code, cause, help, index of the line to look at)."""
    line = lines[index] if index < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or "'\\t'" in said:
        return "tab-indentation", "a tab is used for indentation", "indent with spaces", index
    if "mapping values are not allowed" in said:
        for near in (index, index - 1):
            if 0 <= near < len(lines) and _TWO_COLONS.match(lines[near]):
                return "bad-yaml", "an unquoted value holds `: `", "put quotes around the value", near
        return "bad-yaml", "a key stands where no key may be", "check the indentation of this line", index
    if "cannot start any token" in said:
        first = line.lstrip("- ").split(":")[-1].strip()[:1]
        return "bad-yaml", f"a value begins with `{first}`", "put quotes around the value", index
    at_end = not "".join(lines[index:]).strip()
    unclosed = ("quoted scalar", "end of stream", "',' or", *(("node content",) if at_end else ()))
    if opened is not None and any(s in said for s in unclosed):
        near = min(opened, len(lines) - 1)
        while near > 0 and not lines[near].strip():
            near -= 1
        return "bad-yaml", "a quote or bracket is opened and never closed", "close it", near
    if "undefined tag handle" in said or "tag" in said.split():
        return "unknown-tag", "a value begins with `!`", "put quotes around the value", index
    if any(
        s in said for s in ("expected key", "block end", "block mapping", "block collection", "simple key")
    ):
        return (
            "bad-yaml",
            "the indentation does not fit the lines above, or a `:` is missing",
            ("write `key: value`, and give entries of one level the same indentation"),
            index,
        )
    if "{{" in line:
        return "bad-yaml", "a template's placeholder was not filled", "replace the placeholder", index
    return "bad-yaml", "this line is not valid", "write `key: value`, with quotes around unusual text", index
