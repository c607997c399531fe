"""A made-up release, edits of it, and what a planted fault must give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tests.support import Files


@dataclass(frozen=True)
class Release:
    """A model repository held in memory, with the other models that its card can be held to."""

    name: str
    repo_id: str
    text: str
    files: Files = field(default_factory=dict)
    others: Mapping[str, Files] = field(default_factory=dict)

    def swap(self, old: str, new: str) -> Release:
        """The release with the first `old` of its card replaced; it must be there."""
        if old not in self.text:
            raise LookupError(f"{self.name}: no {old!r}")
        return replace(self, text=self.text.replace(old, new, 1))

    def say(self, words: str) -> Release:
        """The words as a paragraph of their own behind the introduction."""
        return self.swap("<!-- here -->", words)

    def front(self, key: str, lines: str) -> Release:
        """The front matter's entry `key` (with the lines that belong to it) replaced; "" removes it."""
        head, mark, body = self.text[4:].partition("\n---\n")
        out: list[str] = []
        inside = done = False
        for line in head.split("\n"):
            if line.startswith(f"{key}:"):
                inside = done = True
                out += [lines] if lines else []
            elif inside and (line.startswith(("-", " "))):
                continue
            else:
                inside = False
                out.append(line)
        if not done and lines:
            out.append(lines)
        return replace(self, text="---\n" + "\n".join(out) + mark + body)

    def file(self, path: str, content: str | bytes | None) -> Release:
        """A file of the repository replaced, added, or (None) removed."""
        files = {k: v for k, v in self.files.items() if k != path}
        return replace(self, files=files if content is None else {**files, path: content})

    def other(self, repo_id: str, card: str, **files: str) -> Release:
        """Another model's card replaced or added."""
        return replace(self, others={**self.others, repo_id: {"README.md": card, **files}})


@dataclass(frozen=True)
class Case:
    """One fault planted in one release."""

    rule: str
    form: str
    release: Release
    at: (
        str | int | tuple[str, ...]
    )  #: words of the line that the finding must name (any of these), or its number
    severity: str = "error"
    path: str = "README.md"
    also: tuple[str, ...] = ()  #: rules that may rightly speak of the same words
    card: bytes | None = None  #: the card's bytes, where they are not the text as UTF-8

    @property
    def lines(self) -> frozenset[int]:
        if isinstance(self.at, int):
            return frozenset((self.at,))
        content = self.release.text if self.path == "README.md" else self.release.files[self.path]
        text = content if isinstance(content, str) else ""
        words = (self.at,) if isinstance(self.at, str) else self.at
        found = frozenset(n for n, line in enumerate(text.split("\n"), 1) if any(w in line for w in words))
        if not found:
            raise LookupError(f"{self.rule} {self.form}: no line with {self.at!r}")
        return found


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A pipe table."""
    lines = [list(head), *(list(r) for r in rows)]
    out = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([out[0], "|" + "---|" * len(lines[0]), *out[1:]])


def marked(values: list[float], *, lower: bool = False, second: bool = False) -> list[str]:
    """Scores as printed, the best in bold, and the second best underlined on request."""
    order = sorted(set(values), reverse=not lower)
    out = []
    for value in values:
        text = f"{value:.1f}"
        if value == order[0]:
            text = f"**{text}**"
        elif second and len(order) > 1 and value == order[1]:
            text = f"<u>{text}</u>"
        out.append(text)
    return out
