"""Why a comment was refused, and the lines to add to a workflow."""

from __future__ import annotations

from collections.abc import Iterator

from .event import Workflow

WANTED = {"comment": "pull-requests: write", "check": "checks: write", "issue": "issues: write"}


def advice(run: Workflow, wanted: str, told: str) -> Iterator[str]:
    """Lines for the log and the summary; `wanted` is a key of WANTED, `told` GitHub's answer."""
    yield f"GitHub refused the {wanted}: {told}."
    if run.is_fork:
        yield (
            "This pull request comes from a fork, where the workflow's token may only read. Use the two workflows "
            "examples/workflows/fork-safe-check.yml and fork-safe-comment.yml: the second one comments."
        )
        return
    yield "Add to the job (or at the top of the workflow file):"
    yield "    permissions:"
    yield "      contents: read"
    yield f"      {WANTED[wanted]}"
    yield (
        "Where that is there: Settings > Actions > General > Workflow permissions of the repository or organisation "
        "may restrict it."
    )
