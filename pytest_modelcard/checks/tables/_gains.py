"""This model against its base: every benchmark for which the card prints both scores."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...arithmetic import difference_interval
from ...card.benchmark_names import key as benchmark_key
from ...card.benchmarks import Benchmark, Registry
from ...card.records import Card
from ...model import Claim, Related
from ._rows import EITHER_WAY, Row, direction, figure, number, rows, share_scale


@dataclass(frozen=True, slots=True)
class Match:
    """Both scores on one benchmark."""

    row: Row
    own: Claim
    base: Claim
    gain: float  #: how much better this model is than its base, below 0 where it is worse; rounded as printed

    @property
    def name(self) -> str:
        """Equal for one benchmark in one setting, however it is printed."""
        return f"{self.row.benchmark_id or benchmark_key(self.row.benchmark)}|{self.row.setting or ''}"

    def __str__(self) -> str:
        change = (self.own.value or 0) - (self.base.value or 0)
        signed = "no change" if self.gain == 0 else f"{change:+.{_decimals(self)}f}"
        return (
            f"{self.row.label} {number(self.base)} → {number(self.own)} ({signed}, line {self.own.span.line})"
        )

    def related(self) -> Related:
        return Related(self.own.span, str(self), self.own.raw)


def _decimals(match: Match) -> int:
    return max(match.own.decimals or 0, match.base.decimals or 0)


def matches(card: Card, registry: Registry) -> list[Match]:
    """One match a benchmark, from the table that prints it first; those of unknown direction left out."""
    found: dict[str, Match] = {}
    for row in rows(card):
        match = match_of(row, card, registry)
        if match is not None:
            found.setdefault(match.name, match)
    return list(found.values())


def match_of(row: Row, card: Card, registry: Registry) -> Match | None:
    own, base = row.only("this"), row.only("base")
    if own is None or base is None or own.value is None or base.value is None or own.values or base.values:
        return None
    if own.setting != base.setting or _scales_differ(own, base):
        return None
    way = direction(row, card, registry)
    if way is None:
        # unknown benchmarks are scores to be raised, unless their name leaves room for doubt
        way = "higher" if registry.get(row.benchmark_id) is None and not _doubtful(row) else None
    if way is None:
        return None
    gain = round(own.value - base.value, max(own.decimals or 0, base.decimals or 0))
    return Match(row, own, base, gain if way == "higher" else -gain)


def _scales_differ(a: Claim, b: Claim) -> bool:
    """Whether one looks like a share and the other like a percentage."""
    small, large = sorted((a, b), key=lambda c: c.value or 0.0)
    finer = (small.decimals or 0) > (large.decimals or 0) and (small.decimals or 0) >= 2
    return 0 < (small.value or 0) <= 1 < (large.value or 0) and finer


def _doubtful(row: Row) -> bool:
    return EITHER_WAY.search(f"{row.benchmark} {row.setting or ''}") is not None


def noise(match: Match, registry: Registry) -> tuple[float, float, Benchmark] | None:
    """The 95 % interval of own minus base, in points, that N questions leave; None if unknown.

    Taken for two independent runs over the same number of questions: answers to the same questions are
    correlated, so the true interval may be narrower.
    """
    return noise_of(match.base, match.own, match.row, registry.get(match.row.benchmark_id))


def noise_of(
    base: Claim, own: Claim, row: Row, benchmark: Benchmark | None
) -> tuple[float, float, Benchmark] | None:
    if benchmark is None or benchmark.items is None or not benchmark.proportion:
        return None
    scale = share_scale(own, row, benchmark)
    if scale is None:
        return None
    first, second = ((c.value or 0) / scale for c in (base, own))
    if not (0 <= first <= 1 and 0 <= second <= 1):
        return None
    low, high = difference_interval(first, second, benchmark.items)
    return 100 * low, 100 * high, benchmark


def named_in(sentence: str, found: Iterable[Row], registry: Registry) -> set[str]:
    """Which of these rows' benchmarks a sentence names, as they are printed in the table."""
    sentence = sentence[:4000]
    known = known_in(sentence, registry)
    return {row.benchmark for row in found if row.benchmark_id in known or _names(sentence, row.benchmark)}


def known_in(sentence: str, registry: Registry) -> set[str | None]:
    """The ids of the registry's benchmarks that a sentence names in any way of writing them."""
    words = sentence[:4000].split()
    found: set[str | None] = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + 5, len(words) + 1)):
            name = " ".join(words[start:end]).strip(".,;:!?()[]*_\"'“”")
            # names that are words of the language count with a capital or a figure only
            if 3 <= len(name) <= 60 and not name.islower() and (known := registry.find(name)) is not None:
                found.add(known.id)
    return found


def _names(sentence: str, benchmark: str) -> bool:
    """Whether the benchmark's name stands in the sentence as a word of its own."""
    parts = re.findall(r"[^\W_]+", benchmark)
    if not parts or not 3 <= len("".join(parts)) <= 120 or parts[0].lower() not in sentence.lower():
        return False
    pattern = r"(?<!\w)" + r"[\s_-]?".join(re.escape(p) for p in parts) + r"(?!\w|-\w)"
    # names with figures are spelt in any case; others are words of the language when in lower case
    flags = re.IGNORECASE if any(c.isdigit() for c in benchmark) else 0
    return re.search(pattern, sentence, flags) is not None


def listed(found: Iterable[Match], limit: int = 12) -> str:
    """ "A 94.9 → 94.6 (-0.3, line 51), B ..." """
    known = list(found)
    text = "; ".join(str(m) for m in known[:limit])
    return text + (f"; and {len(known) - limit} more" if len(known) > limit else "")


def points(value: float) -> str:
    return figure(value, 1) if value < 0 else f"+{value:.1f}"
