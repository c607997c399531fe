"""Evidence against "at least so many of all items are answered right", items drawn without replacement.

With K of N items right, a random order starts with s right among t with probability C(N-t, K-s) / C(N, K). The
evidence is the ratio of that probability under alternatives K1 < K0, averaged, to that under the boundary K0 of the
hypothesis. It is a martingale at K0. At any K above, the same order with some right items made wrong has fewer
right and so no less evidence: under every K >= K0 the evidence ever reaches 1/alpha with probability alpha at most
(Ville's inequality), however one stops. (Stark 2009 and Waudby-Smith and Ramdas 2020 treat the same sampling.)

For the other direction ("at most so many are right") count wrong answers instead of right ones.
"""

from __future__ import annotations

from math import exp, inf, lgamma, log

from .alternatives import Alternatives


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


class Shortfall:
    """The e-process against "at least `least` of `items` items are right".

    `items` is the benchmark's size N; counts are whole items. Pure: the evidence depends on the counts alone.
    """

    def __init__(self, items: int, least: int, alternatives: Alternatives) -> None:
        if items < 1:
            raise ValueError("a benchmark has at least one item")
        if least > items:
            raise ValueError(f"at least {least} of {items} items can never be right")
        self.items = items
        self.least = least
        self._steps = alternatives.in_items(items)
        self._start = self._alternatives(least)

    def _alternatives(self, least: int) -> list[tuple[int, float]]:
        """(items right under the alternative, logarithm of weight x C(N, K0) / C(N, K1))."""
        base = _log_choose(self.items, least) if least > 0 else 0.0
        return [
            (right, weight + base - _log_choose(self.items, right))
            for step, weight in self._steps
            for right in (max(least - step, 0),)
        ]

    def log_e(self, drawn: int, right: int) -> float:
        """The natural logarithm of the evidence after `drawn` items with `right` right; infinite where the
        hypothesis has become impossible, minus infinity where every alternative has."""
        return self._log_e(drawn, right, self.least, self._start)

    def log_e_at(self, drawn: int, right: int, least: int) -> float:
        """As `log_e`, against "at least `least` are right"."""
        return self._log_e(drawn, right, least, self._alternatives(least))

    def _log_e(self, drawn: int, right: int, least: int, start: list[tuple[int, float]]) -> float:
        left = self.items - drawn
        if not 0 <= right <= drawn or left < 0:
            raise ValueError(f"{right} right of {drawn} drawn of {self.items} items")
        if least <= 0:
            return 0.0  # nothing speaks against a hypothesis that is always true
        if least - right > left:
            return inf
        logs = [
            weight + _log_choose(left, alternative - right)
            for alternative, weight in start
            if alternative >= right
        ]
        if not logs:
            return -inf
        top = max(logs)
        return top + log(sum(exp(x - top) for x in logs)) - _log_choose(left, least - right)

    def bound(self, drawn: int, right: int, alpha: float) -> int:
        """The most items that can be right in all: the largest K for which "at least K" is not refuted at `alpha`.

        Holds at all times at once with probability 1 - alpha. Does not depend on `least`. C(N-t, K-s) / C(N, K) is
        log-concave in K, so that the evidence rises with K where it exceeds 1, and halving finds the end.
        """
        limit = -log(alpha)
        low, high = right, self.items - drawn + right
        while low < high:
            middle = (low + high + 1) // 2
            if self.log_e_at(drawn, right, middle) < limit:
                low = middle
            else:
                high = middle - 1
        return low


class Boundary:
    """After each number of items, the most right answers that still refute: computed once, then only compared.

    `at(t)` is -1 where even t wrong answers do not refute.
    """

    def __init__(self, process: Shortfall, alpha: float) -> None:
        self._process = process
        self._limit = -log(alpha)
        self._most = [-1]

    def at(self, drawn: int) -> int:
        while len(self._most) <= drawn:
            t, most = len(self._most), self._most[-1]
            # one item more: the bound stays or rises by one, since one more right answer never adds evidence
            if self._process.log_e(t, most + 1) >= self._limit:
                most += 1
            self._most.append(most)
        return self._most[drawn]
