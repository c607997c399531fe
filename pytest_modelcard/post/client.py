"""PyGithub with the patience GitHub asks for: its own throttling and retries, bounded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import ModelCardError

if TYPE_CHECKING:
    from github import Github

API = "https://api.github.com"
#: Seconds: between two requests, between two writes (GitHub asks for at least 1), for one answer.
BETWEEN_REQUESTS, BETWEEN_WRITES, TIMEOUT = 0.1, 1.0, 30
#: Times a request is repeated, and seconds waited at most for a rate limit before falling back.
RETRIES, LONGEST_WAIT = 5, 300.0
#: Seconds waited where a secondary rate limit does not say how long.
SECONDARY_WAIT = 60.0


class PostError(ModelCardError):
    """A result could not be posted; says what to do about it."""


def github_client(token: str | None, *, environment: Mapping[str, str] = os.environ) -> Github:
    """A client for the API that `GITHUB_API_URL` names; raises PostError without PyGithub."""
    try:
        from github import Auth, Github, GithubRetry
    except ImportError:
        raise PostError("comments on GitHub need PyGithub: pip install 'pytest-modelcard[github]'") from None
    return Github(
        auth=Auth.Token(token) if token else None,
        base_url=environment.get("GITHUB_API_URL") or API,
        timeout=TIMEOUT,
        per_page=100,
        lazy=True,
        user_agent="pytest-modelcard",
        retry=GithubRetry(
            total=RETRIES,
            backoff_factor=0.5,
            backoff_max=30,
            secondary_rate_wait=SECONDARY_WAIT,
            max_rate_limit_wait=LONGEST_WAIT,
        ),
        seconds_between_requests=BETWEEN_REQUESTS,
        seconds_between_writes=BETWEEN_WRITES,
    )


def reason(error: Exception) -> str:
    """What GitHub answered, in a few words, without headers or addresses."""
    status, data = getattr(error, "status", None), getattr(error, "data", None)
    message = data.get("message") if isinstance(data, dict) else None
    if status is None:
        return type(error).__name__
    return f"{status} {message or ''}".strip()[:300]
