"""One claim while it is tested: engines give results in any order, a reorder buffer hands them to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import exp

from ..errors import CannotTell
from .budget import Budget
from .control import Control
from .engine import ItemResult
from .feed import Feed
from .sequential import InOrder, Outcome, PairedTest, SequentialTest, Verdict
from .setup import Ready
from .store import Runnable


class Trial:
    """One claim while it is tested: results go through a reorder buffer into the test."""

    feeds: list[Feed]
    right: list[float]
    test: SequentialTest | PairedTest

    def __init__(
        self,
        made: Ready,
        budget: Budget,
        alpha: float,
        margin: float,
        say: Callable[[str], None],
        control: Control | None = None,
    ) -> None:
        """margin: the inflation (share) that a confirmation rules out. say: takes a line on how far it is.
        control: what predicts the answers; of a difference nothing does."""
        self.made, self.alpha, self.margin, self.control = made, alpha, margin, control
        self._budget, self._say_line = budget, say
        self.feeds = []
        self.counted: tuple[list[Outcome], ...] = ([],)  #: outcomes in the order of dispatch, of each model
        self.begin()

    def begin(self) -> None:
        """Make the test."""
        raise NotImplementedError

    def go(self, engines: Sequence[Runnable], todo: list[int]) -> str:
        """Run until finished; what broke it off, "" where nothing did."""
        raise NotImplementedError

    @property
    def unreadable(self) -> bool:
        return self.test.unreadable

    def verdict(self) -> Verdict:
        return self.test.verdict()

    def _feed(self, todo: list[int]) -> Feed:
        return Feed(todo, self._budget, self.made.settings.draws, lambda: self.test.finished)

    def _say(self) -> None:
        used, (against, favour) = self.test.used, self.test.evidence
        share = f", {self.right[0] / used:.1%} right" if used else ""
        self._say_line(
            f"{self.made.want.id}: {used} of {self.made.population:,} items{share}; evidence against the claim "
            f"{_times(against)}, for it {_times(favour)} ({1 / self.alpha:,.0f} decides); "
            f"{sum(f.calls for f in self.feeds)} calls"
        )


def _times(log_e: float) -> str:
    return "very large" if log_e > 30 else f"{exp(log_e):,.2g}" if log_e < 4 else f"{exp(log_e):,.0f}"


class Single(Trial):
    """A score of one model."""

    test: SequentialTest

    def begin(self) -> None:
        made = self.made
        self._turned = made.want.kind == "other"
        predictions = self.control.predictions(turned=self._turned) if self.control else None
        self.test = SequentialTest(
            made.score_claim,
            tolerance=made.tolerance,
            alpha=self.alpha,
            margin=self.margin,
            predictions=predictions,
        )
        self.right = [0.0]

    def go(self, engines: Sequence[Runnable], todo: list[int]) -> str:
        feed = self._feed(todo)
        self.feeds = [feed]

        def count(position: int, outcome: Outcome) -> None:
            if not self.test.decided:
                self.right[0] += outcome.low
                self.counted[0].append(outcome)
            self.test.add(outcome.turned() if self._turned else outcome, todo[position])

        buffer = InOrder(count)
        results = engines[0].run(feed)
        try:
            for result in results:
                buffer.put(feed.take(result), result.outcome)
                self._say()
        except CannotTell as error:
            if not feed.calls and not self.test.used:
                raise
            return str(error)
        finally:
            _close(results)
        return ""

    def verdict(self) -> Verdict:
        found = self.test.verdict()
        return found.turned() if self._turned else found


class Pair(Trial):
    """A difference of two models on the same items."""

    test: PairedTest

    def begin(self) -> None:
        made = self.made
        self.test = PairedTest(
            made.low,
            made.high,
            made.population,
            tolerance=made.tolerance,
            alpha=self.alpha,
            margin=self.margin,
        )
        self.right, self.counted = [0.0, 0.0], ([], [])

    def go(self, engines: Sequence[Runnable], todo: list[int]) -> str:
        self.feeds = [self._feed(todo), self._feed(todo)]
        waiting: tuple[dict[int, Outcome], dict[int, Outcome]] = ({}, {})

        def count(position: int, both: tuple[Outcome, Outcome]) -> None:
            if not self.test.decided:
                for n, outcome in enumerate(both):
                    self.right[n] += outcome.low
                    self.counted[n].append(outcome)
            self.test.add(*both, todo[position])

        buffer = InOrder(count)
        results = [engine.run(feed) for engine, feed in zip(engines, self.feeds, strict=True)]
        open_ = {0, 1}
        try:
            while open_:
                for n in sorted(open_):
                    result: ItemResult | None = next(results[n], None)
                    if result is None:
                        open_.discard(n)
                        continue
                    position = self.feeds[n].take(result)
                    waiting[n][position] = result.outcome
                    if position in waiting[1 - n]:
                        buffer.put(position, (waiting[0].pop(position), waiting[1].pop(position)))
                        self._say()
        except CannotTell as error:
            if not any(f.calls for f in self.feeds) and not self.test.used:
                raise
            return str(error)
        finally:
            for one in results:
                _close(one)
        return ""


def _close(results: Iterator[ItemResult]) -> None:
    close = getattr(results, "close", None)
    if close is not None:
        close()
