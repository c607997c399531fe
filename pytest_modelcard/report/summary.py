"""The close of a run: warnings in full, a table by family, the profile's checklist, the cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model import Finding, Report
from ..policy import Policy
from .identity import identity_lines
from .lineage import lineage_lines
from .runs import run_lines
from .safe import visible
from .text import headline, wrapped

#: Family by the first digit of a rule's number.
FAMILIES: Mapping[str, str] = {
    "0": "card",
    "1": "metadata",
    "2": "tables and prose",
    "3": "lineage",
    "4": "sampled runs",
    "5": "identity",
    "6": "configuration",
}
_MAX_WARNINGS = 40
_MARKS = {"pass": "x", "fail": " ", "warn": "!", "skip": "?"}

Line = tuple[str, dict[str, bool]]


def summary_lines(
    reports: Sequence[Report], policy: Policy, *, verbose: int = 0, complete: bool = True
) -> Iterator[Line]:
    """Lines with terminal markup (`bold`, `red`, `yellow`, `green`, `section`).

    `complete` is False where some checks were left out on purpose: then nothing is said of unused waivers.
    """
    if not any(r.findings for r in reports):
        return
    for report in reports if len(reports) <= 20 else ():
        name = report.card.repo_id or report.card.source
        if report.card.revision:
            name += f" at {report.card.revision[:12]}"
        yield f"model card {visible(name)}", {"section": True}
        yield from _warnings([f for f in report.findings if not _listed(f, policy)], verbose)
        if report.lineage:
            for line in lineage_lines(report.lineage):
                yield line, {}
        for line in run_lines(report.runs) if report.runs else ():
            yield line, {}
        for line in identity_lines(report.identity) if report.identity else ():
            yield line, {}
        yield from _families(report.findings)
        if policy.profile != "default":
            yield from _checklist(report.findings, policy)
    if len(reports) > 20:
        yield f"{len(reports)} model cards", {"section": True}
        failed = [r for r in reports if r.failed]
        for report in failed[:20]:
            n = sum(f.outcome == "fail" for f in report.findings)
            yield f"  {visible(report.card.source)}: {n} failed", {"red": True}
        if len(failed) > 20:
            yield f"  and {len(failed) - 20} more cards with failures", {"red": True}
        yield from _families([f for r in reports for f in r.findings])
    for waiver in policy.unused_waivers(reports) if complete else ():
        yield f"waiver without a finding: {visible(waiver)}", {"yellow": True}
    if reports:
        cost = reports[0].cost
        parts = [f"{cost.seconds:.1f} s"]
        if cost.requests:
            parts.append(f"{cost.requests} requests, {cost.bytes_read / 1e6:.2f} MB read")
        yield f"cost: {', '.join(parts)}", {}


def _warnings(findings: Sequence[Finding], verbose: int) -> Iterator[Line]:
    """Warnings and notes pass as tests, so they are shown here."""
    warned = [f for f in findings if f.outcome == "warn"]
    warned.sort(key=lambda f: f.severity != "warning")
    shown = warned if verbose else [f for f in warned if f.severity == "warning"][:_MAX_WARNINGS]
    for finding in shown:
        place = f"{visible(finding.span.path)}:{finding.span.line}"
        yield f"{finding.severity}: {place}: {finding.rule} {finding.name}", {"yellow": True}
        for line in wrapped("  ", headline(finding).removeprefix(f"{finding.name}: ")):
            yield line, {}
    hidden = len(warned) - len(shown)
    if hidden:
        yield f"        {hidden} more notes and warnings (-v shows them)", {}


def _families(findings: Sequence[Finding]) -> Iterator[Line]:
    yield f"{'family':<20}{'pass':>6}{'fail':>6}{'warn':>6}{'skip':>6}", {"bold": True}
    for digit, name in FAMILIES.items():
        own = [f for f in findings if f.rule[2] == digit]
        if not own:
            continue
        counts = [sum(f.outcome == o for f in own) for o in ("pass", "fail", "warn", "skip")]
        markup = {"red": True} if counts[1] else {"yellow": True} if counts[2] else {"green": True}
        yield f"{name:<20}" + "".join(f"{c:>6}" for c in counts), markup


def _listed(finding: Finding, policy: Policy) -> bool:
    """Whether the checklist of the chosen profile shows this finding."""
    return policy.profile != "default" and policy.in_checklist(finding.rule)


def _checklist(findings: Sequence[Finding], policy: Policy) -> Iterator[Line]:
    """Every item of the profile: [x] done, [ ] open, [!] open but not required, [?] cannot tell."""
    yield "", {}
    yield f"checklist: {policy.profile}", {"bold": True}
    open_items = 0
    for finding in findings:
        if not _listed(finding, policy) and finding.outcome != "fail":
            continue
        open_items += finding.outcome in ("fail", "warn")
        mark = _MARKS[finding.outcome]
        text = f"[{mark}] {finding.id} {headline(finding).removeprefix(f'{finding.name}: ')}"
        yield text, {"red": True} if finding.outcome == "fail" else {}
    yield f"{open_items} open", {"bold": True}
