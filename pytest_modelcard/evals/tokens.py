"""Tokens that one call of a benchmark takes, before anything is asked. Assumptions, told with every estimate.

What a run has really taken stands in its record (`prompt_tokens`, `completion_tokens`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..errors import CannotTell
from .harnesses import DATA
from .needs import kind_of
from .settings import Settings
from .tasks.spec import Task

#: Characters of English text to a token.
CHARACTERS = 4
#: Characters of a question whose length is not known; tokens of a picture.
QUESTION, PICTURE = 1_000, 1_000
#: Tokens of an answer by a model that thinks first, and by one that does not.
THINKING, PLAIN = 8_000, 500
#: Requests of an agent's task, each with all that was said before: tokens sent and written in all of them.
AGENT_SENT, AGENT_WRITTEN = 500_000, 20_000
#: Items of a file whose prompts are measured.
MEASURED = 200


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of one call (of an agent: of one task)."""

    prompt: float
    completion: float

    @property
    def total(self) -> float:
        return self.prompt + self.completion


def tokens_of(benchmark: str, task: Task, settings: Settings, answer: float | None = None) -> Tokens:
    """benchmark: its id. answer: tokens of an answer as the user knows them, in place of the assumption."""
    kind = kind_of(benchmark)
    if kind == "agent":
        return Tokens(AGENT_SENT, AGENT_WRITTEN if answer is None else answer)
    prompt = _prompt(benchmark, task, settings) / CHARACTERS + (PICTURE if kind == "vision" else 0)
    if answer is None:
        template = settings.request.get("chat_template_kwargs") or {}
        answer = PLAIN if template.get("enable_thinking") is False else THINKING
    return Tokens(prompt, min(answer, settings.request.get("max_tokens") or answer))


def assumption(answer: float | None = None) -> str:
    """What the estimates rest on, in a sentence."""
    written = (
        f"{answer:,.0f} tokens an answer (answer-tokens)"
        if answer is not None
        else f"{THINKING:,} tokens an answer, {PLAIN:,} where the card or the task turns thinking off, never more than "
        f"max_tokens; {AGENT_WRITTEN:,} for an agent's task"
    )
    return (
        f"tokens assumed: {CHARACTERS} characters a token of the question; {written}; {AGENT_SENT:,} sent for an agent's "
        f"task; {PICTURE:,} a picture"
    )


def _prompt(benchmark: str, task: Task, settings: Settings) -> float:
    """Characters of a question: measured where its file is at hand, else as the data file has it."""
    if task.engine == "chat" and task.file is not None:
        from .chat import load
        from .tasks.prompt import messages

        try:
            loaded = load(task, settings)
        except CannotTell:
            return QUESTION
        shown = loaded.items.items[:MEASURED]
        sizes = [sum(len(m["content"]) for m in messages(task, item, loaded.examples)) for item in shown]
        return sum(sizes) / len(sizes)
    return _lengths().get(benchmark, QUESTION)


@lru_cache(maxsize=1)
def _lengths() -> Mapping[str, float]:
    found: Mapping[str, float] = json.loads(DATA.read_text(encoding="utf-8"))["prompt_characters"]
    return found
