"""Others' answers to the same items, from the store and from logs: they predict which are right (a control variate).

Predictions may be anything, as long as the order of the items is drawn without regard to them. It would not be, if all
runs went in one order: what is known of an earlier run that was stopped are the items that come first, and that
their mean is low says beforehand that ours will be (with R2 0.8, 12 % of honest claims were refuted at a nominal 5 %).
Hence

- predictions are fixed, and written into the store, before a model's first answer to a benchmark; whoever goes on
  later uses the same ones, and none where answers came without;
- the seed of the order holds their checksum, so that the order is a new one, drawn after them. Whoever wrote a log could
  try until its checksum gives an order that suits him; where logs are among them, chance goes into the checksum, too.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .engine import Description
from .store import KeptEngine, outcome_of

if TYPE_CHECKING:
    from .formats import PriorResult

#: Share of the items that have to be known. From a model of like skill (R2 0.2) answers to a half save 1 % of the calls
#: on 198 items, and to a quarter none (500 simulated runs, a claim 10 points too high); useless ones cost 1 %.
LEAST_KNOWN = 0.5
#: Models whose answers are averaged, those of most items; bytes of a store that are read.
MAX_MODELS, MAX_BYTES = 8, 1024**3
MAX_NAME = 200

_TENTHS = "0123456789a"
_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Control:
    """models: whose answers they are. tenths: a character an item, the share right in tenths ("a" is ten), "-" where
    it is not known. chance: drawn after them, where others than the user may have chosen them."""

    models: tuple[str, ...]
    tenths: str
    chance: str = ""

    def __post_init__(self) -> None:
        if not self.models or not set(self.tenths) <= {*_TENTHS, _UNKNOWN} or not self.known:
            raise ValueError("predictions are a character an item, from 0 to 9, a or -, of one model or more")

    @property
    def known(self) -> int:
        """Items with an answer of another model."""
        return len(self.tenths) - self.tenths.count(_UNKNOWN)

    @property
    def checksum(self) -> str:
        """Goes into the seed of the order."""
        return hashlib.sha256(f"{self.tenths}{self.chance}".encode()).hexdigest()[:16]

    def predictions(self, *, turned: bool = False) -> list[float]:
        """For each item, from 0 to 1; the mean of the others where nothing is known. turned: of wrong answers."""
        value = {sign: tenths / 10 for tenths, sign in enumerate(_TENTHS)}
        value[_UNKNOWN] = sum(value[sign] * self.tenths.count(sign) for sign in _TENTHS) / self.known
        return [1 - value[sign] if turned else value[sign] for sign in self.tenths]


def control_of(
    kept: KeptEngine,
    items: int,
    *,
    begin: bool = True,
    logs: Callable[[], Iterable[PriorResult]] = tuple,
) -> Control | None:
    """What predicts this engine's answers to all `items`: as fixed when it was first asked, or fixed now. None where
    too little is known, or it was first asked without. begin: False looks only for what is fixed already."""
    found = _fixed(kept, items)
    if found is not None or kept.known or not begin:
        return found
    made = _from_others(kept, items, logs)
    if made is None:
        return None
    kept.store.fix(kept.key, asdict(made))
    # as it stands first in the file: another process may have come before this one
    return _fixed(kept, items)


def _fixed(kept: KeptEngine, items: int) -> Control | None:
    for line in kept.store.lines(MAX_BYTES):
        if line.get("control") == kept.key and kept.store.counts(line):
            found = control_from(line)
            return found if found is not None and len(found.tenths) == items else None
    return None


def control_from(data: Mapping[str, Any]) -> Control | None:
    """From a line's or record's `models`, `tenths` and `chance`; None where they are no such thing."""
    models, tenths, chance = data.get("models"), data.get("tenths"), data.get("chance")
    if (
        not isinstance(models, list)
        or not all(isinstance(m, str) for m in models)
        or not isinstance(tenths, str)
    ):
        return None
    try:
        return Control(tuple(m[:MAX_NAME] for m in models[:MAX_MODELS]), tenths, str(chance or "")[:MAX_NAME])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Other:
    model: str
    where: str
    log: bool = False

    def named(self, own: Description) -> str:
        if self.log:
            return f"{self.model} (log)"
        return self.model if self.model != own.model else f"{self.model} at {self.where}"


def _from_others(kept: KeptEngine, items: int, logs: Callable[[], Iterable[PriorResult]]) -> Control | None:
    own = kept.describe()
    if not own.revision:
        return None  # nobody knows whether the items are the same
    others: dict[str, _Other] = {}
    scores: dict[_Other, dict[int, float]] = defaultdict(dict)
    for line in kept.store.lines(MAX_BYTES):
        run = line.get("run")
        if isinstance(run, str):
            other = _Other(str(line.get("model"))[:MAX_NAME], str(line.get("where"))[:MAX_NAME])
            if _same_items(line, own) and other != _Other(own.model[:MAX_NAME], kept.where[:MAX_NAME]):
                others[run] = other
        elif isinstance(key := line.get("key"), str) and key in others:
            index, outcome = line.get("index"), outcome_of(line)
            if isinstance(index, int) and 0 <= index < items and outcome is not None and not outcome.unread:
                scores[others[key]][index] = outcome.low
    if own.engine == "lm-eval":
        scores.update(_of_logs(logs(), own, items))
    most = sorted(scores, key=lambda other: (-len(scores[other]), other.model, other.where))[:MAX_MODELS]
    sums: dict[int, list[float]] = defaultdict(list)
    for other in most:
        for index, score in scores[other].items():
            sums[index].append(score)
    if len(sums) < LEAST_KNOWN * items:
        return None
    shares = {index: round(10 * sum(found) / len(found)) for index, found in sums.items()}
    if len(set(shares.values())) < 2:
        return None  # all alike predict nothing
    tenths = "".join(_TENTHS[shares[i]] if i in shares else _UNKNOWN for i in range(items))
    chance = secrets.token_hex(16) if any(other.log for other in most) else ""
    return Control(tuple(other.named(own) for other in most), tenths, chance)


def _of_logs(
    logs: Iterable[PriorResult], own: Description, items: int
) -> Iterator[tuple[_Other, dict[int, float]]]:
    """Answers in logs of lm-eval to the same task and data with as many items: it numbers items as our engine does.
    Of any model, since even its own earlier answers only predict."""
    metric, wanted = own.settings.get("metric"), own.settings.get("filter")
    for log in logs:
        same = log.source == "lm-eval" and log.task == own.task and log.dataset == own.dataset
        alike = log.metric == metric and wanted in (None, log.settings.get("filter")) and not log.problem
        if not same or not alike or log.population != items:
            continue
        answers = {
            int(item.id): item.score
            for item in log.results
            if item.score is not None and item.id.isascii() and item.id.isdigit() and len(item.id) < 10
        }
        if answers and max(answers) < items:
            yield _Other(log.model[:MAX_NAME] or "a model without a name", log.path, log=True), answers


def _same_items(line: Mapping[str, Any], own: Description) -> bool:
    """Whether a run's index is ours: the same task's items, of the same data, chosen by the same arguments."""
    settings = line.get("settings")
    theirs = settings.get("args") if isinstance(settings, dict) else None
    return theirs == own.settings.get("args") and all(
        line.get(name) == getattr(own, name) for name in ("engine", "task", "dataset", "revision")
    )
