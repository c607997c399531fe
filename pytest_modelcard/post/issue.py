"""One issue that tells how a list of models stands: opened when something is wrong, edited, closed when all is well."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .sticky import Posted

if TYPE_CHECKING:
    from github.Issue import Issue
    from github.Repository import Repository

MAX_ISSUES = 2_000


def own_issue(repository: Repository, author: str, mark: str) -> Issue | None:
    """The newest issue of this author whose text begins with the marker, open ones first."""
    found: list[Issue] = []
    for state in ("open", "closed"):
        for count, issue in enumerate(repository.get_issues(state=state, sort="updated")):
            if count >= MAX_ISSUES:
                break
            if (issue.body or "").startswith(mark) and issue.user.login == author:
                found.append(issue)
        if found:
            return max(found, key=lambda i: i.number)
    return None


def post_issue(
    repository: Repository, author: str, mark: str, title: str, text: Callable[[str], str], is_wrong: bool
) -> Posted:
    """Open the issue or edit it in place; with nothing wrong it is closed, and none is opened. Raises GithubException."""
    found = own_issue(repository, author, mark)
    if found is None:
        if not is_wrong:
            return Posted(None, "nothing to say")
        return Posted(repository.create_issue(title=title, body=text("")).html_url, "created")
    body, state = text(found.body), "open" if is_wrong else "closed"
    if found.body.strip() == body.strip() and found.state == state:
        return Posted(found.html_url, "unchanged")
    if found.state == "closed" and not is_wrong:
        return Posted(found.html_url, "unchanged")
    found.edit(body=body, state=state)
    return Posted(found.html_url, "updated")
