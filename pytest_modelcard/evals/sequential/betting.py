"""Evidence against "the mean over all items is at least m", for scores between 0 and 1, drawn without replacement.

A gambler starts with 1 and bets, before each item, that its score falls below what the hypothesis expects of the
items left. Under the hypothesis no bet gains on average, so that the capital ever reaches 1/alpha with probability
alpha at most (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2024). The stakes
follow the same mixture of alternatives as `hypergeometric`, divided by the variance seen so far; they use past items
only, and any stake is valid.

Control variate: where a prediction is known for every item before the run (another model's results, say), most of the
capital is bet on the score less a multiple of (prediction - mean prediction of the items left). That difference has
the same expectation whatever the predictions are, and a smaller spread where they are good. The multiple is learned
from past items and goes to zero where predictions are useless: they cost 1 % more items, and never validity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log

from .alternatives import Alternatives

#: Share of the capital that one bet may lose at most.
_MOST_LOST = 0.95
#: How many items the variance assumed before the first one weighs.
_PRIOR_ITEMS = 8.0
#: Share of the capital bet with control, where there are predictions.
_CONTROLLED = 0.9
#: Sums of binary floating point are compared with this many items to spare, in the hypothesis' favour.
_SPARE = 1e-9
_LEAST_VARIANCE = 0.002


@dataclass(frozen=True, slots=True)
class _Seen:
    """One item: its score, its prediction, and what was known before it."""

    score: float
    total: float  #: sum of the scores before
    control: float  #: prediction less the mean prediction of the items left
    reach: float  #: the most that mean exceeds a prediction
    left: int
    slope: float
    variances: tuple[float, float]  #: of the score, and of the score less slope x control


class Betting:
    """The e-process against "the mean score of all `items` items is at least `least`".

    variance: of the scores, assumed before the first item; wrong values cost calls, never validity.
    predictions: one number from 0 to 1 for each item, known before the run; then `add` needs the item's index.
    """

    def __init__(
        self,
        items: int,
        least: float,
        alternatives: Alternatives,
        *,
        variance: float = 0.25,
        predictions: Sequence[float] | None = None,
    ) -> None:
        if predictions is not None and (
            len(predictions) != items or not all(0 <= p <= 1 for p in predictions)
        ):
            raise ValueError("predictions are numbers from 0 to 1, one for each item")
        self.items = items
        self.least = least
        self._alternatives = alternatives.logs()
        self._predictions = tuple(predictions) if predictions is not None else None
        self._left_predicted = sum(predictions) if predictions is not None else 0.0
        self._lowest = min(predictions) if predictions is not None else 0.0
        self._prior = max(variance, _LEAST_VARIANCE)
        self._spread = _variance(predictions) if predictions is not None else 0.0
        self._history: list[_Seen] = []
        self._moments = _Moments()
        self._capital = self._starting()
        self._impossible = False

    @property
    def drawn(self) -> int:
        return len(self._history)

    @property
    def log_e(self) -> float:
        """The natural logarithm of the capital; infinite where the hypothesis has become impossible."""
        return inf if self._impossible else _log_sum(self._capital)

    def add(self, score: float, item: int | None = None) -> None:
        """The next item's score (0 to 1), in the order of drawing."""
        if not 0 <= score <= 1:
            raise ValueError(f"a score of {score} is not between 0 and 1")
        left = self.items - self.drawn
        if left < 1:
            raise ValueError(f"all {self.items} items were drawn")
        control = reach = predicted = 0.0
        if self._predictions is not None:
            if item is None:
                raise ValueError("predictions need the item's index")
            predicted = self._predictions[item]
            mean = self._left_predicted / left
            control, reach = predicted - mean, max(mean - self._lowest, 0.0)
            self._left_predicted -= predicted
        slope, variances = self._moments.residual(self._prior, self._spread)
        seen = _Seen(score, self._moments.x, control, reach, left, slope, variances)
        self._impossible |= self._bet(seen, self.least, self._capital)
        self._history.append(seen)
        self._moments.add(score, predicted)

    def bound(self, alpha: float, digits: int = 4) -> float:
        """The highest mean not refuted at `alpha`, rounded up to so many digits; holds at all times at once with
        probability 1 - alpha. The capital rises with the mean it bets against, so that halving finds it."""
        scale = int(10**digits)
        low, high = 0, scale
        while low < high:
            middle = (low + high) // 2
            if self.log_e_at(middle / scale) >= -log(alpha):
                high = middle
            else:
                low = middle + 1
        return low / scale

    def log_e_at(self, least: float) -> float:
        """As `log_e`, against "the mean is at least this" on the items added so far; goes through all of them."""
        capital = self._starting()
        for seen in self._history:
            if self._bet(seen, least, capital):
                return inf
        return _log_sum(capital)

    def _starting(self) -> list[float]:
        """Logarithms of the capital of each bettor: the alternatives, without and then with control."""
        plain = [weight for _, weight in self._alternatives]
        if self._predictions is None:
            return plain
        return [w + log(share) for share in (1 - _CONTROLLED, _CONTROLLED) for w in plain]

    def _bet(self, seen: _Seen, least: float, capital: list[float]) -> bool:
        """Each bettor's bet on one item; True where the hypothesis is impossible from here on."""
        needed = self.items * least - seen.total  # what the items left have to sum to
        mean = min(needed / seen.left, 1.0)
        plain = len(self._alternatives)
        if seen.score < 1 - _SPARE and needed - seen.score > seen.left - 1 + _SPARE * self.items:
            return True
        for part in range(len(capital) // plain):
            slope = seen.slope if part else 0.0
            result = seen.score - slope * seen.control
            most = 1.0 + slope * seen.reach - mean  # the most a result can exceed the mean
            if most <= _SPARE:
                continue  # all items left have to be right: only a wrong one says anything
            variance = seen.variances[part]
            for i, (distance, _) in enumerate(self._alternatives):
                gap = distance * self.items / seen.left
                stake = min(gap / (variance + gap * gap), _MOST_LOST / most)
                capital[part * plain + i] += log(1.0 + stake * (mean - result))
        return False


class _Moments:
    """Running sums of scores x and predictions q."""

    def __init__(self) -> None:
        self.n = 0
        self.x = self.xx = self.q = self.qq = self.xq = 0.0

    def add(self, x: float, q: float) -> None:
        self.n += 1
        self.x += x
        self.xx += x * x
        self.q += q
        self.qq += q * q
        self.xq += x * q

    def residual(self, prior: float, spread: float) -> tuple[float, tuple[float, float]]:
        """The slope of scores on predictions (0 to 1.5), and the variance without and with it."""
        n = max(self.n, 1)
        sxx = max(self.xx - self.x * self.x / n, 0.0)
        sqq = max(self.qq - self.q * self.q / n, 0.0)
        sxq = self.xq - self.x * self.q / n
        weight = sqq + _PRIOR_ITEMS * spread
        slope = min(max(sxq / weight, 0.0), 1.5) if weight > 0 else 0.0
        rest = max(sxx - 2 * slope * sxq + slope * slope * sqq, 0.0)
        both = self.n + _PRIOR_ITEMS
        plain = (_PRIOR_ITEMS * prior + sxx) / both
        controlled = (_PRIOR_ITEMS * prior + rest) / both
        return slope, (max(plain, _LEAST_VARIANCE), max(controlled, _LEAST_VARIANCE))


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / len(values)


def _log_sum(logs: Sequence[float]) -> float:
    top = max(logs)
    return top + log(sum(exp(x - top) for x in logs))
