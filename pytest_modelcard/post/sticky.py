"""The one comment on a GitHub pull request: found by marker and author, edited, never repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from github import Github
    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest

#: Who writes with a workflow's own token, which may not ask who it is.
WORKFLOW_AUTHOR = "github-actions[bot]"
MAX_COMMENTS = 10_000


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the comment."""

    url: str | None
    deed: Literal["created", "updated", "unchanged", "nothing to say"]


def viewer(client: Github) -> str:
    """The login that comments of this client carry in the REST API.

    GraphQL tells it to every kind of token; a user's own also by GET /user. Where neither answers, it is the
    workflow's own token.
    """
    from github import GithubException

    try:
        _, data = client.requester.graphql_query("query { viewer { login } }", {})
        login = data["data"]["viewer"]["login"]
    except (GithubException, KeyError, TypeError):
        login = None
    if not isinstance(login, str) or not login:
        try:
            login = client.get_user().login
        except GithubException:
            login = WORKFLOW_AUTHOR
    return str(login)


def _is_by(comment: IssueComment, author: str) -> bool:
    login = comment.user.login if comment.user else None
    return login == author or (login == f"{author}[bot]" and comment.user.type == "Bot")


def own_comments(pull: PullRequest, author: str, mark: str) -> list[IssueComment]:
    """Comments of this author that begin with the marker, oldest first, over all pages."""
    found = []
    for count, comment in enumerate(pull.get_issue_comments()):
        if count >= MAX_COMMENTS:
            break
        if (comment.body or "").startswith(mark) and _is_by(comment, author):
            found.append(comment)
    return sorted(found, key=lambda c: c.id)


def post_sticky(
    pull: PullRequest, author: str, mark: str, text: Callable[[str], str], *, start: bool = True
) -> Posted:
    """Create the comment or edit it in place. `text` gets what it said before ("" for none).

    Two runs at once may both have created one: the oldest stays, ours beside it are deleted. With `start` false a
    pull request without the comment gets none. Raises GithubException.
    """
    found = own_comments(pull, author, mark)
    if not found:
        if not start:
            return Posted(None, "nothing to say")
        new = pull.create_issue_comment(text(""))
        found = own_comments(pull, author, mark)
        if len(found) < 2:
            return Posted(new.html_url, "created")
    kept, *doubles = found
    body = text(kept.body)
    for double in doubles:
        double.delete()
    if kept.body.replace("\r\n", "\n").strip() == body.strip():
        return Posted(kept.html_url, "unchanged")
    kept.edit(body)
    return Posted(kept.html_url, "updated")
