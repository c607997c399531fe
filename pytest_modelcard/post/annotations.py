"""Findings at the lines of a pull request: as commands in a job's log, or by the Checks API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..model import Finding
from ..report.changes import blocks
from ..report.safe import inert, visible, workflow_command
from ..review.record import Review

if TYPE_CHECKING:
    from github.Repository import Repository

Level = Literal["error", "warning", "notice"]
#: GitHub shows that many of each level from the log of one step, and takes that many in one call of the Checks API.
PER_STEP, PER_CALL = 10, 50
#: More annotations than this make a pull request's page unusable.
MAX_ANNOTATIONS = 500
_CHECK_LEVELS: Mapping[Level, str] = {"error": "failure", "warning": "warning", "notice": "notice"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One finding at its line of a file of the Git repository."""

    level: Level
    path: str
    line: int
    end_line: int
    title: str
    message: str

    def as_command(self) -> str:
        """The workflow command; nothing of a card in it can end it."""
        return workflow_command(
            self.level, self.message, file=self.path, line=self.line, endLine=self.end_line, title=self.title
        )

    def as_check(self) -> dict[str, Any]:
        """An entry of `output.annotations` of a check run."""
        return {
            "path": self.path,
            "start_line": self.line,
            "end_line": self.end_line,
            "annotation_level": _CHECK_LEVELS[self.level],
            "title": self.title[:255],
            "message": self.message[:60_000],
        }


def annotated(review: Review) -> list[Annotation]:
    """Of all cards, the most important first: what blocks, then what the change introduces, then what it leaves."""
    ranked = []
    for card in review.cards:
        changes = card.changes
        stands = [(f, True) for f in changes.introduced] + [
            (f, False) for f in changes.left if f.severity != "note"
        ]
        for finding, is_new in stands:
            counts = is_new or review.scope == "all"
            level: Level = "notice"
            if counts and blocks(finding, review.fail_on):
                level = "error"
            elif is_new and finding.severity != "note":
                level = "warning"
            ranked.append(
                (
                    ("error", "warning", "notice").index(level),
                    not is_new,
                    _annotation(finding, level, card.folder),
                )
            )
    ranked.sort(key=lambda r: r[:2])
    return [a for _, _, a in ranked][:MAX_ANNOTATIONS]


def _annotation(finding: Finding, level: Level, folder: str) -> Annotation:
    line = finding.span.line
    end = finding.span.end_line or line
    help_ = f"\nWhat to do: {inert(finding.help, 1000)}" if finding.help else ""
    return Annotation(
        level,
        visible(folder + finding.span.path, 400),
        line,
        end if end >= line else line,
        inert(f"{finding.rule} {finding.name}", 200),
        inert(finding.message, 2000) + help_,
    )


def log_lines(found: Sequence[Annotation]) -> Iterator[str]:
    """Commands for one step's log, as many as GitHub shows, and a plain line about the rest."""
    shown = 0
    for level in ("error", "warning", "notice"):
        for annotation in [a for a in found if a.level == level][:PER_STEP]:
            shown += 1
            yield annotation.as_command()
    if shown < len(found):
        yield f"{len(found) - shown} more findings: GitHub shows {PER_STEP} of a kind for one step; the summary has all"


def post_check(
    repository: Repository, head: str, found: Sequence[Annotation], title: str, summary: str, failed: bool
) -> str:
    """All annotations as one check run, PER_CALL a call; returns its address. Needs `checks: write`.

    The conclusion comes with the last call, so that a run which dies in between is not taken for a passed one.
    Raises GithubException.
    """
    chunks = [list(found[n : n + PER_CALL]) for n in range(0, len(found), PER_CALL)] or [[]]
    output = {"title": visible(title, 200), "summary": summary[:60_000]}
    run = repository.create_check_run(name="model card", head_sha=head, status="in_progress")
    for chunk in chunks[:-1]:
        run.edit(output={**output, "annotations": [a.as_check() for a in chunk]})
    run.edit(
        status="completed",
        conclusion="failure" if failed else "success",
        output={**output, "annotations": [a.as_check() for a in chunks[-1]]},
    )
    return str(run.html_url)
