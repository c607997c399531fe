"""The items of a local file: read once, checked, and known by their checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import CannotTell
from .spec import Task

MAX_FILE_BYTES, MAX_LINE_BYTES, MAX_ITEMS, MAX_CHOICES = 1024**3, 1024**2, 2_000_000, 26
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its key. The key is compared here and never sent anywhere."""

    question: str
    key: str  #: a letter for multiple choice, else the right answer
    choices: tuple[str, ...] = ()
    fields: Mapping[str, str] | None = None  #: further texts of the line, for prompts that name them


@dataclass(frozen=True, slots=True)
class Items:
    """All items of a file. `sha256` is of the file's bytes: two runs on one checksum asked the same questions."""

    items: tuple[Item, ...]
    sha256: str

    def __len__(self) -> int:
        return len(self.items)


def read_items(path: Path, task: Task) -> Items:
    """Raises CannotTell that names file and line where an item cannot be used: none is left out silently."""
    digest = hashlib.sha256()
    found = []
    try:
        for number, line in _lines(path, digest):
            found.append(_item(line, task, f"{path.name}, line {number}"))
            if len(found) > MAX_ITEMS:
                raise CannotTell(f"{path.name} has more than {MAX_ITEMS:,} items")
    except OSError as error:
        raise CannotTell(f"{path.name} cannot be read: {error.strerror}") from error
    if not found:
        raise CannotTell(f"{path.name} holds no item")
    return Items(tuple(found), digest.hexdigest())


def _lines(path: Path, digest: Any) -> Iterator[tuple[int, bytes]]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise CannotTell(f"{path.name} is larger than {MAX_FILE_BYTES:,} bytes")
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise CannotTell(f"{path.name}, line {number} is longer than {MAX_LINE_BYTES:,} bytes")
            digest.update(line)
            if line.strip():
                yield number, line


def _item(line: bytes, task: Task, where: str) -> Item:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CannotTell(f"{where} is not valid JSON") from error
    if not isinstance(data, dict):
        raise CannotTell(f"{where} is no JSON object")
    question = data.get(task.question)
    if not isinstance(question, str) or not question.strip():
        raise CannotTell(f"{where} has no text under {task.question!r}")
    answer = data.get(task.answer)
    if answer is None or isinstance(answer, (dict, list)) or not str(answer).strip():
        raise CannotTell(f"{where} has no answer under {task.answer!r}")
    choices = _choices(data.get(task.choices), where) if task.scorer == "choice" else ()
    key = _letter(answer, choices, where) if task.scorer == "choice" else str(answer).strip()
    kept = {task.answer, task.question, task.choices}
    fields = {
        k: str(v)
        for k, v in data.items()
        if k not in kept and isinstance(v, (str, int, float)) and k.isidentifier()
    }
    return Item(question, key, choices, fields)


def _choices(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, dict):  # {"A": "...", "B": "..."}
        value = [value[k] for k in sorted(value)] if sorted(value) == list(LETTERS[: len(value)]) else None
    if not isinstance(value, list) or not 2 <= len(value) <= MAX_CHOICES:
        raise CannotTell(f"{where} has no list of 2 to {MAX_CHOICES} choices")
    return tuple(str(v) for v in value)


def _letter(answer: Any, choices: tuple[str, ...], where: str) -> str:
    """The key as a letter: given as one, as a number from 0, or as the choice's own text."""
    letters = LETTERS[: len(choices)]
    text = str(answer).strip()
    if text in choices and choices.count(text) == 1 and not (len(text) == 1 and text in letters):
        return (
            letters[choices.index(text)]
            if not isinstance(answer, int)
            else _by_number(answer, letters, where)
        )
    if isinstance(answer, int) and not isinstance(answer, bool):
        return _by_number(answer, letters, where)
    if len(text) == 1 and text.upper() in letters:
        return text.upper()
    raise CannotTell(f"{where}: its answer is none of its {len(choices)} choices")


def _by_number(answer: int, letters: str, where: str) -> str:
    if not 0 <= answer < len(letters):
        raise CannotTell(f"{where}: answer {answer} is none of its {len(letters)} choices (counted from 0)")
    return letters[answer]
