"""The one issue of a nightly run by the real PyGithub: opened, edited, closed, and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_modelcard.post import client
from pytest_modelcard.report.comment import MARKER
from tests.github.fake import GitHub, Token, serve

from .made import BAD, GOOD, Job, review

pytest.importorskip("github", reason="needs PyGithub")
TITLE = "--issue=Cards that do not hold"


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    for name in ("BETWEEN_REQUESTS", "BETWEEN_WRITES"):
        monkeypatch.setattr(client, name, 0.0)
    with serve(GitHub()) as running:
        yield running
        assert running.unknown == []


@pytest.fixture
def job(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    made = Job(tmp_path, monkeypatch, github.url)
    made.event("schedule", {})
    return made


def test_one_issue_lives_through_bad_and_good_nights(github: GitHub, job: Job) -> None:
    bad, good = (replace(review(text, base=None), base=None, scope="all") for text in (BAD, GOOD))
    assert job.comment(good, TITLE) == 0
    assert github.issues == {}, "all is well from the start: no issue"
    nights = [(bad, "open"), (bad, "open"), (good, "closed"), (good, "closed"), (bad, "open")]
    for night, state in nights:
        assert job.comment(night, TITLE) == 0
        (issue,) = github.issues.values()
        assert issue["state"] == state and ("MC112" in issue["body"]) == (state == "open")
    assert github.writes().count("PATCH /repos/lab/model/issues/100") == 2, "nothing new, nothing written"
    assert "/issues/100" in job.outputs


def test_a_strangers_issue_with_the_marker_is_left_alone(github: GitHub, job: Job) -> None:
    forged = {
        "number": 3,
        "state": "open",
        "title": "x",
        "body": f"{MARKER}default -->",
        "user": {"login": "mallory"},
    }
    github.issues[3] = {**forged, "url": f"{github.url}/repos/lab/model/issues/3"}
    assert job.comment(review(BAD), TITLE) == 0
    assert len(github.issues) == 2 and github.issues[3]["body"] == forged["body"]


def test_a_missing_right_is_explained(github: GitHub, job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    github.tokens["workflow-token-1"] = Token(may=frozenset())
    assert job.comment(review(BAD), TITLE) == 0
    assert "issues: write" in capsys.readouterr().out and "MC112" in job.summary
