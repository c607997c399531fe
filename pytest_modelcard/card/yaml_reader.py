"""YAML as the Hub reads it (YAML 1.2 core): every entry with its line and column, everything bounded.

PyYAML's parser gives the events; values are made here, because its loaders follow YAML 1.1 (`no` is false),
silently keep the last of two equal keys, and forget where an entry stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from ..model import Severity, Span
from .records import KeyPath, Problem
from .yaml_errors import explain_error
from .yaml_scalars import core_scalar, kind_of

MAX_CHARACTERS = 1_000_000
#: Embedding models with all their results in the front matter have some tens of thousands.
MAX_NODES = 150_000
MAX_ALIASED_NODES = 10_000  #: nodes that exist only because an alias repeats them
MAX_DEPTH = 40
MAX_PROBLEMS = 50

_YAML_TAG = "tag:yaml.org,2002:"
_TAGS = {
    "str",
    "int",
    "float",
    "bool",
    "null",
    "seq",
    "map",
    "timestamp",
    "binary",
    "set",
    "omap",
    "pairs",
    "merge",
}
#: Two sets and not one negated one: that takes far longer to compile.
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff\ufffe\uffff]")
#: YAML 1.1 takes these for line ends, the Hub's reader and every editor do not: they would shift all
#: lines below.
_OLD_LINE_ENDS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


@dataclass(frozen=True, slots=True)
class YamlText:
    """A YAML text, read. `data` is None where it cannot be read; `problems` then says why."""

    readable: bool
    data: Any = None
    spans: dict[KeyPath, Span] = field(default_factory=dict)
    key_spans: dict[KeyPath, Span] = field(default_factory=dict)
    plain: frozenset[KeyPath] = frozenset()  #: paths of scalars written without quotes
    problems: tuple[Problem, ...] = ()


class _Unreadable(Exception):
    """Reading stopped; the problem is already noted."""


def read_yaml(lines: Sequence[str], path: str, first_line: int = 1) -> YamlText:
    """Read YAML text whose first line is line `first_line` of the file `path`. Never raises on bad "
    "content."""
    text = "\n".join(lines)
    reader = _Reader(path, first_line, lines)
    if len(text) > MAX_CHARACTERS:
        reader.report(
            "too-large",
            f"the YAML text has {len(text):,} characters; more than {MAX_CHARACTERS:,} are not read",
            "move what is no metadata out of it",
            Span(path, first_line),
        )
        return YamlText(False, problems=tuple(reader.problems))
    text = reader.printable(text).translate(_OLD_LINE_ENDS)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: Any = None
    readable = True
    try:
        data = reader.document(yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        readable = False
        reader.add(explain_error(error, path, first_line, lines))
    except _Unreadable:
        readable = False
    return YamlText(
        readable,
        data if readable else None,
        reader.spans,
        reader.key_spans,
        frozenset(reader.plain),
        tuple(reader.problems),
    )


class _Reader:
    """Builds values out of parser events, noting where each one stands."""

    def __init__(self, path: str, first_line: int, lines: Sequence[str]) -> None:
        self.path = path
        self.first_line = first_line
        self.lines = lines
        self.spans: dict[KeyPath, Span] = {}
        self.key_spans: dict[KeyPath, Span] = {}
        self.plain: set[KeyPath] = set()
        self.problems: list[Problem] = []
        self.nodes = 0
        self.aliased = 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}  #: None while the anchored value is being read
        self.events: Iterator[Any] = iter(())

    def add(self, problem: Problem) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def report(self, code: str, message: str, help: str, span: Span, severity: Severity = "error") -> None:
        line = span.line - self.first_line
        quote = self.lines[line].strip()[:200] if 0 <= line < len(self.lines) else ""
        self.add(Problem(code, message, help, span, severity, quote))

    def printable(self, text: str) -> str:
        """The text with spaces for characters that YAML forbids; the first of them is reported."""
        found = _NOT_PRINTABLE.search(text)
        if found is None:
            return text
        line = text.count("\n", 0, found.start())
        column = found.start() - (text.rfind("\n", 0, found.start()) + 1)
        self.report(
            "control-character",
            f"the control character U+{ord(found[0]):04X} is not allowed in YAML",
            "remove it",
            Span(self.path, self.first_line + line, column + 1),
        )
        return _NOT_PRINTABLE.sub(" ", text)

    def span(self, event: Any, *, end: bool = False) -> Span:
        start, stop = event.start_mark, event.end_mark
        if not end:
            return Span(self.path, self.first_line + start.line, start.column + 1)
        return Span(
            self.path,
            self.first_line + start.line,
            start.column + 1,
            self.first_line + stop.line,
            stop.column + 1,
        )

    def document(self, events: Iterator[Any]) -> Any:
        self.events = events
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.report(
                        "several-documents",
                        "a second YAML document begins here; the Hub reads exactly one",
                        "keep one document, without `...` and further `---` lines",
                        self.span(event),
                    )
                    raise _Unreadable
            elif isinstance(event, yaml.NodeEvent):
                data = self.value(event, (), 0)
        return data

    def value(self, event: Any, at: KeyPath, depth: int) -> Any:
        """The value that begins with this event; consumes its further events."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop("too-large", f"more than {MAX_NODES:,} entries", event)
        if depth > MAX_DEPTH:
            self.stop("too-deep", f"entries nested more than {MAX_DEPTH} deep", event)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, at)
        before = self.nodes + self.aliased
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.check_tag(event)
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, at)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.spans[at] = self.span(event)
            value = self.sequence(at, depth)
        else:
            self.spans[at] = self.span(event)
            value = self.mapping(at, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.nodes + self.aliased - before + 1)
        return value

    def stop(self, code: str, what: str, event: Any) -> None:
        self.report(
            code, f"the YAML text has {what}; it is not read further", "make it simpler", self.span(event)
        )
        raise _Unreadable

    def alias(self, event: Any, at: KeyPath) -> Any:
        self.spans[at] = self.span(event)
        name = event.anchor
        if name not in self.anchors:
            self.report(
                "undefined-alias",
                f"`*{name}` is read as an alias, and no `&{name}` is defined above it",
                "put quotes around the text if it is meant to begin with `*`",
                self.span(event),
            )
            raise _Unreadable
        known = self.anchors[name]
        if known is None:
            self.report(
                "recursive-alias",
                f"`*{name}` stands inside the value that `&{name}` names",
                "write the value out",
                self.span(event),
            )
            raise _Unreadable
        value, size = known
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            self.report(
                "alias-bomb",
                f"aliases blow the text up to more than {MAX_ALIASED_NODES:,} repeated entries",
                "write the values out, without anchors and aliases",
                self.span(event),
            )
            raise _Unreadable
        return value

    def check_tag(self, event: Any) -> None:
        tag = event.tag
        if tag is None or tag == "!" or (tag.startswith(_YAML_TAG) and tag[len(_YAML_TAG) :] in _TAGS):
            return
        shown = "!!" + tag[len(_YAML_TAG) :] if tag.startswith(_YAML_TAG) else tag
        self.report(
            "unknown-tag",
            f"the YAML tag `{shown[:80]}` is not known to the Hub's reader, which refuses the text; "
            "it was not executed here",
            "remove the tag, or put quotes around text that begins with `!`",
            self.span(event),
        )

    def scalar(self, event: Any, at: KeyPath) -> Any:
        text: str = event.value
        self.spans[at] = self.span(event, end=True)
        tag = (event.tag or "").removeprefix(_YAML_TAG)
        if event.implicit[0] and not tag:
            self.plain.add(at)
            return core_scalar(text)
        return core_scalar(text) if tag in ("int", "float", "bool", "null") else text

    def sequence(self, at: KeyPath, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(event, (*at, len(items)), depth + 1))
        return items

    def mapping(self, at: KeyPath, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        merged: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event, at)
            here = (*at, key)
            place = self.span(event, end=True)
            if key in entries:
                first = self.key_spans[here]
                self.report(
                    "duplicate-key",
                    f"`{key}` stands twice: in line {first.line} and in line {place.line}; the Hub "
                    "refuses this, "
                    "other readers silently keep the second",
                    f"keep one `{key}`, with all its values",
                    place,
                )
                if len(self.problems) < MAX_PROBLEMS:
                    self.forget(here)
            self.key_spans[here] = place
            value = self.value(next(self.events), here, depth + 1)
            if value is None and self.spans[here].column == self.spans[here].end_column:
                self.spans[here] = place  # nothing is written there: the key is the place to look at
            if key == "<<" and event.implicit[0]:
                merged.append(value)
                self.key_spans.pop(here)
            else:
                entries[key] = value
        for value in merged:
            for source in value if isinstance(value, list) else [value]:
                if isinstance(source, dict):
                    entries.update({k: v for k, v in source.items() if k not in entries})
        return entries

    def key(self, event: Any, at: KeyPath) -> str:
        """A mapping key as the Hub's reader has it: always text."""
        self.nodes += 1
        if not isinstance(event, yaml.ScalarEvent):
            self.report(
                "key-not-text",
                "a list, a mapping or an alias stands where a key is expected"
                + (" (`{{ … }}` is a template's placeholder)" if self.template(event) else ""),
                "replace the placeholder" if self.template(event) else "use a plain word as the key",
                self.span(event),
            )
            raise _Unreadable
        self.check_tag(event)
        text: str = event.value
        if event.implicit[0] and not isinstance(core_scalar(text), str):
            self.report(
                "key-not-text",
                f"the key `{text}` is no text but a {kind_of(core_scalar(text))}",
                "put quotes around it, or use a word",
                self.span(event),
                "warning",
            )
        return text

    def forget(self, at: KeyPath) -> None:
        """Drop the places of a value that a second one replaces."""
        for known in [p for p in self.spans if p[: len(at)] == at]:
            del self.spans[known]

    def template(self, event: Any) -> bool:
        line = event.start_mark.line
        return line < len(self.lines) and "{{" in self.lines[line]
