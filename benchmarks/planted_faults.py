"""Plant one fault at a time in made-up releases, and count what is found and what else is said.

    python benchmarks/planted_faults.py [-v] [--seed N] [RULE ...]

Prints for every rule how many planted faults were found (rule, line), how many of these with the expected
severity, and how many other faults and warnings appeared; -v lists what was missed and said wrongly. Ends
with 1 if an untouched release gives a fault or warning, or a planted one gives another.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from planted import faults_card, faults_config, faults_metadata, faults_parents, faults_tables, faults_values
from planted.case import Case, Release
from planted.releases import releases

from pytest_modelcard.checks import ALL_RULES
from pytest_modelcard.engine import plan, run
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy
from tests.support import evidence_for

FAMILIES = (faults_card, faults_metadata, faults_parents, faults_tables, faults_values, faults_config)


@dataclass
class Count:
    planted: int = 0
    found: int = 0
    severity: int = 0
    others: int = 0
    lines: list[str] = field(default_factory=list)


def faults(release: Release, card: bytes | None = None) -> list[Finding]:
    """Everything that fails or warns, notes too."""
    evidence = evidence_for(
        card or release.text, files=release.files, others=release.others, repo_id=release.repo_id
    )
    policy = Policy()
    found = [run(check, evidence, policy) for check in plan(evidence, ALL_RULES, policy)]
    return [f for f in found if f.outcome in ("fail", "warn")]


def cases(seed: int) -> Iterator[Case]:
    draw = random.Random(seed)
    for family in FAMILIES:
        yield from family.cases(releases(), draw)


def judge(case: Case, count: Count, quiet: frozenset[tuple[str, str]]) -> None:
    said = faults(case.release, case.card)
    hits = [f for f in said if f.rule == case.rule]
    right = [f for f in hits if f.span.line in case.lines and f.span.path == case.path]
    count.planted += 1
    count.found += bool(right)
    count.severity += any(f.severity in case.severity.split("|") for f in right)
    label = f"  {case.rule} {case.release.name}: {case.form}"
    if not right:
        where = ", ".join(f"line {f.span.line} {f.key} {f.severity}" for f in hits) or "nothing"
        count.lines.append(f"{label}: MISSED, wanted line {sorted(case.lines)}, got {where}")
    elif not any(f.severity in case.severity.split("|") for f in right):
        count.lines.append(f"{label}: severity {right[0].severity}, wanted {case.severity}")
    for f in said:
        if (
            f.severity != "note"
            and f not in right
            and f.rule not in case.also
            and (f.rule, f.key) not in quiet
        ):
            count.others += 1
            count.lines.append(f"{label}: ALSO {f.id} line {f.span.line} {f.severity}: {f.message[:160]}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("rules", nargs="*", help="only faults of these rules")
    options = parser.parse_args()
    false = 0
    for release in releases().values():
        said = [f for f in faults(release) if f.severity != "note"]
        false += len(said)
        for f in said:
            print(f"untouched {release.name}: {f.id} line {f.span.line} {f.severity}: {f.message}")
    print(f"untouched releases: {len(releases())}, faults and warnings {false}")
    counts: dict[str, Count] = {}
    for case in cases(options.seed):
        if not options.rules or case.rule in options.rules:
            judge(case, counts.setdefault(case.rule, Count()), frozenset())
    total = Count()
    names = {r.id: r.name for r in ALL_RULES}
    print(f"{'rule':42}{'found':>12}{'severity':>10}{'others':>8}")
    for rule in sorted(counts):
        c = counts[rule]
        print(f"{rule + ' ' + names[rule]:42}{f'{c.found}/{c.planted}':>12}{c.severity:>10}{c.others:>8}")
        if options.verbose:
            print("\n".join(c.lines), end="\n" if c.lines else "")
        for name in ("planted", "found", "severity", "others"):
            setattr(total, name, getattr(total, name) + getattr(c, name))
    print(f"{'all':42}{f'{total.found}/{total.planted}':>12}{total.severity:>10}{total.others:>8}")
    return 1 if false or total.others else 0


if __name__ == "__main__":
    sys.exit(main())
