"""`python -m pytest_modelcard comment`: one comment that tells a review, on GitHub or on the Hub."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelCardError
from ..report.comment import marker
from ..report.markdown import file_address
from ..review.options import add_blocking_options, add_run_options, settings_of
from ..review.record import Review, read_review
from ..review.runs import review_model
from . import hub
from .annotations import annotated, post_check
from .client import PostError, github_client, reason
from .event import Workflow, find_pull, workflow
from .issue import post_issue
from .job import add_summary, set_outputs
from .permission import advice
from .report_out import print_annotations
from .speech import complain, say
from .sticky import Posted, post_sticky, viewer
from .text import comment_text, says_something

if TYPE_CHECKING:
    from github.PullRequest import PullRequest
    from github.Repository import Repository

#: Where the token is found, in this order. It is never an argument: arguments are seen by every process.
TOKENS = ("MODELCARD_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN")


def add_command(commands: Any) -> None:
    """Register the command with argparse's subparsers."""
    parser = commands.add_parser(
        "comment", help="post a review as one comment, or edit the one that is there"
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="what `review --record` wrote; it is not trusted"
    )
    parser.add_argument(
        "--pr", type=int, metavar="N", help="pull request; default: the event's, or found by its head"
    )
    parser.add_argument("--repository", metavar="OWNER/NAME", help="on GitHub; default: GITHUB_REPOSITORY")
    parser.add_argument("--author", metavar="LOGIN", help="who the token writes as; default: asked of GitHub")
    parser.add_argument("--issue", metavar="TITLE", help="open or update one issue instead of commenting")
    parser.add_argument("--hub", metavar="ORG/NAME", help="a model on the Hub: --pr is its pull request")
    parser.add_argument(
        "--hub-webhook",
        action="store_true",
        help="a job started by a webhook of the Hub: WEBHOOK_PAYLOAD names all",
    )
    parser.add_argument("--key", default="default", help="tells the comments of several workflows apart")
    parser.add_argument(
        "--check", action="store_true", help="also all annotations as a check run (checks: write)"
    )
    parser.add_argument("--no-comment", action="store_true", help="post the check run alone")
    parser.add_argument(
        "--already",
        action="append",
        default=[],
        choices=("summary", "annotations"),
        help="what is there already and need not stand in for a comment that is refused; repeatable",
    )
    parser.add_argument("--always", action="store_true", help="comment also where there is nothing to say")
    add_blocking_options(parser, None)
    add_run_options(parser)
    parser.set_defaults(run=run_command)


def run_command(options: argparse.Namespace) -> int:
    """0: posted, or told otherwise where it may not be; 2: neither."""
    try:
        marker(options.key)
        if options.hub or options.hub_webhook:
            return _on_hub(options)
        return _on_github(options)
    except (ModelCardError, OSError, ValueError) as error:
        complain(f"error: {error}")
        return 2


# --- GitHub


def _on_github(options: argparse.Namespace) -> int:
    if not options.record:
        raise PostError("which review? Give --record=FILE, as `review --record` writes it")
    run = workflow(repository=options.repository)
    review = _judged(read_review(options.record), options)
    token = next((value for name in TOKENS if (value := os.environ.get(name))), None)
    if token is None:
        raise PostError(
            f"comments on GitHub need a token in {TOKENS[1]} (`env: GITHUB_TOKEN: ${{{{ github.token }}}}`)"
        )
    client = github_client(token)
    from github import GithubException
    from requests.exceptions import RequestException

    posted, wanted = Posted(None, "nothing to say"), "issue" if options.issue else "comment"
    try:
        repository = client.get_repo(run.repository)
        author = options.author or ("" if options.no_comment else viewer(client))
        if options.issue:
            posted = post_issue(
                repository,
                author,
                marker(options.key),
                options.issue,
                _text(review, run, options),
                review.blocks,
            )
        else:
            pull = _pull(repository, run, review, options)
            if pull is None:
                say("no open pull request has this commit as its head (any more): nothing is posted")
                return 0
            review = _from_fork(review, run, pull)
            if not options.no_comment:
                posted = post_sticky(
                    pull,
                    author,
                    marker(options.key),
                    _text(review, run, options),
                    start=options.always or says_something(review),
                )
    except (GithubException, RequestException) as error:
        _tell_otherwise(review, run, options, wanted, error)
    else:
        say(f"{wanted} {posted.deed}" + (f": {posted.url}" if posted.url else ""))
    set_outputs({"comment-url": posted.url or ""})
    if options.check and not options.issue:
        _check(client.get_repo(run.repository), run, review, options)
    return 0


def _judged(review: Review, options: argparse.Namespace) -> Review:
    """The review under the settings of this run: a record from elsewhere does not decide what blocks."""
    return replace(review, fail_on=options.fail_on or review.fail_on, scope=options.block or review.scope)


