"""One finding as Markdown of a comment: in full, or in a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ..model import Finding, Report, Span
from .markdown import code, file_address, is_address, link, prose, quoted

#: Further places shown with a finding.
MAX_RELATED = 4
_RULE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def card_name(report: Report, *, bare: bool = False) -> str:
    """The card's repository, or what the user typed; as code unless `bare`."""
    name = report.card.repo_id or report.card.source or report.card.path
    if name.startswith("/"):  # where a runner keeps its files is nobody's business
        name = "/".join(name.rstrip("/").split("/")[-2:])
    return name if bare else code(name, 120)


def full(finding: Finding, report: Report, links: Mapping[str, str], *, several: bool) -> str:
    """Rule and place, the quoted line, what was found, and what to do."""
    card = f" of {card_name(report)}" if several else ""
    parts = [f"#### {_rule(finding, links)}, {_place(finding.span, report, links)}{card}"]
    if finding.quote.strip():
        parts.append(quoted(finding.quote, finding.span.line, 300))
    parts.append(f"Found: {prose(finding.message, 1500)}")
    here = finding.span.path, finding.span.line  # the quoted line shows what is said of it
    others = [r for r in finding.related if r.message.strip() and (r.span.path, r.span.line) != here]
    related = [
        f"- See {_place(r.span, report, links)}: {prose(r.message, 200)}" for r in others[:MAX_RELATED]
    ]
    if len(others) > MAX_RELATED:
        related.append(f"- and {len(others) - MAX_RELATED} more places")
    if related:
        parts.append("\n".join(related))
    if finding.help.strip():
        parts.append(f"**What to do:** {prose(finding.help, 600)}")
    return "\n\n".join(parts)


def short(finding: Finding, report: Report, links: Mapping[str, str], *, several: bool) -> str:
    """The same in one line."""
    card = f" of {card_name(report)}" if several else ""
    waived = f"waived ({prose(finding.waived, 200)}): " if finding.waived else ""
    where = _place(finding.span, report, links)
    return f"{_rule(finding, links)}, {where}{card}: {waived}{prose(finding.message, 300)}"


def by_rule(findings: Sequence[Finding]) -> list[str]:
    """A line for each rule with what its first finding says: what is missing is mostly the same for all."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.rule, finding)
    counts = Counter(f.rule for f in findings)
    return [
        f"{rule} {prose(f.name, 80)}, {counts[rule]}{': ' if counts[rule] == 1 else ', such as: '}{prose(f.message, 300)}"
        for rule, f in first.items()
    ]


def _rule(finding: Finding, links: Mapping[str, str]) -> str:
    name = f"{finding.rule} {prose(finding.name, 80)}"
    if "rules" in links and _RULE_NAME.fullmatch(finding.name):
        return link(name, f"{links['rules']}#{finding.rule.lower()}-{finding.name}")
    return name


def _place(span: Span, report: Report, links: Mapping[str, str]) -> str:
    """File and line, as a link where the caller gave the address of the files."""
    shown = code(f"{span.path or report.card.path}:{span.line}", 120)
    own = links.get(f"files:{report.card.source}")
    base, path = (own, span.path) if own else (links.get("files"), _below(report, span.path))
    address = file_address(base, path, span.line) if base and is_address(base) else None
    return link(shown, address) if address else shown


def _below(report: Report, path: str) -> str:
    """The file's path from the repository's root: a card may lie in a folder of it."""
    source = report.card.source.removeprefix("./").rstrip("/")
    if source in ("", ".") or source.partition("@")[0] == report.card.repo_id:
        return path
    return source if source.endswith(f"/{path}") or source == path else f"{source}/{path}"
