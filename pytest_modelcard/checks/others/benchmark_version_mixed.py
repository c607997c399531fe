"""MC253: a number that belongs to another version of the benchmark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from ...card.benchmarks import Registry
from ...card.records import Card
from ...model import Claim, Related
from ..base import Need, Rule, Subject, Verdict, clean, fault, unknown
from ..tables._rows import number
from ._own_cards import one_number, own_card, own_scores, place, subjects_of

if TYPE_CHECKING:
    from ...evidence import Evidence


class BenchmarkVersionMixed(Rule):
    """A number of another model was measured on another version of the benchmark.

    ## What it does
    For each number of the base or of a compared model whose card can be read: where that card has no such
    number for the benchmark named here, but the very same number for another version of it (Terminal-Bench
    2.0 for 2.1, AIME 2024 for 2025), the row compares two different tests.

    ## Why it matters
    Versions differ in their tasks and their difficulty. A row that sets one model's score on the new version
    beside another's on the old one compares nothing, and looks as if it did.

    ## Example
    ```
    | Benchmark          | Ours | Base |
    |--------------------|------|------|
    | Terminal-Bench 2.1 | 70.8 | 52.5 |     (the base's card: Terminal-Bench 2 52.5)
    ```

    ## What to do instead
    Measure both on one version, or give each version a row of its own.
    """

    id = "MC253"
    name = "benchmark-version-mixed"
    severity = "warning"
    needs: ClassVar[frozenset[Need]] = frozenset({"hub"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        for subject in (*subjects_of(card, "base"), *subjects_of(card, "other")):
            benchmark_id = subject.claims[0].benchmark_id
            known = Registry.default().get(benchmark_id)
            if benchmark_id and (known is None or known.version is not None):
                yield subject

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim, repo_id = subject.claims[0], str(subject.data)
        who = claim.model or repo_id
        own = own_scores(evidence, repo_id)
        for theirs in own.get(claim.benchmark_id or "", []):
            if one_number(claim, theirs):
                return clean(f"{claim.benchmark} of {who} stands on its own card with the same number.")
        named = evidence.registry.get(claim.benchmark_id)
        if named is None or named.family is None or named.version is None:
            return clean(f"{claim.benchmark} has no versions that could be mixed up.")
        others = list(_other_versions(evidence, own, claim))
        if not others:
            return unknown(f"The card of {repo_id} gives no other version of {claim.benchmark}.")
        for theirs in others:
            if not _exactly(claim, theirs):
                continue
            line = own_card(evidence, repo_id).line(theirs.span.line).strip()[:200]
            where = place(repo_id, theirs)
            none = "another number" if claim.benchmark_id in own else "none"
            return fault(
                f"{number(claim)} is given for {who} on {claim.benchmark}, but its own card gives "
                f"{number(theirs)} for {theirs.benchmark} (line {theirs.span.line}), another version, and "
                f"{none} for {claim.benchmark}.",
                help="Compare models on one version: measure again, or name the version of each number.",
                related=(Related(where, f"{theirs.benchmark}: {number(theirs)}", line),),
            )
        return clean(f"The card of {repo_id} gives other numbers for other versions of {claim.benchmark}.")


def _other_versions(evidence: Evidence, own: dict[str, list[Claim]], claim: Claim) -> Iterator[Claim]:
    """Their scores on benchmarks of the same family with another, known version."""
    registry = evidence.registry
    named = registry.get(claim.benchmark_id)
    for benchmark_id, claims in own.items():
        known = registry.get(benchmark_id)
        if known and named and known.family == named.family and known.version not in (None, named.version):
            yield from claims


def _exactly(a: Claim, b: Claim) -> bool:
    """The same printed number: a coincidence of rounder numbers is no evidence."""
    return a.value == b.value and bool(a.decimals) and a.decimals == b.decimals and a.value not in (0, 100)
