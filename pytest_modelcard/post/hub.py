"""One comment on a pull request or discussion of the Hub, through the Hub's own client."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..source.ids import is_repo_id
from .client import PostError
from .sticky import Posted

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingface_hub import DiscussionComment, DiscussionWithDetails, HfApi

#: Characters of a comment; the Hub names no limit, its answers stay usable below this one.
LIMIT = 60_000
_PULL = re.compile(r"refs/pr/([1-9][0-9]{0,8})")


def hub_client(endpoint: str | None = None) -> HfApi:
    """The client with the user's own token, found its usual way."""
    from huggingface_hub import HfApi

    return HfApi(endpoint=endpoint, library_name="pytest-modelcard")


def discussion(api: HfApi, repo_id: str, number: int) -> DiscussionWithDetails:
    """The pull request or discussion; raises PostError."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return api.get_discussion_details(repo_id, number)
    except (HfHubHTTPError, ValueError) as error:
        raise PostError(f"{repo_id} has no discussion or pull request {number} here: {told(error)}") from None


def target_of(found: DiscussionWithDetails) -> str:
    """The branch that a pull request changes, "main" where it does not say."""
    branch = found.target_branch or "refs/heads/main"
    return branch.removeprefix("refs/heads/")


def author(api: HfApi) -> str:
    """Who the token writes as; raises PostError without a valid one."""
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        return str(api.whoami()["name"])
    except LocalTokenNotFoundError:
        raise PostError(
            "comments on the Hub need a token: set HF_TOKEN to one that may write discussions"
        ) from None
    except HfHubHTTPError as error:
        raise PostError(f"the Hub does not accept the token: {told(error)}") from None


def own_comment(found: DiscussionWithDetails, name: str, mark: str) -> DiscussionComment | None:
    """The oldest comment of this author that begins with the marker."""
    from huggingface_hub import DiscussionComment

    for event in found.events:
        if not isinstance(event, DiscussionComment) or event.author != name or event.hidden:
            continue
        if event.content.startswith(mark):
            return event
    return None


def post_hub(
    api: HfApi, repo_id: str, number: int, mark: str, text: Callable[[str], str], *, start: bool = True
) -> Posted:
    """Write the comment, or edit the one that is there; raises PostError."""
    from huggingface_hub.errors import HfHubHTTPError

    if not is_repo_id(repo_id):
        raise PostError(f"{repo_id[:100]!r} is no model on the Hub (org/name)")
    name = author(api)
    there = discussion(api, repo_id, number)
    mine = own_comment(there, name, mark)
    if mine is None and not start:
        return Posted(None, "nothing to say")
    body = text(mine.content if mine else "")
    try:
        if mine is None:
            made = api.comment_discussion(repo_id, number, body)
        elif mine.content.strip() == body.strip():
            return Posted(f"{there.url}#{mine.id}", "unchanged")
        else:
            made = api.edit_discussion_comment(repo_id, number, mine.id, body)
    except HfHubHTTPError as error:
        raise PostError(
            f"the Hub refused the comment: {told(error)}; the token needs the permission to write discussions of {repo_id}"
        ) from None
    return Posted(f"{there.url}#{made.id}", "created" if mine is None else "updated")


def told(error: Exception) -> str:
    """The Hub's answer in a few words, without addresses and headers."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    message = getattr(error, "server_message", None) or type(error).__name__
    return f"{status} {message}".strip()[:300] if status else str(message)[:300]


def webhook_target(payload: Mapping[str, Any], own_id: str | None) -> tuple[str, int] | str:
    """(model, number) of the pull request a webhook speaks of; a reason, where there is nothing to do.

    What this tool wrote itself starts no run: otherwise every comment would bring the next one.
    """
    event, repo, found = (payload.get(k) for k in ("event", "repo", "discussion"))
    comment = payload.get("comment")
    if not isinstance(event, Mapping) or not isinstance(repo, Mapping):
        return "this is no webhook of the Hub"
    if isinstance(comment, Mapping) and _id(comment.get("author")) in {own_id} - {None}:
        return "the comment is this tool's own"
    if repo.get("type") != "model":
        return "the repository holds no model"
    refs = payload.get("updatedRefs")
    if isinstance(refs, list) and not isinstance(
        found, Mapping
    ):  # a push: it names its refs, and no discussion
        numbers = [
            m[1] for r in refs[:50] if isinstance(r, Mapping) and (m := _PULL.fullmatch(str(r.get("ref"))))
        ]
        if not numbers:
            return "the push is to no pull request"
        found = {"isPullRequest": True, "num": int(numbers[0])}
    if not isinstance(found, Mapping) or found.get("isPullRequest") is not True:
        return "the event is about no pull request"
    name, number = repo.get("name"), found.get("num")
    if (
        not isinstance(name, str)
        or not is_repo_id(name)
        or not isinstance(number, int)
        or isinstance(number, bool)
    ):
        return "the webhook names no pull request"
    if isinstance(comment, Mapping) and event.get("action") != "create":
        return "an edited comment changes no card"
    return name, number


def _id(author: Any) -> str | None:
    found = author.get("id") if isinstance(author, Mapping) else None
    return found if isinstance(found, str) else None


def webhook_payload(environment: Mapping[str, str] = os.environ) -> Any:
    """The payload that the Hub gives a job started by a webhook."""
    try:
        return json.loads(environment.get("WEBHOOK_PAYLOAD", ""))
    except ValueError:
        raise PostError("WEBHOOK_PAYLOAD holds no JSON: this is no job started by a webhook") from None
