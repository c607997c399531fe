"""The comment on GitHub by the real PyGithub, against a fake with GitHub's limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_modelcard.__main__ import main
from pytest_modelcard.post import client
from pytest_modelcard.report.comment import MARKER
from pytest_modelcard.review.record import read_review
from tests.github.fake import FORBIDDEN, PRIMARY, SECONDARY, GitHub, Token, Trouble, serve

from .made import BAD, GOOD, HEAD, Job, many, report, review

pytest.importorskip("github", reason="needs PyGithub")


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    for name in ("BETWEEN_REQUESTS", "BETWEEN_WRITES"):
        monkeypatch.setattr(client, name, 0.0)
    monkeypatch.setattr(client, "SECONDARY_WAIT", 0.01)
    with serve(GitHub()) as running:
        running.pull(7, HEAD)
        yield running
        assert running.unknown == []


@pytest.fixture
def job(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    made = Job(tmp_path, monkeypatch, github.url)
    made.pull_request()
    return made


def _mine(github: GitHub, number: int = 7) -> list[str]:
    return [c["body"] for c in github.of(number) if c["body"].startswith(MARKER)]


def test_one_comment_is_made_then_edited_then_says_that_all_is_well_again(github: GitHub, job: Job) -> None:
    assert job.comment(review(BAD)) == 0
    (first,) = _mine(github)
    assert "MC112" in first and "introduces 1 fault" in first
    assert "comment-url<<" in job.outputs and "#issuecomment-1000" in job.outputs
    assert job.comment(review(GOOD)) == 0
    (second,) = _mine(github)
    assert "well again" in second and "MC112 undeclared-parent" not in second
    assert job.comment(review(GOOD)) == 0  # it was well before: no news
    (third,) = _mine(github)
    assert "well again" not in third
    assert job.comment(review(GOOD)) == 0
    assert github.writes().count("PATCH /repos/lab/model/issues/comments/1000") == 2, (
        "nothing new, nothing written"
    )


def test_it_is_found_on_a_later_page_and_by_its_author_too(github: GitHub, job: Job) -> None:
    forged = f"{MARKER}default -->\nAll is well, says a stranger."
    github.comment(7, "mallory", forged)
    for n in range(230):
        github.comment(7, "someone", f"remark {n}")
    github.comment(7, "github-actions[bot]", f"{MARKER}default -->\nold")
    github.comment(7, "github-actions[bot]", f"{MARKER}other -->\nanother workflow's")
    assert job.comment(review(BAD)) == 0
    assert len(github.of(7)) == 233
    assert forged in _mine(github)
    assert sum("MC112" in text for text in _mine(github)) == 1
    assert github.comments[1231]["body"].count("MC112") and github.comments[1232]["body"].endswith(
        "another workflow's"
    )


@pytest.mark.parametrize("has_graphql", [True, False])
def test_it_knows_its_own_login_whatever_the_token(github: GitHub, job: Job, has_graphql: bool) -> None:
    github.has_graphql = has_graphql
    github.tokens = {"personal-token-1": Token("rita", is_workflow=False), "workflow-token-1": Token()}
    for token in github.tokens:
        job.set(GITHUB_TOKEN=token)
        assert job.comment(review(BAD)) == 0
        assert job.comment(review(BAD, base=None)) == 0
    assert sorted(c["user"]["login"] for c in github.of(7)) == ["github-actions[bot]", "rita"]


def test_two_runs_at_once_leave_one_comment(github: GitHub, job: Job) -> None:
    def other_run(hub: GitHub) -> None:
        hub.after_comment = None
        theirs = hub.comment(7, "github-actions[bot]", f"{MARKER}default -->\ntheirs")
        hub.comments[1] = {**theirs, "id": 1, "url": theirs["url"].replace(str(theirs["id"]), "1")}
        del hub.comments[theirs["id"]]

    github.after_comment = other_run
    assert job.comment(review(BAD)) == 0
    assert [c["id"] for c in github.of(7)] == [1]
    assert "MC112" in github.comments[1]["body"]


def test_a_pull_request_with_nothing_to_say_gets_no_comment(github: GitHub, job: Job) -> None:
    assert job.comment(review(GOOD)) == 0
    assert github.of(7) == [] and github.writes() == []
    assert job.comment(review(GOOD), "--always") == 0
    assert len(_mine(github)) == 1


def test_a_pull_request_that_takes_its_edit_back_is_well_again(github: GitHub, job: Job) -> None:
    assert job.comment(review(BAD)) == 0
    assert job.comment(replace(review(GOOD), cards=())) == 0
    (text,) = _mine(github)
    assert "All is well again: this pull request touches no model card any more." in text


def test_without_git_the_api_tells_what_changed(
    github: GitHub, job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / "tree" / name).mkdir(parents=True)
        (tmp_path / "tree" / name / "README.md").write_text(BAD, "utf-8")
    github.files[7] = [{"filename": "b/config.json", "sha": "c" * 40, "status": "modified"}]
    record = tmp_path / "made.json"
    run = ["review", f"--root={tmp_path / 'tree'}", "--offline", f"--record={record}"]
    assert main(run) == 1
    assert [c.path for c in read_review(record).cards] == ["b/README.md"]
    github.tokens.clear()  # GitHub does not tell: every card below is checked
    assert main(run) == 1
    assert [c.path for c in read_review(record).cards] == ["a/README.md", "b/README.md"]


def test_a_very_long_review_fits(github: GitHub, job: Job) -> None:
    data = review(BAD).cards[0]
    long = review(BAD)
    long = type(long)(
        (type(data)("README.md", many(3000), report(GOOD)),), HEAD, "b" * 40, notes=("note " * 50,) * 20
    )
    assert job.comment(long) == 0
    (body,) = _mine(github)
    assert 20_000 < len(body) <= 65_536
    assert body.rstrip().endswith("-->")


def test_where_it_may_not_comment_it_annotates_and_writes_the_summary(
    github: GitHub, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    github.tokens["workflow-token-1"] = Token(may=frozenset())
    assert job.comment(review(BAD)) == 0
    told = capsys.readouterr().out
    assert "::error file=README.md,line=8" in told and "title=MC112 undeclared-parent" in told
    assert "pull-requests: write" in told and FORBIDDEN in told
    assert "MC112" in job.summary and "pull-requests: write" in job.summary
    assert github.of(7) == []


def test_a_fork_is_told_of_the_two_workflows(
    github: GitHub, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    github.tokens["workflow-token-1"] = Token(may=frozenset())
    github.pull(7, HEAD, "fork/model")
    job.pull_request(source="fork/model")
    assert job.comment(review(BAD), "--already=annotations", "--already=summary") == 0
    told = capsys.readouterr().out
    assert "fork-safe-comment.yml" in told and "::error" not in told
    assert "MC112" not in job.summary


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("POST .*comments", 403, SECONDARY),
        Trouble("POST .*comments", 403, SECONDARY, {"Retry-After": "0"}),
        Trouble("POST .*comments", 403, PRIMARY, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}),
        Trouble("GET .*comments", 502, "Bad Gateway", times=2),
        Trouble("GET .*pulls/7", 503, "", times=2),
    ],
)
def test_limits_and_hiccups_are_waited_out(github: GitHub, job: Job, trouble: Trouble) -> None:
    github.troubles = [trouble]
    assert job.comment(review(BAD)) == 0
    assert len(_mine(github)) == 1 and trouble.times == 0


def test_a_limit_that_lasts_too_long_is_not_waited_for(
    github: GitHub, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}
    github.troubles = [Trouble("POST .*comments", 403, PRIMARY, reset, times=99)]
    assert job.comment(review(BAD)) == 0
    assert github.of(7) == [] and "MC112" in job.summary
    assert "::error file=README.md" in capsys.readouterr().out


def test_all_annotations_go_to_a_check_run_in_chunks(github: GitHub, job: Job) -> None:
    long = review(BAD)
    long = type(long)((type(long.cards[0])("models/a/README.md", many(120), report(GOOD)),), HEAD, "b" * 40)
    assert job.comment(long, "--check", "--no-comment") == 0
    (check,) = github.checks.values()
    assert [n for n in check["calls"] if n] == [50, 50, 20]
    assert (check["status"], check["conclusion"], check["head_sha"]) == ("completed", "failure", HEAD)
    assert {a["path"] for a in check["annotations"]} == {"models/a/README.md"}
    assert {a["annotation_level"] for a in check["annotations"]} == {"failure"}
    assert github.of(7) == []


def test_a_refused_check_run_is_explained_and_told_in_the_log(
    github: GitHub, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    github.tokens["workflow-token-1"] = Token(may=frozenset({"comments"}))
    assert job.comment(review(BAD), "--check") == 0
    told = capsys.readouterr().out
    assert "checks: write" in told and "::error file=README.md" in told
    assert len(_mine(github)) == 1


def test_no_token_reaches_any_output(github: GitHub, job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "ghs_" + "S3cr3t" * 6
    github.tokens = {secret: Token(may=frozenset())}
    job.set(GITHUB_TOKEN=secret, HF_TOKEN="hf_" + "Qq1" * 11)
    leaking = BAD.replace("A model", "x").replace("# Model", f"# Model {secret}")
    github.troubles = [Trouble("graphql|user", 403, f"token {secret} is refused", times=2)]
    assert job.comment(review(leaking)) == 0
    captured = capsys.readouterr()
    everything = captured.out + captured.err + job.summary + job.outputs
    assert "pull-requests: write" in everything
    assert secret not in everything and "hf_Qq1" not in everything


def test_without_a_token_it_says_how_to_give_one(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.set(GITHUB_TOKEN="")
    assert job.comment(review(BAD)) == 2
    assert "GITHUB_TOKEN: ${{ github.token }}" in capsys.readouterr().err


def test_without_pygithub_it_says_what_to_install(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "github", None)
    assert job.comment(review(BAD)) == 2
    assert "pytest-modelcard[github]" in capsys.readouterr().err


def test_files_of_a_pull_request_over_all_pages(github: GitHub) -> None:
    from pytest_modelcard.post.event import changed_files

    github.files[7] = [{"filename": f"m/{n}.json", "sha": "c" * 40, "status": "modified"} for n in range(250)]
    github.files[7].append(
        {"filename": "new.md", "previous_filename": "old.md", "sha": "c" * 40, "status": "renamed"}
    )
    pull = (
        client.github_client("workflow-token-1", environment={"GITHUB_API_URL": github.url})
        .get_repo("lab/model")
        .get_pull(7)
    )
    found = changed_files(pull)
    assert len(found) == 252 and found[-2:] == ["new.md", "old.md"]
