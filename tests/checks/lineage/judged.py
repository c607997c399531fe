"""One rule on one card, with a verdict from weights given instead of found."""

from __future__ import annotations

from pytest_modelcard.checks.base import Rule
from pytest_modelcard.engine import plan, run
from pytest_modelcard.lineage.record import Found
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy
from pytest_modelcard.weights.records import Lineage, Parent
from tests.support import evidence_for

BASE, OTHER = "lab/base-8b", "other/tuned-8b"


def card(front: str = "", text: str = "", base: str = f"base_model: {BASE}") -> str:
    return f"---\nlicense: apache-2.0\n{base}\n{front}\n---\n\n# Model 8B\n\n{text}\n"


def parent(id: str, weight: float | None = None, *, declared: bool = False) -> Parent:
    interval = None if weight is None else (weight - 0.0002, weight + 0.0002)
    return Parent(id, None, weight, interval, declared)


def verdict(name: str, *parents: Parent, complete: bool | None = None, **more: object) -> Lineage:
    return Lineage(
        candidate="acme/model",
        verdict=name,  # type: ignore[arg-type]
        sentence=f"The sentence of {name}.",
        parents=parents,
        declared_complete=complete,
        **{"candidates": (BASE, OTHER), **more},  # type: ignore[arg-type]
    )


FINE_TUNE = verdict("fine-tune", parent(BASE, declared=True), complete=True)
MERGE = verdict(
    "exact-merge", parent(OTHER, 0.6), parent(BASE, 0.4, declared=True), complete=False, method="linear"
)
TRAINED_MERGE = verdict(
    "merge-then-training", parent(OTHER, 0.6), parent(BASE, 0.4, declared=True), complete=False
)
DECLARED_MERGE = verdict(
    "exact-merge",
    parent(OTHER, 0.6, declared=True),
    parent(BASE, 0.4, declared=True),
    complete=True,
    method="linear",
)
UNRELATED = verdict("unrelated", complete=None)
COPY = verdict("copy", parent(BASE, declared=True), complete=True)
UNKNOWN = verdict("cannot-tell", missing="the parents are too alike")


def judged(rule: type[Rule], text: str, lineage: Lineage) -> list[Finding]:
    evidence = evidence_for(text)
    evidence.compute("lineage", lambda: Found(lineage, {}))
    policy = Policy(select=(rule.id,))
    return [run(check, evidence, policy) for check in plan(evidence, [rule], policy)]
