"""The card's YAML header: where it begins and ends, and what the Hub reads in it, with every line.

The block is found as the Hub's client finds it: white space, a line `---`, the YAML text, a line `---`
(huggingface_hub, `repocard.REGEX_YAML_BLOCK`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..model import Severity, Span
from .records import FrontMatter, Problem
from .yaml_reader import YamlText, read_yaml

#: Keys that hardly stand in a text which is no front matter.
_TELLING = re.compile(
    r"(license|language|tags|base_model|pipeline_tag|library_name|datasets|metrics|model-index|license_name)\s*:"
)
_YAML_LINE = re.compile(r"[ \t]*(#|-(\s|$)|['\"]?[\w.$-]{1,60}['\"]?\s*:(\s|$)|[ \t]+\S)")
_SEARCHED_LINES = 200
_FENCE = ("```", "~~~")
#: What YAML 1.1 readers (the Hub's Python client among them) turn into true or false.
_OLD_BOOLEANS = frozenset(
    word for w in ("yes", "no", "on", "off", "y", "n") for word in (w, w.capitalize(), w.upper())
)


def read_front_matter(lines: Sequence[str], path: str) -> FrontMatter:
    """Read the front matter of a card's lines. Never raises: what is wrong becomes a problem with "
    "its line."""
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None or not lines[first].strip().startswith("---") or lines[first].strip("- \t"):
        return FrontMatter(problems=_misplaced(lines, path))
    last = next((i for i in range(first + 1, len(lines)) if _closes(lines[i])), None)
    if lines[first].strip() != "---" or last is None:
        return FrontMatter(problems=_no_block(lines, path, first, last))
    problems: list[Problem] = []
    if first > 0 or lines[first] != "---":
        problems.append(_shifted(lines, path, first))
    read = read_yaml(lines[first + 1 : last], path, first + 2)
    problems += read.problems
    data = read.data
    readable = read.readable
    if readable and data is None:
        problems.append(
            Problem(
                "empty-front-matter",
                "the front matter holds nothing",
                "add at least `license:`; the Hub warns about a card without metadata",
                Span(path, first + 1),
                "warning",
            )
        )
        data = {}
    if readable and not isinstance(data, Mapping):
        what = "a list" if isinstance(data, list) else "plain text"
        problems.append(
            Problem(
                "not-a-mapping",
                f"the front matter is {what}; the Hub expects `key: value` entries",
                "write `key: value` lines; for a horizontal rule at the top of a card use `***`",
                Span(path, first + 2),
            )
        )
        readable = False
    if readable:
        problems += _empty_values(data, read)
        problems += _norwegian(read, lines)
        problems += _tabs_after_colons(read, lines)
    return FrontMatter(
        present=True,
        readable=readable,
        data=data if readable else {},
        spans=read.spans,
        key_spans=read.key_spans,
        problems=tuple(sorted(problems, key=lambda p: (p.span.line, p.span.column))),
        first_line=first + 1,
        last_line=last + 1,
    )


def _closes(line: str) -> bool:
    return line.startswith("---") and not line[3:].strip(" \t")


def _shifted(lines: Sequence[str], path: str, first: int) -> Problem:
    """An opening line that the Hub's client still finds (or nearly so), but other readers do not."""
    if lines[first].rstrip() != lines[first]:
        severity: Severity = "warning"
        message = "the opening `---` is followed by white space; the Hub's client then finds no front matter"
        help = "remove the white space behind `---`"
    else:
        severity = "note"
        message = (
            f"the front matter begins in line {first + 1}, not in line 1; not every reader finds it there"
        )
        help = "put `---` at the very beginning of the file"
    return Problem("front-matter-not-first", message, help, Span(path, first + 1), severity)


def _no_block(lines: Sequence[str], path: str, first: int, last: int | None) -> tuple[Problem, ...]:
    """An opening rule without a block: a fault where YAML follows, nothing where it is a horizontal rule."""
    end = last if last is not None else first + 1 + _SEARCHED_LINES
    following = [line for line in lines[first + 1 : end] if line.strip()]
    if not any(_TELLING.match(line) for line in following[:20]):
        return ()
    if lines[first].strip() == "---":
        code, message = "unclosed-front-matter", "the front matter opens here and no line `---` closes it"
        help = "put a line `---` behind its last entry"
    else:
        code, message = "front-matter-not-first", "the front matter must open with exactly `---`"
        help = "write three hyphens"
    return (
        Problem(
            code,
            f"{message}; the Hub reads no metadata",
            help,
            Span(path, first + 1),
            quote=lines[first].strip(),
        ),
    )


def _misplaced(lines: Sequence[str], path: str) -> tuple[Problem, ...]:
    """A front matter block below other text, where nobody reads it."""
    opened: int | None = None
    fence = ""
    for i, line in enumerate(lines[:_SEARCHED_LINES]):
        mark = line.strip()[:3]
        if mark in _FENCE:
            fence = "" if fence == mark else fence or mark
        if fence or line.rstrip() != "---":
            continue
        if opened is not None:
            block = [text for text in lines[opened + 1 : i] if text.strip()]
            if any(_TELLING.match(t) for t in block) and all(_YAML_LINE.match(t) for t in block):
                return (
                    Problem(
                        "front-matter-not-first",
                        f"a front matter stands here, below {opened} lines of other text; the Hub "
                        "reads none of it",
                        "move it to the very beginning of the file",
                        Span(path, opened + 1),
                    ),
                )
        opened = i
    return ()


def _empty_values(data: Mapping[str, object], read: YamlText) -> list[Problem]:
    """Top-level keys with nothing behind them."""
    return [
        Problem(
            "empty-value",
            f"`{key}:` has no value",
            f"give `{key}` a value, or remove the line",
            read.key_spans.get((key,)) or read.spans[()],
            "warning",
            key[:200],
        )
        for key, value in data.items()
        if value is None
    ]


def _norwegian(read: YamlText, lines: Sequence[str]) -> list[Problem]:
    """Unquoted language codes that older YAML readers take for true or false."""
    found = []
    for at in sorted(read.plain, key=str):
        if at[:1] != ("language",) or len(at) > 2:
            continue
        span = read.spans.get(at)
        if span is None:
            continue  # of an entry that the same key further below replaced
        word = _written(span, lines)
        if word in _OLD_BOOLEANS and len(word) <= 3:
            found.append(
                Problem(
                    "norwegian",
                    f"`{word}` without quotes is the boolean "
                    f"{'false' if word.lower() in ('no', 'off', 'n') else 'true'} to YAML 1.1 readers, "
                    "the Hub's own Python client among them; the Hub's site reads the text",
                    f'write "{word}" in quotes' + (" (Norwegian)" if word.lower() == "no" else ""),
                    span,
                    "warning",
                )
            )
    return found


def _written(span: Span, lines: Sequence[str]) -> str:
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return line[span.column - 1 : (span.end_column or 1) - 1] if span.end_line == span.line else ""


def _tabs_after_colons(read: YamlText, lines: Sequence[str]) -> list[Problem]:
    """`key:<tab>value`: the Hub's site reads it, its Python client does not."""
    found = []
    for at, span in read.key_spans.items():
        line = lines[span.line - 1]
        rest = line[(span.end_column or 1) - 1 :].lstrip(" ")
        if rest.startswith(":") and "\t" in rest[1 : len(rest) - len(rest[1:].lstrip())] and rest[1:].strip():
            found.append(
                Problem(
                    "tab-after-key",
                    f"a tab stands between `{at[-1]}:` and its value; readers in Python refuse it",
                    "use a space",
                    span,
                    "warning",
                )
            )
    return found
