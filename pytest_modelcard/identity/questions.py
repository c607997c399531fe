"""The probe's questions: written for this project, in three languages, none of them naming a model or its maker."""

from __future__ import annotations

import functools
import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "identity-questions.json"


@dataclass(frozen=True, slots=True)
class Question:
    """`kind`: name, maker, base, version, indirect, role, ignore (the system prompt), completion."""

    id: str
    language: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Questions:
    """All of them, with the checksum of the file."""

    all: tuple[Question, ...]
    sha256: str

    def order(self, seed: str) -> list[int]:
        """All places in a seeded order, so that whatever is asked before a budget ends is a random part."""
        draw = random.Random(seed)
        keys = [draw.random() for _ in self.all]
        return sorted(range(len(self.all)), key=keys.__getitem__)

    def languages(self) -> dict[str, int]:
        """How many there are of each."""
        counts: dict[str, int] = {}
        for question in self.all:
            counts[question.language] = counts.get(question.language, 0) + 1
        return counts


@functools.cache
def questions() -> Questions:
    raw = FILE.read_bytes()
    rows = json.loads(raw)["questions"]
    return Questions(tuple(Question(**row) for row in rows), hashlib.sha256(raw).hexdigest())
