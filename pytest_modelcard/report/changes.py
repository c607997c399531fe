"""What a change of a card introduces, fixes and leaves: its findings against those of the base revision.

Findings are matched by id (`rule[key]`, which holds no line number), then, for those whose key has changed, by rule
and the quoted line. Lines may move as they like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from ..model import Finding, Report
from .read import read_card, read_report

#: From which severity on a finding blocks; `never`: none does.
FailOn = Literal["error", "warning", "never"]
#: Which findings can block: those the change introduces, or all there are.
Scope = Literal["introduced", "all"]

#: The one finding of a card that cannot be opened at all: nothing else is known of it then.
_UNREADABLE = "MC001"


@dataclass(frozen=True, slots=True)
class Changes:
    """Faults (outcome `fail` or `warn`, not waived) of one card by what a change did to them."""

    introduced: tuple[Finding, ...] = ()  #: new, or a warning before and a failure now
    fixed: tuple[Finding, ...] = ()  #: as they stood in the base revision
    left: tuple[Finding, ...] = ()  #: as they stand now
    untold: tuple[Finding, ...] = ()  #: faults of the base revision that cannot be told, or are waived, now

    def blocking(self, fail_on: FailOn = "error", scope: Scope = "introduced") -> tuple[Finding, ...]:
        """The findings for which the change must not be merged."""
        found = self.introduced if scope == "introduced" else (*self.introduced, *self.left)
        return tuple(f for f in found if blocks(f, fail_on))


def blocks(finding: Finding, fail_on: FailOn) -> bool:
    """Whether this fault is grave enough to block; a note never does."""
    if fail_on == "never":
        return False
    return finding.outcome == "fail" or (
        fail_on == "warning" and finding.outcome == "warn" and finding.severity != "note"
    )


def compare(base: Mapping[str, Any] | None, head: Mapping[str, Any]) -> Changes:
    """Two JSON reports of the same card. Without a base everything that is wrong is introduced."""
    return compare_reports(read_report(base) if base is not None else None, read_report(head))


def compare_reports(base: Report | None, head: Report) -> Changes:
    """The same for records."""
    faults = [f for f in head.findings if f.outcome in ("fail", "warn")]
    if base is None:
        return Changes(introduced=tuple(faults))
    before = {f.id: f for f in base.findings if f.outcome in ("fail", "warn")}
    earlier = _matched(faults, before)
    introduced = [
        f for f in faults if f.id not in earlier or (f.outcome == "fail" and earlier[f.id].outcome == "warn")
    ]
    new, known = {f.id for f in introduced}, {f.id for f in earlier.values()}
    gone = [f for id, f in before.items() if id not in known]
    told = {f.id for f in head.findings if f.outcome != "skip"}
    skipped = {f.id for f in head.findings} - told
    unread = all(f.rule == _UNREADABLE for f in head.findings)
    untold = {f.id for f in gone if f.id in skipped or unread}
    return Changes(
        introduced=tuple(introduced),
        fixed=tuple(f for f in gone if f.id not in untold),
        left=tuple(f for f in faults if f.id not in new),
        untold=tuple(f for f in gone if f.id in untold),
    )


def _matched(faults: Sequence[Finding], before: Mapping[str, Finding]) -> dict[str, Finding]:
    """By id of a fault of now: the fault of before that it is."""
    found = {f.id: before[f.id] for f in faults if f.id in before}
    rest: dict[tuple[str, str], list[Finding]] = {}
    for id, fault in before.items():
        if id not in found and fault.quote.strip():
            rest.setdefault(_words(fault), []).append(fault)
    for fault in faults:
        if fault.id not in found and (same := rest.get(_words(fault))):
            found[fault.id] = same.pop(0)
    return found


def _words(finding: Finding) -> tuple[str, str]:
    return finding.rule, " ".join(finding.quote.split())


def paired(
    heads: Sequence[Mapping[str, Any]], bases: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every report of now with the one of the same card before, None for a new card.

    The same card: the same repository id, else the same source, else the only one whose folder ends alike (a base
    revision is often checked out elsewhere), else the only card on both sides.
    """
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any] | None]] = []
    for head in heads:
        pairs.append((head, _same_card(head, bases, alone=len(heads) == len(bases) == 1)))
    return pairs


def _same_card(
    head: Mapping[str, Any], bases: Sequence[Mapping[str, Any]], *, alone: bool
) -> Mapping[str, Any] | None:
    card, cards = read_card(head), [read_card(b) for b in bases]
    for same in (
        [n for n, c in enumerate(cards) if (c.repo_id, c.source) == (card.repo_id, card.source)],
        [n for n, c in enumerate(cards) if card.repo_id and c.repo_id == card.repo_id],
        [n for n, c in enumerate(cards) if c.source == card.source],
    ):
        if same:
            return bases[same[0]]
    ends = [_shared_end(card.source, c.source) for c in cards]
    most = max(ends, default=0)
    if most and ends.count(most) == 1:
        return bases[ends.index(most)]
    return bases[0] if alone else None


def _shared_end(a: str, b: str) -> int:
    """How many last parts two paths share."""
    count = 0
    for x, y in zip(reversed(PurePosixPath(a).parts), reversed(PurePosixPath(b).parts), strict=False):
        if x != y:
            break
        count += 1
    return count
