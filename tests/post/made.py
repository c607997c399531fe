"""Small reviews made by real runs, and commands run as a workflow runs them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from pytest_modelcard.__main__ import main
from pytest_modelcard.api import verify
from pytest_modelcard.report.json import report_dict
from pytest_modelcard.review.record import CardReview, Review, review_dict

HEAD, BASE = "a" * 40, "b" * 40
GOOD = "---\nlicense: mit\nbase_model: lab/parent\n---\n\n# Model\n\nA model.\n"
#: names a parent in prose that `base_model` does not declare
BAD = GOOD.replace(
    "A model.",
    "This model is a merge of https://huggingface.co/lab/parent and https://huggingface.co/lab/second.",
)


@cache
def _report(text: str) -> str:
    with TemporaryDirectory() as folder:
        card = Path(folder) / "README.md"
        card.write_text(text, "utf-8")
        report = report_dict(verify(card, offline=True))
    report["card"]["source"] = "README.md"
    return json.dumps(report)


def report(text: str) -> dict[str, Any]:
    """The JSON report of a card."""
    made: dict[str, Any] = json.loads(_report(text))
    return made


def review(head: str, base: str | None = GOOD, **settings: Any) -> Review:
    """A change of the card from `base` to `head`."""
    card = CardReview("README.md", report(head), None if base is None else report(base))
    return Review((card,), **{"head": HEAD, "base": BASE, **settings})


def many(count: int, outcome: str = "fail") -> dict[str, Any]:
    """A report with many faults, as a fork could write one."""
    made = report(BAD)
    one = next(f for f in made["findings"] if f["outcome"] == "fail")
    made["findings"] = [
        {
            **one,
            "key": f"k{n}",
            "outcome": outcome,
            "quote": f"line {n}",
            "location": {**one["location"], "line": n + 1},
        }
        for n in range(count)
    ]
    return made


class Job:
    """A workflow's run: its files, its environment, and the command it runs."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, url: str, repository: str = "lab/model"
    ) -> None:
        self.folder, self.patch = folder, patch
        self.summary_path, self.output_path = folder / "summary.md", folder / "output.txt"
        for name in ("MODELCARD_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ACTIONS"):
            patch.delenv(name, raising=False)
        self.set(
            GITHUB_API_URL=url,
            GITHUB_REPOSITORY=repository,
            GITHUB_RUN_ID="99",
            GITHUB_SERVER_URL="https://github.test",
            GITHUB_TOKEN="workflow-token-1",
            GITHUB_STEP_SUMMARY=str(self.summary_path),
            GITHUB_OUTPUT=str(self.output_path),
        )

    def set(self, **values: str) -> None:
        for name, value in values.items():
            self.patch.setenv(name, value)

    def event(self, name: str, payload: dict[str, Any]) -> None:
        path = self.folder / "event.json"
        path.write_text(json.dumps(payload), "utf-8")
        self.set(GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH=str(path))

    def pull_request(self, number: int = 7, head: str = HEAD, source: str = "lab/model") -> None:
        pull = {"number": number, "head": {"sha": head, "repo": {"full_name": source}}, "base": {"sha": BASE}}
        self.event("pull_request", {"number": number, "pull_request": pull})

    def workflow_run(
        self, head: str = HEAD, source: str = "fork/model", branch: str = "edit", event: str = "pull_request"
    ) -> None:
        owner = {"login": source.split("/")[0]}
        run = {
            "head_sha": head,
            "head_branch": branch,
            "event": event,
            "pull_requests": [],
            "head_repository": {"full_name": source, "owner": owner},
        }
        self.event("workflow_run", {"action": "completed", "workflow_run": run})

    def record(self, given: Review | dict[str, Any]) -> Path:
        path = self.folder / "record.json"
        path.write_text(json.dumps(review_dict(given) if isinstance(given, Review) else given), "utf-8")
        return path

    def comment(self, given: Review | dict[str, Any] | None, *options: str) -> int:
        """`python -m pytest_modelcard comment` with this record."""
        record = [] if given is None else [f"--record={self.record(given)}"]
        return main(["comment", *record, *options])

    @property
    def summary(self) -> str:
        return self.summary_path.read_text("utf-8") if self.summary_path.exists() else ""

    @property
    def outputs(self) -> str:
        return self.output_path.read_text("utf-8") if self.output_path.exists() else ""
