"""The library's face: what `pytest --modelcard` does, as a function."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .card.benchmarks import Registry
from .checks import ALL_RULES
from .engine import plan, run
from .errors import CardError, UnknownCard
from .evidence import Evidence
from .lineage.record import lineage_dict
from .model import Cost, Report
from .policy import Policy
from .report.identity import identity_told
from .report.runs import corrected, recorded_told, runs_told
from .source.catalog import Catalog


def verify(
    card: str | Path,
    *,
    profile: str = "default",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    maps: Mapping[str, str | Path] | None = None,
    offline: bool = False,
    policy: Policy | None = None,
) -> Report:
    """Check one model card and return the report.

    `card` is a Hub id (`org/name`, `org/name@revision`), a folder or a Markdown file. `maps` gives local
    folders for repository ids. A `policy` (see `policy.load_policy`) replaces the other options; one that asks for
    full coverage has the certificate written to its file.
    Raises CardError if the card cannot be read or not be certified, UnknownCard if there is none or more than one.
    """
    started = time.monotonic()
    if policy is None:
        policy = Policy(
            profile=profile,
            select=tuple(select),
            ignore=tuple(ignore),
            maps={k: Path(v) for k, v in (maps or {}).items()},
            offline=offline,
        )
    registry = Registry.default().extended(policy.benchmarks)
    library = Catalog(policy.maps, offline=policy.offline)
    sources = library.open(str(card))
    if len(sources) != 1:
        raise UnknownCard(f"{card} holds {len(sources)} cards; give one of them")
    evidence = Evidence(sources[0], library, registry, options=policy.evidence)
    checks = tuple(plan(evidence, ALL_RULES, policy))
    evidence.chosen = frozenset(check.id for check in checks)
    findings = tuple(run(check, evidence, policy) for check in checks)
    runs = runs_told(evidence, (check.id for check in checks))
    identity = identity_told(evidence)
    calls = sum(r["calls"] for r in (*runs, *([identity] if identity else [])))
    cost = Cost(time.monotonic() - started, library.requests, library.bytes_read, calls)
    report = replace(
        evidence.report(findings, profile=policy.profile, cost=cost),
        runs=corrected(runs),
        identity=identity,
        recorded=recorded_told(evidence, (check.id for check in checks)),
    )
    found = evidence.peek("lineage")
    lineage = None if found is None else lineage_dict(found)
    if policy.full is not None:
        from .full.run import full_coverage

        certificate = full_coverage(evidence, lineage, policy.full, policy.full.file)
        if lineage is not None:
            lineage = {**lineage, "certificate": certificate}
        elif "missing" in certificate:  # without lineage the report has no place for it
            raise CardError(f"no full coverage: {certificate['missing']}", "other")
    return report if lineage is None else replace(report, lineage=lineage)
