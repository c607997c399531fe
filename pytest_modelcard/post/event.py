"""What a workflow run knows of itself: its repository, its event and, through the API, its pull request."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .client import PostError

if TYPE_CHECKING:
    from github.PullRequest import PullRequest
    from github.Repository import Repository

MAX_EVENT_BYTES = 32 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")


@dataclass(frozen=True, slots=True)
class Workflow:
    """The environment of a GitHub workflow run."""

    repository: str  #: "owner/name", where comments go
    event: str  #: "pull_request", "workflow_run", ...
    payload: Mapping[str, Any]
    server: str = "https://github.com"
    run_id: str = ""

    @property
    def is_pull_request(self) -> bool:
        return self.event in ("pull_request", "pull_request_target")

    @property
    def is_fork(self) -> bool:
        """Whether the change comes from another repository, so that the run's token may only read."""
        head = _at(self.payload, "pull_request", "head", "repo", "full_name")
        return self.is_pull_request and head != self.repository

    @property
    def head(self) -> str | None:
        """The commit that this run, or the run it follows, is about."""
        for way in (("pull_request", "head", "sha"), ("workflow_run", "head_sha")):
            found = _at(self.payload, *way)
            if isinstance(found, str) and _COMMIT.fullmatch(found):
                return found
        return None

    @property
    def run_url(self) -> str | None:
        return (
            f"{self.server}/{self.repository}/actions/runs/{self.run_id}" if self.run_id.isdigit() else None
        )


def workflow(environment: Mapping[str, str] = os.environ, repository: str | None = None) -> Workflow:
    """The run's own facts, all written by GitHub; raises PostError outside of a workflow."""
    name = repository or environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(name):
        raise PostError("which repository? Set GITHUB_REPOSITORY (owner/name) or give --repository")
    payload: Any = {}
    if path := environment.get("GITHUB_EVENT_PATH"):
        try:
            with Path(path).open("rb") as file:
                payload = json.loads(file.read(MAX_EVENT_BYTES))
        except (OSError, ValueError):
            payload = {}
    return Workflow(
        name,
        environment.get("GITHUB_EVENT_NAME", ""),
        payload if isinstance(payload, dict) else {},
        environment.get("GITHUB_SERVER_URL") or "https://github.com",
        environment.get("GITHUB_RUN_ID", ""),
    )


def find_pull(
    repository: Repository, run: Workflow, number: int | None = None, head: str | None = None
) -> PullRequest | None:
    """The open pull request to comment on, by number, by the event, or through the API from the head commit.

    None where no open pull request has this head (any more): a newer push has a run of its own. What an artifact
    says is never asked; `head` only narrows.
    """
    if number is None and run.is_pull_request:
        number = run.payload.get("number") or _at(run.payload, "pull_request", "number")
    if isinstance(number, int):
        return repository.get_pull(number)
    sha = run.head or head
    if sha is None:
        return None
    found = [p for p in _candidates(repository, run, sha) if p.head.sha == sha and p.state == "open"]
    # one commit may be the head of several pull requests: the base branch's own run cannot tell them apart
    return min(found, key=lambda p: p.number) if found else None


def _candidates(repository: Repository, run: Workflow, sha: str) -> Iterable[PullRequest]:
    """Open pull requests from the run's branch (also of a fork), then those GitHub knows for the commit."""
    owner = _at(run.payload, "workflow_run", "head_repository", "owner", "login")
    branch = _at(run.payload, "workflow_run", "head_branch")
    if isinstance(owner, str) and isinstance(branch, str):
        yield from repository.get_pulls(state="open", head=f"{owner}:{branch}")
    from github import GithubException

    try:
        yield from repository.get_commit(sha).get_pulls()
    except GithubException as error:
        if error.status not in (404, 409, 422):  # a fork's commit may be unknown to the base repository
            raise


def changed_files(pull: PullRequest) -> list[str]:
    """Paths that a pull request changes, as the API lists them (at most 3,000)."""
    found = []
    for file in pull.get_files():
        found.append(file.filename)
        if file.previous_filename:
            found.append(file.previous_filename)
    return found


def changed_by_api(environment: Mapping[str, str] = os.environ) -> list[str] | None:
    """The same for the event's pull request, where no Git tells it; None without PyGithub or where GitHub refuses."""
    from .client import github_client

    try:
        run = workflow(environment)
        client = github_client(environment.get("GITHUB_TOKEN"), environment=environment)
        from github import GithubException
    except PostError:
        return None
    try:
        pull = find_pull(client.get_repo(run.repository), run)
        return None if pull is None else changed_files(pull)
    except GithubException:
        return None


def _at(data: Any, *way: str) -> Any:
    for step in way:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data
