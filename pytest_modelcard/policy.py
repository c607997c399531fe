"""What the user decided: which rules run, how severe they are, what is waived and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .model import Finding, Severity

if TYPE_CHECKING:
    from .card.records import Card
    from .checks.base import Rule


@dataclass(frozen=True, slots=True)
class Policy:
    profile: str = "default"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: dict[str, Severity] = field(default_factory=dict)

    def selects(self, rule: type[Rule]) -> bool:
        in_profile = "default" in rule.profiles or self.profile in rule.profiles
        chosen = any(rule.id.startswith(s) for s in self.select) if self.select else in_profile
        return chosen and not any(rule.id.startswith(s) for s in self.ignore)

    def severity(self, rule: Rule) -> Severity:
        return self.severities.get(rule.id, rule.severity)

    def waive(self, finding: Finding, card: Card) -> Finding:
        return finding
