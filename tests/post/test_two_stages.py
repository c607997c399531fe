"""The second stage: a record that nobody vouches for, commented on under a token that may write."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.post import client
from pytest_modelcard.review import record as records
from pytest_modelcard.review.record import RecordError, read_review, review_dict
from tests.github.fake import GitHub, serve

from .made import BAD, HEAD, Job, review

pytest.importorskip("github", reason="needs PyGithub")


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    for name in ("BETWEEN_REQUESTS", "BETWEEN_WRITES"):
        monkeypatch.setattr(client, name, 0.0)
    with serve(GitHub()) as running:
        running.pull(3, "c" * 40, "fork/model", "other")
        running.pull(7, HEAD, "fork/model")
        yield running


@pytest.fixture
def job(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    made = Job(tmp_path, monkeypatch, github.url)
    made.workflow_run()
    return made


def test_it_finds_the_forks_pull_request_by_branch_and_head(github: GitHub, job: Job) -> None:
    assert job.comment(review(BAD)) == 0
    (comment,) = github.comments.values()
    assert comment["number"] == 7 and "MC112" in comment["body"]
    assert "ran in the fork's own workflow" in comment["body"]


def test_by_the_commit_where_the_branch_is_gone(github: GitHub, job: Job) -> None:
    github.knows_fork_commits = True
    job.workflow_run(branch="renamed")
    assert job.comment(review(BAD)) == 0
    assert [c["number"] for c in github.comments.values()] == [7]


@pytest.mark.parametrize("change", ["moved on", "closed"])
def test_a_pull_request_that_moved_on_is_left_to_its_own_run(
    github: GitHub, job: Job, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if change == "closed":
        github.pulls[7]["state"] = "closed"
    else:
        github.pulls[7]["head"]["sha"] = "d" * 40
    assert job.comment(review(BAD)) == 0
    assert github.comments == {}
    assert "no open pull request" in capsys.readouterr().out


@pytest.mark.parametrize("head", ["c" * 40, None])
def test_a_record_of_another_commit_is_refused(
    github: GitHub, job: Job, head: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job.comment(replace(review(BAD), head=head)) == 2
    assert github.comments == {} and "not posted" in capsys.readouterr().err


def test_a_push_of_the_same_commit_is_no_pull_request(github: GitHub, job: Job) -> None:
    job.workflow_run(event="push")
    assert job.comment(review(BAD)) == 0
    assert github.comments == {}


def test_the_record_does_not_decide_what_blocks(github: GitHub, job: Job) -> None:
    assert job.comment(review(BAD, fail_on="never"), "--fail-on=error", "--block=introduced") == 0
    (comment,) = github.comments.values()
    assert "introduces 1 fault" in comment["body"]


def test_what_it_claims_beside_findings_cannot_reach_the_comment(github: GitHub, job: Job) -> None:
    evil = "@admins ![x](https://evil.test/p.png) <!-- pytest-modelcard:comment:default -->\n::error::x\n##[error]y"
    data = review_dict(review(BAD))
    data["notes"], data["errors"] = [evil], [evil]
    data["cards"][0]["path"] = "../../../evil/README.md"
    for finding in data["cards"][0]["head"]["findings"]:
        finding["message"] = finding["help"] = finding["quote"] = finding["key"] = evil
    assert job.comment(data) == 0
    (comment,) = github.comments.values()
    body: str = comment["body"]
    assert body.count("<!--") == 2, "the marker and the state, both ours"
    from markdown_it import MarkdownIt

    from tests.post.live import live_parts

    assert (
        live_parts(MarkdownIt("gfm-like", {"linkify": False}), body, "https://github.test/lab/model/") == []
    )
    assert not any(line.lstrip().startswith("::") for line in body.splitlines()) and "##[" not in body


def _broken(change: dict[str, Any]) -> dict[str, Any]:
    return {**review_dict(review(BAD)), **change}


BREAKS: dict[str, Any] = {
    "no object": [],
    "no version": {"cards": []},
    "another version": _broken({"version": 2}),
    "more keys": _broken({"pull_request": 12}),
    "a head that is no commit": _broken({"head": "main"}),
    "a head with a line break": _broken({"head": HEAD + "\n"}),
    "cards that are no reports": _broken({"cards": [{"path": "README.md", "head": {}, "base": None}]}),
    "too many cards": _broken({"cards": review_dict(review(BAD))["cards"] * 51}),
    "a note that is no text": _broken({"notes": [{"x": 1}]}),
    "a very long note": _broken({"notes": ["x" * 3000]}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_record_that_breaks_its_schema_is_refused(github: GitHub, job: Job, name: str) -> None:
    assert job.comment(BREAKS[name]) == 2
    assert github.writes() == []


def test_a_record_is_bounded_and_a_plain_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(review_dict(review(BAD))), "utf-8")
    assert read_review(path).head == HEAD
    monkeypatch.setattr(records, "MAX_BYTES", 1000)
    with pytest.raises(RecordError, match="larger than"):
        read_review(path)
    link, pipe, deep, constant = (tmp_path / n for n in ("link", "pipe", "deep", "constant"))
    link.symlink_to("/etc/passwd")
    os.mkfifo(pipe)
    deep.write_text("[" * 900)
    constant.write_text('{"version": NaN}')
    for bad in (link, pipe, deep, constant, tmp_path, tmp_path / "none"):
        with pytest.raises(RecordError):
            read_review(bad)
    monkeypatch.setattr(records, "MAX_BYTES", 1 << 20)
    deep.write_text("[" * 200_000)
    with pytest.raises(RecordError, match="no JSON"):
        read_review(deep)
