"""What the user decided, as the rest of a run asks for it: which rules run, how severe they are, what is waived."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..evidence import EvidenceOptions
from ..full.options import FullOptions
from ..model import Finding, Report, Severity

if TYPE_CHECKING:
    from ..card.benchmarks import Benchmark
    from ..card.records import Card
    from ..checks.base import Rule


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that the user accepts for now. `finding` is `MC203` or `MC203[key]`, with * and ? as wildcards."""

    finding: str
    reason: str
    expires: datetime.date
    card: str = "*"  #: the card's id or path as typed, with wildcards

    def matches(self, finding: Finding, card: str) -> bool:
        return (finding.rule == self.finding or _glob(finding.id, self.finding)) and fnmatch.fnmatchcase(
            card, self.card
        )


def _glob(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of one run. `select` and `ignore` hold rule ids or prefixes of them (`MC2`)."""

    profile: str = "default"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    maps: Mapping[str, Path] = field(default_factory=dict)
    offline: bool = False
    benchmarks: tuple[Benchmark, ...] = ()
    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    full: FullOptions | None = None  #: full coverage of the weights; None: not asked for

    def selects(self, rule: type[Rule]) -> bool:
        """Whether a rule runs: named by `select`, or of the profile where nothing is selected; never if ignored."""
        if self.select:
            chosen = any(rule.id.startswith(s) for s in self.select)
        else:
            chosen = "default" in rule.profiles or self.profile in rule.profiles
        return chosen and not any(rule.id.startswith(s) for s in self.ignore)

    def severity(self, rule: Rule) -> Severity:
        """The severity set for the rule's id or the longest prefix of it, else the rule's own."""
        for n in range(len(rule.id), 1, -1):
            if rule.id[:n] in self.severities:
                return self.severities[rule.id[:n]]
        return rule.severity

    def waive(self, finding: Finding, card: Card) -> Finding:
        """The finding as it counts: a fault under a valid waiver becomes a skip that gives the reason."""
        if finding.outcome not in ("fail", "warn"):
            return finding
        for waiver in self.waivers:
            if not waiver.matches(finding, card.identity.source):
                continue
            if waiver.expires >= _today():
                return replace(finding, outcome="skip", waived=f"until {waiver.expires}: {waiver.reason}")
            return replace(finding, help=f"{finding.help} (its waiver expired on {waiver.expires})")
        return finding

    def unused_waivers(self, reports: Sequence[Report]) -> list[str]:
        """Waivers that no fault of these reports needs."""
        faults = [
            (f, r.card.source)
            for r in reports
            for f in r.findings
            if f.waived or f.outcome in ("fail", "warn")
        ]
        return [w.finding for w in self.waivers if not any(w.matches(f, card) for f, card in faults)]

    def in_checklist(self, rule_id: str) -> bool:
        """Whether a rule belongs to the chosen profile's checklist beside the checks that always run."""
        from ..checks import ALL_RULES

        return any(
            r.id == rule_id and "default" not in r.profiles and self.profile in r.profiles for r in ALL_RULES
        )


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()
