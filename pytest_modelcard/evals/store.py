"""Results of single items in a file of JSON lines, so that a run goes on where it stopped and others can recount it.

A line `{"run": KEY, ...}` describes what was asked of whom; the lines `{"key": KEY, "index": ...}` are its items. KEY
is a checksum of all that decides an answer: data, model, prompt and settings. Whoever changes one of them starts anew.
A line `{"control": KEY, ...}` holds what predicts its answers (see `control`).
A line `{"record": {...}}` closes the run of a claim: its verdict, and what it counted (see `recount`).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ..errors import CannotTell, PolicyError
from .engine import Description, Engine, ItemResult
from .sequential import Outcome

MAX_LINE = 16 * 1024 * 1024
#: Bytes of a store that a second reader reads.
MAX_FILE = 4 * 1024**3


def key_of(description: Description, where: str) -> str:
    """The checksum for these settings at this place (endpoint or folder)."""
    plain = json.dumps([asdict(description), where], sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


class Store:
    """One file, shared by all claims of a run and by its processes: each line is written in one piece."""

    def __init__(self, path: Path, *, max_age: float | None = None) -> None:
        """max_age: seconds after which a result counts no more; None: never. Raises PolicyError where the file
        cannot be written."""
        self.path, self.max_age = path, max_age
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab"):
                pass
        except OSError as error:
            raise PolicyError(f"the store {path} cannot be written: {error.strerror}") from error

    def kept(self, key: str) -> dict[int, ItemResult]:
        """Results under this key by item, the last of each; those never had are left out, so that they are asked
        again. Lines that are broken (a full disk, a crash) are passed over."""
        found: dict[int, ItemResult] = {}
        for data in self.lines():
            if data.get("key") == key and self.counts(data):
                result = _result(data)
                if result is not None and not result.outcome.missing:
                    found[result.index] = result
        return found

    def lines(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """The lines that can be read, within the first `most` bytes."""
        with self.path.open("rb") as file:
            while (most is None or file.tell() < most) and (line := file.readline(MAX_LINE)):
                data = _line(line)
                if data is not None:
                    yield data

    def counts(self, line: Mapping[str, Any]) -> bool:
        """Whether a line is not too old."""
        at = line.get("at")
        return self.max_age is None or (isinstance(at, (int, float)) and at >= time.time() - self.max_age)

    def begin(self, key: str, description: Description, where: str) -> None:
        """Say once what this key stands for."""
        if not any(data.get("run") == key for data in self.lines()):
            self._write({"run": key, "where": where, **asdict(description)})

    def add(self, key: str, result: ItemResult) -> None:
        self._write({"key": key, "at": round(time.time(), 3), **asdict(result)})

    def fix(self, key: str, control: Mapping[str, Any]) -> None:
        """Say what predicts the answers of this key, before the first of them."""
        self._write({"control": key, "at": round(time.time(), 3), **control})

    def close(self, record: Mapping[str, Any]) -> None:
        """Say what a claim's run came to, with what it counted: what `recount` checks."""
        self._write({"record": record, "at": round(time.time(), 3)})

    def _write(self, data: Mapping[str, Any]) -> None:
        line = json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            broken = (
                size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            )  # a line that a crash cut off ends here
            os.write(handle, (b"\n" if broken else b"") + line + b"\n")
        finally:
            os.close(handle)


class Runnable(Protocol):
    """What is asked for items: an engine, or one whose results are kept."""

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]: ...


class KeptEngine:
    """An engine whose results are kept: those in the store are given at once, the others asked for and stored."""

    def __init__(self, engine: Engine, store: Store, where: str) -> None:
        self._engine, self.store, self.where = engine, store, where
        description = engine.describe()
        self.key = key_of(description, where)
        store.begin(self.key, description, where)
        self._kept = store.kept(self.key)
        self.reused = 0  #: results of an earlier run that were given

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def known(self) -> bool:
        """Whether the store holds answers under this key."""
        return bool(self._kept)

    def close(self, record: Mapping[str, Any]) -> None:
        """Say in the store what the claim's run came to."""
        self.store.close(record)

    def items(self) -> int:
        return self._engine.items()

    def describe(self) -> Description:
        return self._engine.describe()

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        waiting: list[ItemResult] = []
        left = iter(indices)
        first = None
        for index in left:
            if index not in self._kept:
                first = index
                break
            yield self._again(index)
        if first is None:
            return

        def missing() -> Iterator[int]:
            yield first
            for index in left:
                if index in self._kept:
                    waiting.append(self._again(index))
                else:
                    yield index

        results = self._engine.run(missing())
        try:
            for result in results:
                self.store.add(self.key, result)
                self._kept[result.index] = result
                yield result
                while waiting:
                    yield waiting.pop(0)
        finally:
            close = getattr(results, "close", None)
            if close is not None:
                close()
        while waiting:
            yield waiting.pop(0)

    def _again(self, index: int) -> ItemResult:
        self.reused += 1
        # it cost nothing this time
        return replace(
            self._kept[index], calls=0, retries=0, prompt_tokens=0, completion_tokens=0, seconds=0.0
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A store as others read it."""

    descriptions: Mapping[str, Mapping[str, Any]]  #: by key
    items: Mapping[
        str, Mapping[int, Sequence[ItemResult]]
    ]  #: by key and index; an item may have been asked again
    records: Sequence[Mapping[str, Any]]  #: one for each claim's run, with its time under "at"
    broken: int  #: lines that could not be read


def read_store(path: Path) -> Kept:
    """Raises CannotTell naming the file where it cannot be read, or is too large."""
    descriptions: dict[str, dict[str, Any]] = {}
    items: dict[str, dict[int, list[ItemResult]]] = {}
    records: list[dict[str, Any]] = []
    broken = 0
    try:
        if path.stat().st_size > MAX_FILE:
            raise CannotTell(f"{path} is larger than {MAX_FILE:,} bytes")
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE):
                data = _line(line) or {}
                result = _result(data) if isinstance(data.get("key"), str) else None
                if isinstance(data.get("run"), str):
                    descriptions[data["run"]] = data
                elif isinstance(data.get("record"), dict):
                    records.append({**data["record"], "at": data.get("at")})
                elif result is not None:
                    # texts are not needed to count, and a large file holds many
                    short = replace(result, answers=(), error=result.error[:200])
                    items.setdefault(data["key"], {}).setdefault(result.index, []).append(short)
                elif line.strip() and not isinstance(data.get("control"), str):
                    broken += 1
    except OSError as error:
        raise CannotTell(f"{path} cannot be read: {error.strerror or error}") from error
    return Kept(descriptions, items, records, broken)


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def outcome_of(line: Mapping[str, Any]) -> Outcome | None:
    """What came of a line's item; None where it does not say."""
    try:
        return Outcome(**line["outcome"])
    except (KeyError, TypeError, ValueError):
        return None


def _result(data: Mapping[str, Any]) -> ItemResult | None:
    try:
        outcome = Outcome(**data["outcome"])
        index = data["index"]
        if not isinstance(index, int) or isinstance(index, bool):
            return None
        plain = {
            k: data[k]
            for k in (
                "calls",
                "retries",
                "prompt_tokens",
                "completion_tokens",
                "seconds",
                "truncated",
                "error",
            )
            if k in data
        }
        return ItemResult(index, outcome, answers=tuple(data["answers"]), read=tuple(data["read"]), **plain)
    except (KeyError, TypeError, ValueError):
        return None