def _pull(
    repository: Repository, run: Workflow, review: Review, options: argparse.Namespace
) -> PullRequest | None:
    """The pull request this review is about, its head as GitHub's API tells it; PostError where the record differs."""
    if run.event == "workflow_run" and (run.payload.get("workflow_run") or {}).get("event") != "pull_request":
        return None
    if run.head is not None and review.head not in (run.head, None if run.is_pull_request else run.head):
        raise PostError(
            f"the record speaks of commit {str(review.head)[:12]}, this run is about {run.head[:12]}: not posted"
        )
    pull = find_pull(repository, run, options.pr, review.head)
    if pull is not None and pull.head.sha != (review.head or run.head):
        say(f"pull request {pull.number} has moved on to {pull.head.sha[:12]}: its own run will comment")
        return None
    return pull


def _from_fork(review: Review, run: Workflow, pull: PullRequest) -> Review:
    """A result of a fork's own run says so: who opened the pull request could have written it."""
    source = pull.head.repo.full_name if pull.head.repo else None
    if run.event != "workflow_run" or source == run.repository:
        return review
    note = "These checks ran in the fork's own workflow: until a maintainer repeats them, they are its word."
    return replace(review, notes=(note, *review.notes))


def _text(review: Review, run: Workflow, options: argparse.Namespace) -> Any:
    links = _rules() | ({"run": run.run_url} if run.run_url else {})
    if review.head and not options.issue:
        links["files"] = f"{run.server}/{run.repository}/blob/{review.head}"
        for card in review.cards:
            # the folder is the record's word: it must not lead to another repository's files
            folder = file_address(links["files"], card.folder.rstrip("/")) if card.folder else links["files"]
            links[f"files:{card.head['card']['source']}"] = folder or ""
    return lambda earlier: comment_text(review, key=options.key, links=links, earlier=earlier)


def _rules() -> dict[str, str]:
    """Where the rules' page of this very version lies, as action.yml tells it."""
    name, ref = (os.environ.get(f"MODELCARD_ACTION_{part}", "") for part in ("REPOSITORY", "REF"))
    server = os.environ.get("GITHUB_SERVER_URL") or "https://github.com"
    return {"rules": f"{server}/{name}/blob/{ref}/docs/rules.md"} if name and ref else {}


def _tell_otherwise(
    review: Review, run: Workflow, options: argparse.Namespace, wanted: str, error: Exception
) -> None:
    """Where it may not comment: annotations, then the job's summary, and what to change."""
    status = getattr(error, "status", None)
    told = (
        list(advice(run, wanted, reason(error)))
        if status in (401, 403, 404)
        else [f"GitHub: {reason(error)}"]
    )
    for line in told:
        say(line)
    if "annotations" not in options.already:
        print_annotations(review)
    if "summary" not in options.already:
        add_summary(_text(review, run, options)(""))
    add_summary("\n".join(["", "```text", *told, "```"]))


def _check(repository: Repository, run: Workflow, review: Review, options: argparse.Namespace) -> None:
    from github import GithubException
    from requests.exceptions import RequestException

    head = run.head or review.head
    if head is None:
        return
    found = annotated(review)
    title = f"{review.counts['blocking']} of {len(found)} findings block"
    try:
        url = post_check(
            repository, head, found, title, "The comment and the job's summary tell more.", review.blocks
        )
        say(f"check run: {url}")
    except (GithubException, RequestException) as error:
        for line in advice(run, "check", reason(error)):
            say(line)
        if "annotations" not in options.already:
            print_annotations(review)


# --- the Hub


def _on_hub(options: argparse.Namespace) -> int:
    api = hub.hub_client()
    if options.hub_webhook:
        found = hub.webhook_target(hub.webhook_payload(), str(api.whoami().get("id")))
        if isinstance(found, str):
            say(f"nothing to do: {found}")
            return 0
        model, number = found
    else:
        if not options.pr:
            raise PostError("which pull request? Give --pr=N")
        model, number = options.hub, options.pr
    there = hub.discussion(api, model, number)
    if options.record:
        review = _judged(read_review(options.record), options)
    else:
        target, against = (
            (f"{model}@refs/pr/{number}", hub.target_of(there)) if there.is_pull_request else (model, None)
        )
        review = review_model(target, settings_of(options), Path(), against)
    posted = hub.post_hub(
        api,
        model,
        number,
        marker(options.key),
        lambda earlier: comment_text(
            review, key=options.key, target="hub", links=_rules(), limit=hub.LIMIT, earlier=earlier
        ),
        start=options.always or says_something(review),
    )
    say(f"comment {posted.deed}" + (f": {posted.url}" if posted.url else ""))
    set_outputs({"comment-url": posted.url or ""})
    return 0
