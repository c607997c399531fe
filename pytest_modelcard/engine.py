"""From a card to findings: every rule, every subject, one verdict each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .checks.base import Rule, Subject, Verdict
from .errors import CannotTell, CardError
from .evidence import Evidence
from .model import Finding, Outcome, Severity
from .policy import Policy

_RANK: dict[Severity, int] = {"note": 0, "warning": 1, "error": 2}
MAX_QUOTE = 200
#: Subjects of one rule on one card; the longest honest lists of results stay below.
MAX_SUBJECTS = 4_000


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one subject: one test."""

    rule: Rule
    subject: Subject
    left_out: bool = False  #: stands for all further subjects of the rule, which are too many

    @property
    def id(self) -> str:
        return f"{self.rule.id}[{self.subject.key}]"


def plan(evidence: Evidence, rules: Sequence[type[Rule]], policy: Policy) -> Iterator[Check]:
    """All checks of a card in the order of the rules; keys made unique within a rule."""
    evidence.card  # noqa: B018  (parses it: a card that cannot be read has no checks)
    for rule_type in rules:
        if not policy.selects(rule_type):
            continue
        rule = rule_type()
        for n, subject in enumerate(_unique(rule.planned(evidence))):
            if n == MAX_SUBJECTS:
                yield Check(rule, replace(subject, key="further", claims=()), left_out=True)
                break
            if not subject.quote:
                subject = replace(subject, quote=_quote(evidence, subject))
            yield Check(rule, subject)


def run(check: Check, evidence: Evidence, policy: Policy) -> Finding:
    """The finding of one check, with the policy's severity and waivers applied."""
    try:
        if check.left_out:
            raise CannotTell(f"only the first {MAX_SUBJECTS:,} places were checked; there are more")
        verdict = check.rule.run(check.subject, evidence)
    except (CannotTell, CardError) as reason:
        verdict = Verdict("unknown", str(reason))
    severity = policy.severity(check.rule)
    if verdict.severity is not None and _RANK[verdict.severity] < _RANK[severity]:
        severity = verdict.severity
    outcome: Outcome
    if verdict.state == "clean":
        outcome = "pass"
    elif verdict.state == "unknown":
        outcome = "skip"
    else:
        outcome = "fail" if severity == "error" else "warn"
    finding = Finding(
        rule=check.rule.id,
        name=check.rule.name,
        key=check.subject.key,
        outcome=outcome,
        severity=severity,
        message=verdict.message,
        help=verdict.help,
        span=verdict.span or check.subject.span,
        quote=verdict.quote or check.subject.quote,
        related=verdict.related,
        claims=tuple(c.id for c in check.subject.claims),
    )
    return policy.waive(finding, evidence.card)


def _unique(subjects: Iterable[Subject]) -> Iterator[Subject]:
    """The subjects with "-2", "-3" ... behind keys that occur again."""
    taken: set[str] = set()
    last: dict[str, int] = {}  # so that many equal keys do not each count from the start
    for subject in subjects:
        key, n = subject.key, last.get(subject.key, 1)
        while key in taken:
            n += 1
            key = f"{subject.key}-{n}"
        taken.add(key)
        last[subject.key] = n
        yield subject if key == subject.key else replace(subject, key=key)


def _quote(evidence: Evidence, subject: Subject) -> str:
    card = evidence.card
    if subject.span.path != card.identity.path:
        return ""
    line = card.line(subject.span.line).strip()
    return line if len(line) <= MAX_QUOTE else line[: MAX_QUOTE - 1] + "…"
