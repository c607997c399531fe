"""A claim's verdict made again from the single items in a store, by a second reader.

The record that closes a run says what was counted. Here it is checked that the items came in the order that the seed
draws, that each outcome counted stands in a line of its own, and that counts, evidence, interval and verdict follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isclose, isfinite
from typing import Any

from ..errors import CannotTell
from .control import Control, control_from
from .engine import ItemResult
from .record import MAX_E, evidence
from .sequential import Outcome, PairedTest, ScoreClaim, SequentialTest, Tolerance, Verdict, order
from .store import Kept

#: Items of one benchmark that are recounted.
MAX_ITEMS = 2_000_000
#: How near a number has to come to the record's, relatively.
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Recount:
    """What the items of one run come to. wrong: what of the record does not follow from them, a sentence each."""

    record: Mapping[str, Any]
    verdict: Verdict
    correct: tuple[float, ...]  #: of each model
    wrong: tuple[str, ...]


def recount(kept: Kept, record: Mapping[str, Any]) -> Recount:
    """Raises CannotTell naming the field where the record is not one of a run."""
    read = _Fields(record)
    kind, used, at_hand, items = read.kind(), read.whole("used"), read.whole("at_hand"), read.whole("items")
    counted, keys = _counted(read), read.texts("keys")
    models = 2 if kind == "difference" else 1
    if len(counted) != models or len(keys) != models or any(len(c) != used for c in counted):
        raise CannotTell("its record does not hold the outcomes that it counted")
    if not used <= at_hand <= items <= MAX_ITEMS:
        raise CannotTell(f"its record counts {used} items of {at_hand} at hand and {items} in all")
    todo = order(at_hand, read.text("seed"))[:used]
    wrong = []
    for outcomes, key in zip(counted, keys, strict=True):
        wrong += list(_not_in_lines(todo, outcomes, kept.items.get(key, {})))
    control = _control(read, kind, items)
    if control is not None and not read.text("seed").endswith(f"+{control.checksum}"):
        wrong.append(
            "the order of the items was not drawn after its predictions: the seed lacks their checksum"
        )
    verdict = _again(read, kind, items, todo, counted, control)
    correct = tuple(sum(outcome.low for outcome in outcomes) for outcomes in counted)
    return Recount(record, verdict, correct, (*wrong, *_differences(read, kind, verdict, correct)))


def _control(read: _Fields, kind: str, items: int) -> Control | None:
    told = read.get("control")
    if told is None:
        return None
    found = (
        control_from({**told, "tenths": read.get("tenths"), "chance": read.get("chance")})
        if isinstance(told, dict)
        else None
    )
    if found is None or kind == "difference" or len(found.tenths) != items:
        raise CannotTell("its record does not hold the predictions that it used")
    return found


def _again(
    read: _Fields,
    kind: str,
    items: int,
    todo: Sequence[int],
    counted: Sequence[Sequence[Outcome]],
    control: Control | None,
) -> Verdict:
    low, high = read.claimed()
    tolerance = Tolerance(read.share("tolerance"), "as the record has it")
    alpha, margin = read.share("alpha"), read.share("margin")
    try:
        if kind == "difference":
            pair = PairedTest(low, high, items, tolerance=tolerance, alpha=alpha, margin=margin)
            for item, one, other in zip(todo, *counted, strict=True):
                pair.add(one, other, item)
            return pair.verdict()
        turned = kind == "other"
        ends = (1 - high, 1 - low) if turned else (low, high)
        claim = ScoreClaim(*ends, items, read.flag("graded"))
        predictions = control.predictions(turned=turned) if control else None
        test = SequentialTest(claim, tolerance=tolerance, alpha=alpha, margin=margin, predictions=predictions)
        for item, outcome in zip(todo, counted[0], strict=True):
            test.add(outcome.turned() if turned else outcome, item)
        return test.verdict().turned() if turned else test.verdict()
    except ValueError as error:
        raise CannotTell(f"its record is no test of a claim: {error}") from error


def _not_in_lines(
    todo: Sequence[int], outcomes: Sequence[Outcome], lines: Mapping[int, Sequence[ItemResult]]
) -> Iterator[str]:
    """Items that no line gives as they were counted; an item may have several, where it was asked again."""
    missing = [i for i in todo if i not in lines]
    if missing:
        yield f"{len(missing)} of the {len(todo)} items counted have no line (the first is item {missing[0]})"
    other = [
        i
        for i, outcome in zip(todo, outcomes, strict=True)
        if i in lines and all(line.outcome != outcome for line in lines[i])
    ]
    if other:
        yield f"{len(other)} items were counted otherwise than their lines say (the first is item {other[0]})"


def _differences(read: _Fields, kind: str, verdict: Verdict, correct: Sequence[float]) -> Iterator[str]:
    said = read.text("verdict")
    if said != verdict.decision and not (said == "undecided" and read.flag("doubted")):
        yield f"the record says {said}, and its items give {verdict.decision}"
    told = [read.number("correct")]
    if kind == "difference":
        told.append(read.number("other_correct"))
    for ours, theirs in zip(correct, told, strict=True):
        if not isclose(ours, theirs, rel_tol=_NEAR, abs_tol=_NEAR):
            yield f"the record counts {theirs:g} right, and its items give {ours:g}"
    for name, ours in (("unparsed", verdict.unparsed), ("errors", verdict.missing)):
        if read.whole(name) != ours:
            yield f"the record counts {read.whole(name)} {name}, and its items give {ours}"
    for name, log_e in (("e_value", verdict.log_e_refute), ("e_value_confirm", verdict.log_e_confirm)):
        ours = evidence(log_e)
        if not isclose(read.number(name), ours, rel_tol=_NEAR, abs_tol=1e-12):
            yield f"the record has {name} {read.number(name):.6g}, and its items give {ours:.6g}"
    low, high = read.pair("interval")
    if not (
        isclose(low, verdict.interval[0], abs_tol=_NEAR) and isclose(high, verdict.interval[1], abs_tol=_NEAR)
    ):
        yield (
            f"the record has an interval from {low:.6g} to {high:.6g}, and its items give {verdict.interval[0]:.6g} to "
            f"{verdict.interval[1]:.6g}"
        )
    if read.share("alpha") * read.whole("claims_together") > read.share("alpha_together") * (1 + _NEAR):
        yield "the claims together exceed the error probability that the record states"


def _counted(read: _Fields) -> list[list[Outcome]]:
    lists = read.get("counted")
    if not isinstance(lists, list) or not all(
        isinstance(one, list) and len(one) <= MAX_ITEMS for one in lists
    ):
        raise CannotTell("its record has no list under counted")
    return [[_outcome(entry) for entry in one] for one in lists[:2]]


def _outcome(entry: Any) -> Outcome:
    if entry in (0, 1) and not isinstance(entry, (bool, float)):
        return Outcome.right() if entry else Outcome.wrong()
    try:
        low, high, draws, unparsed, missing = entry
        if not all(isinstance(n, int) and not isinstance(n, bool) for n in (draws, unparsed, missing)):
            raise TypeError
        return Outcome(float(low), float(high), draws, unparsed, missing)
    except (TypeError, ValueError, OverflowError):
        raise CannotTell("its record counts something that is no outcome") from None


class _Fields:
    """A record's fields with their types checked: it may come from anyone."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record

    def get(self, name: str) -> Any:
        return self._record.get(name)

    def _good(self, name: str, good: bool) -> Any:
        if not good:
            raise CannotTell(f"its record has no usable {name}")
        return self.get(name)

    def text(self, name: str) -> str:
        return str(self._good(name, isinstance(self.get(name), str)))

    def texts(self, name: str) -> list[str]:
        value = self.get(name)
        return list(self._good(name, isinstance(value, list) and all(isinstance(t, str) for t in value)))

    def kind(self) -> str:
        return str(self._good("kind", self.get("kind") in ("score", "difference", "other")))

    def flag(self, name: str) -> bool:
        return bool(self._good(name, isinstance(self.get(name), bool)))

    def whole(self, name: str) -> int:
        value = self.get(name)
        return int(
            self._good(name, isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9)
        )

    def number(self, name: str) -> float:
        value = self.get(name)
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= MAX_E
        return float(self._good(name, good and isfinite(value)))

    def share(self, name: str) -> float:
        value = self.number(name)
        self._good(name, 0 <= value <= 1)
        return value

    def pair(self, name: str) -> tuple[float, float]:
        value = self.get(name)
        good = isinstance(value, list) and len(value) == 2
        ends = _Fields(dict(zip("ab", self._good(name, good), strict=True)))
        return ends.number("a"), ends.number("b")

    def claimed(self) -> tuple[Fraction, Fraction]:
        """The claim's ends, exactly: "283/400"."""
        texts = self.texts("claimed_exactly")
        try:
            low, high = (Fraction(t) for t in texts if len(t) < 100 and "e" not in t.lower())
        except (ValueError, ZeroDivisionError):
            raise CannotTell("its record has no usable claimed_exactly") from None
        return low, high
