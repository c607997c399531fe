"""Hands an engine its items one by one, until the verdict stands or nothing may be spent any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from .budget import Budget
from .engine import ItemResult

#: Unreadable answers kept to be shown, and characters of each.
MAX_SHOWN, SHOWN = 3, 160


class Feed:
    """The items in the order drawn for them, and an account of what they cost."""

    def __init__(self, todo: Sequence[int], budget: Budget, draws: int, finished: Callable[[], bool]) -> None:
        """draws: answers to each item, a call each."""
        self._todo, self._budget, self._draws, self._finished = todo, budget, draws, finished
        self._positions: dict[int, int] = {}
        self._under_way = 0
        self.calls = self.retries = self.prompt_tokens = self.completion_tokens = self.truncated = 0
        self.errors: Counter[str] = Counter()
        self.unread: list[str] = []
        self.said: list[tuple[int, str]] = []  #: (item, what was read) of every readable answer
        self.out_of = ""  #: what ended it before the verdict stood

    def __iter__(self) -> Iterator[int]:
        for position, index in enumerate(self._todo):
            if self._finished():
                return
            if self._budget.time_up():
                self.out_of = f"the {self._budget.seconds:g} seconds allowed are over"
                return
            if self._budget.left < (self._under_way + 1) * self._draws:
                self.out_of = f"the {self._budget.calls:,} calls allowed are spent"
                return
            self._positions[index] = position
            self._under_way += 1
            yield index

    def take(self, result: ItemResult) -> int:
        """Account for one result; its position in the order."""
        self._under_way -= 1
        self._budget.spend(result.calls)
        self.calls += result.calls
        self.retries += result.retries
        self.prompt_tokens += result.prompt_tokens
        self.completion_tokens += result.completion_tokens
        self.truncated += result.truncated
        if result.error:
            self.errors[result.error] += 1
        for answer, found in zip(result.answers, result.read, strict=False):
            if found is not None:
                self.said.append((result.index, found))
            elif len(self.unread) < MAX_SHOWN:
                self.unread.append(answer[-SHOWN:])
        return self._positions[result.index]
