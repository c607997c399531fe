"""A card with one or two benchmarks, its tasks as files, and the report of a run against a fake endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_modelcard.api import verify
from pytest_modelcard.card.benchmarks import Benchmark
from pytest_modelcard.evals.options import Place, RunOptions
from pytest_modelcard.evals.tasks import Task
from pytest_modelcard.evidence import EvidenceOptions
from pytest_modelcard.model import Finding, Report
from pytest_modelcard.policy import Policy
from tests.evals.server import Fake, choice_file, model, serving

#: A claimed gain of 18.2 points.
GAIN = "| HarbourQA | 52.5 | 70.7 |"
HEAD = "---\nlicense: mit\nbase_model: acme/base-7b\n---\n# Acme 7B\n\n"


def card(rows: Sequence[str], head: str = "| Benchmark | Base 7B | Acme 7B |") -> str:
    cells = head.count("|") - 1
    return HEAD + "\n".join([head, "|" + "---|" * cells, *rows]) + "\n"


@dataclass
class Bench:
    """A folder with a card and a file of questions for HarbourQA."""

    folder: Path
    items: int = 300

    def write(self, text: str) -> Path:
        path = self.folder / "card" / "README.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def task(self, **more: Any) -> Task:
        path = self.folder / "items.jsonl"
        if not path.exists():
            path.write_text(choice_file(self.items))
        return Task(**{"benchmark": "harbour-qa", "file": path, "scorer": "choice", **more})

    def report(
        self,
        text: str,
        fake: Fake | None,
        *,
        tasks: Sequence[Task] | None = None,
        places: Mapping[str, str] | None = None,
        registered: int | None = None,
        **options: Any,
    ) -> Report:
        runs = RunOptions(
            **{
                "place": Place(fake.url) if fake else None,
                "places": {k: Place(v) for k, v in (places or {}).items()},
                "tasks": tuple(tasks) if tasks is not None else (self.task(),),
                "concurrency": 8,
                **options,
            }
        )
        policy = Policy(
            select=("MC4",),
            offline=True,
            benchmarks=(
                Benchmark("harbour-qa", "HarbourQA", items=registered or self.items),
                Benchmark("dock-qa", "DockQA", items=registered or self.items),
            ),
            evidence=EvidenceOptions(weights=False, runs=runs),
        )
        return verify(self.write(text), policy=policy)


def only(report: Report, id: str) -> Finding:
    return next(f for f in report.findings if f.id == id)


def gain_report(bench: Bench, own: float, base: float) -> tuple[Report, int]:
    """Of a claimed gain from 52.5 to 70.7, with both models behind endpoints that get these shares right; how often
    the base was asked."""
    with serving(model(own)) as fake, serving(model(base)) as other:
        report = bench.report(card([GAIN]), fake, places={"acme/base-7b": other.url})
        return report, len(other.asked)
