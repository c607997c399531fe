"""An index of models' sketches in one file: JSON lines, a head and then one model a line.

Read as data from strangers: everything is bounded and checked, and nothing in it names a file of the machine other than
by a path relative to the index itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..errors import CardError
from ..source.ids import is_repo_id, is_revision
from ..whole import write_whole

if TYPE_CHECKING:
    from ..weights.sketch import Sketch

HEAD = {"format": "pytest-modelcard-index", "version": 1}
MAX_BYTES = 256 * 1024 * 1024
MAX_ENTRIES = 50_000
MAX_LINE = 16 * 1024
MAX_PATH = 500
_KEYS = {"id", "revision", "key", "values"}
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Entry:
    """One model. id: a repository id, or a folder relative to the index, with a dot in front ("./mine", "../mine")."""

    id: str
    revision: str | None
    key: str
    values: bytes  #: as `weights.sketch.to_bytes` makes them

    @property
    def local(self) -> bool:
        return self.id.startswith(".")


@dataclass(frozen=True, slots=True)
class Near:
    """A model of the same architecture. similarity: `weights.sketch.likeness`. equal: share of equal values.

    change: cosine of both changes of the base, where one was given and enough changed.
    """

    entry: Entry
    similarity: float
    equal: float
    change: float | None = None


def read_index(path: Path) -> list[Entry]:
    """All entries; raises CardError that names file and line where anything is not as it must be."""
    try:
        if not path.is_file():
            raise CardError(f"there is no index {path}", "missing")
        if path.stat().st_size > MAX_BYTES:
            raise CardError(f"{path} is larger than {MAX_BYTES} bytes", "too-large")
        entries = []
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
                if len(line) > MAX_LINE or number > MAX_ENTRIES + 1:
                    raise CardError(f"{path}, line {number}: more than an index may hold", "too-large")
                data = _data(path, number, line)
                if number > 1:
                    entries.append(_entry(data, f"{path}, line {number}"))
                elif data != HEAD:
                    raise CardError(f"{path} is no index of this version", "bad-data")
    except (OSError, ValueError) as error:
        raise CardError(f"{path} cannot be read: {error}", "other") from error
    return entries


def write_index(path: Path, entries: Iterable[Entry]) -> None:
    """Write the file anew, all or nothing; raises CardError."""
    lines = [json.dumps(HEAD)]
    for e in entries:
        values = base64.b64encode(e.values).decode("ascii")
        lines.append(json.dumps({"id": e.id, "revision": e.revision, "key": e.key, "values": values}))
    if len(lines) > MAX_ENTRIES + 1:
        raise CardError(f"an index holds at most {MAX_ENTRIES} models", "too-large")
    try:
        write_whole(path, "\n".join(lines) + "\n")
    except OSError as error:
        raise CardError(f"{path} cannot be written: {error}", "other") from error


def added(entries: Iterable[Entry], new: Entry) -> list[Entry]:
    """The entries with a new one; one of the same model gives way."""
    return [*(e for e in entries if e.id.lower() != new.id.lower()), new]


def entry_of(id: str, revision: str | None, made: Sketch) -> Entry:
    """A sketch as an entry."""
    from ..weights.sketch import to_bytes

    return Entry(id, revision, made.key, to_bytes(made.values))


def nearest(entries: Iterable[Entry], candidate: Sketch, base: Sketch | None = None) -> list[Near]:
    """The entries of the candidate's architecture, the most similar first; with a base, by their changes of it first."""
    from ..weights import sketch

    found = []
    for entry in entries:
        if entry.key == candidate.key:
            values = sketch.from_bytes(entry.values)
            change = None
            if base is not None and base.key == candidate.key:
                change = sketch.of_changes(candidate.values, values, base.values)
            found.append(
                Near(
                    entry,
                    sketch.likeness(candidate.values, values),
                    sketch.equal(candidate.values, values),
                    change,
                )
            )
    return sorted(found, key=lambda n: (n.similarity, n.equal), reverse=True)


def _data(path: Path, number: int, line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CardError(f"{path}, line {number} is not valid JSON: {str(error)[:100]}", "bad-data") from error


def _entry(data: Any, where: str) -> Entry:
    from ..weights.sketch import ELEMENTS, TENSORS

    def refuse(what: str) -> CardError:
        return CardError(f"{where}: {what}", "bad-data")

    if not isinstance(data, dict) or set(data) != _KEYS:
        raise refuse("no entry of an index")
    id, revision, key, values = (data[k] for k in ("id", "revision", "key", "values"))
    if not isinstance(id, str) or not (is_repo_id(id) or is_relative(id)):
        raise refuse("the id is neither a repository id nor a path relative to the index")
    if revision is not None and not (isinstance(revision, str) and is_revision(revision)):
        raise refuse("the revision is none")
    if not isinstance(key, str) or len(key) != 64 or not set(key) <= _HEX:
        raise refuse("the key is no SHA-256")
    try:
        raw = base64.b64decode(values, validate=True) if isinstance(values, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != 2 * TENSORS * ELEMENTS:
        raise refuse("the values are not as many as there must be")
    return Entry(id, revision, key, raw)


def is_relative(id: str) -> bool:
    """Whether an id is a folder relative to the index: never an absolute path, a drive or a network share."""
    return (
        len(id) <= MAX_PATH
        and id.split("/", 1)[0] in (".", "..")
        and id.isprintable()
        and "\\" not in id
        and ":" not in id
        and not PurePosixPath(id).is_absolute()
    )
