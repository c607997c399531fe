"""The comment on a pull request of the Hub by the real huggingface_hub, against the loopback Hub."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_modelcard.__main__ import main
from pytest_modelcard.post.hub import webhook_target
from pytest_modelcard.report.comment import MARKER
from tests.hub import api
from tests.hub.repos import Discussion, Hub

from .made import BAD, GOOD

TOKEN = "hf_" + "Abc123" * 6
MODEL = "lab/model"


@pytest.fixture
def pull(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Discussion:
    """Pull request 3 of lab/model, which names a parent in prose alone."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    hub.users[TOKEN] = "checker"
    repo = hub.add(MODEL, {"README.md": GOOD, "config.json": "{}"})
    hub.add("lab/parent", {"README.md": "---\nlicense: mit\n---\n# Parent\n"})
    hub.add("lab/second", {"README.md": "---\nlicense: mit\n---\n# Second\n"})
    repo.commit({"README.md": BAD, "config.json": "{}"}, "refs/pr/3")
    found = repo.discussions[3] = Discussion(3, "Tell of the merge", True)
    found.events.append(api.comment(3000, "author", "Please merge."))
    return found


def _comment(*options: str) -> int:
    return main(["comment", f"--hub={MODEL}", "--pr=3", "--weights=off", *options])


def _said(pull: Discussion, author: str = "checker") -> list[str]:
    return [e["data"]["latest"]["raw"] for e in pull.events if e["author"]["name"] == author]


def test_it_compares_with_the_target_and_keeps_one_comment(hub: Hub, pull: Discussion) -> None:
    assert _comment() == 0
    (first,) = _said(pull)
    assert first.startswith(MARKER) and "MC112" in first and "introduces 1 fault" in first
    assert _comment() == 0
    assert len(_said(pull)) == 1
    hub.repos[MODEL].commit({"README.md": GOOD + "\nMore words.\n", "config.json": "{}"}, "refs/pr/3")
    assert _comment() == 0
    (second,) = _said(pull)
    assert "well again" in second
    assert not [r for r in hub.requests("/edit") if "author" in r]


def test_someone_elses_comment_with_the_marker_is_left_alone(hub: Hub, pull: Discussion) -> None:
    forged = f"{MARKER}default -->\nAll is well."
    pull.events.append(api.comment(3001, "mallory", forged))
    assert _comment() == 0
    assert _said(pull, "mallory") == [forged] and len(_said(pull)) == 1


def test_the_target_is_the_branch_the_pull_request_names(
    hub: Hub, pull: Discussion, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.repos[MODEL].commit({"README.md": BAD, "config.json": "{}"}, "next")
    original = api.discussion

    def to_next(*args: Any, **kwargs: Any) -> dict[str, Any]:
        told = original(*args, **kwargs)
        return told | {"changes": {"base": "refs/heads/next"}} if "changes" in told else told

    monkeypatch.setattr(api, "discussion", to_next)
    assert _comment("--always") == 0
    (text,) = _said(pull)
    assert "introduces" not in text and "left" in text


def test_a_discussion_without_changes_is_about_main(hub: Hub, pull: Discussion) -> None:
    talk = hub.repos[MODEL].discussions[4] = Discussion(4, "Is this true?", False)
    talk.events.append(api.comment(4000, "someone", "?"))
    hub.repos[MODEL].commit({"README.md": BAD, "config.json": "{}"})
    assert main(["comment", f"--hub={MODEL}", "--pr=4", "--weights=off"]) == 0
    assert "MC112" in _said(talk)[0]


def test_a_missing_pull_request_and_a_missing_right_are_explained(
    hub: Hub, pull: Discussion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["comment", f"--hub={MODEL}", "--pr=99", "--weights=off"]) == 2
    hub.readers.add(TOKEN)
    assert _comment() == 2
    monkeypatch.setenv("HF_TOKEN", "")
    assert _comment() == 2
    told = capsys.readouterr().err
    assert "no discussion or pull request 99" in told
    assert "permission to write discussions" in told
    assert "set HF_TOKEN" in told
    assert TOKEN not in told and _said(pull) == []


def _payload(**more: Any) -> dict[str, Any]:
    return {
        "event": {"action": "create", "scope": "discussion"},
        "repo": {"type": "model", "name": MODEL},
        "discussion": {"isPullRequest": True, "num": 3, "author": {"id": "id-of-author"}},
        **more,
    }


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (_payload(), (MODEL, 3)),
        (_payload(comment={"author": {"id": "id-of-checker"}, "content": "x"}), "own"),
        (_payload(comment={"author": {"id": "id-of-author"}, "content": "x"}), (MODEL, 3)),
        (_payload(event={"action": "update"}, comment={"author": {"id": "id-of-author"}}), "edited"),
        (_payload(discussion={"isPullRequest": False, "num": 3}), "no pull request"),
        (_payload(repo={"type": "dataset", "name": MODEL}), "no model"),
        (_payload(repo={"type": "model", "name": "../../etc"}), "names no"),
        (
            _payload(discussion=None, updatedRefs=[{"ref": "refs/heads/main"}, {"ref": "refs/pr/12"}]),
            (MODEL, 12),
        ),
        (_payload(discussion=None, updatedRefs=[{"ref": "refs/heads/main"}]), "to no pull request"),
        ({}, "no webhook"),
        ({"event": [], "repo": 3}, "no webhook"),
    ],
)
def test_a_webhook_names_the_pull_request(payload: dict[str, Any], answer: object) -> None:
    found = webhook_target(payload, "id-of-checker")
    assert answer in found if isinstance(answer, str) else found == answer


def test_a_job_of_a_webhook_comments_once_and_not_on_its_own_comment(
    hub: Hub, pull: Discussion, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for payload in (_payload(), _payload(comment={"author": {"id": "id-of-checker"}})):
        monkeypatch.setenv("WEBHOOK_PAYLOAD", json.dumps(payload))
        assert main(["comment", "--hub-webhook", "--weights=off"]) == 0
    assert len(_said(pull)) == 1
    assert "this tool's own" in capsys.readouterr().out
