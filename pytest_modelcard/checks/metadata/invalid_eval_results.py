"""MC116: evaluation results in `.eval_results/` that the Hub cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card, Problem
from ...card.yaml_reader import read_yaml
from ...errors import CannotTell
from ...model import Related, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._schema import breaches

if TYPE_CHECKING:
    from ...evidence import Evidence

_FILE = re.compile(r"\.eval_results/[^/]+\.ya?ml")
MAX_FILES = 100
MAX_RELATED = 20


class InvalidEvalResults(Rule):
    """## What it does
    Reads every `.eval_results/*.yaml` of the repository and checks it against `schemas/eval-results-v1.json`:
    `dataset.id`, `dataset.task_id` and a `value` that is a number, and a URL where a source is given. A
    `verifyToken` is neither trusted nor doubted here.

    ## Why it matters
    The Hub fills the model page and the benchmark's leaderboard from these files; an entry that it cannot
    read is missing there.

    ## Example
    ```yaml
    # .eval_results/gpqa.yaml
    - dataset:
        id: Idavidrein/gpqa
      value: "41.2 %"
    ```

    ## What to do instead
    ```yaml
    - dataset:
        id: Idavidrein/gpqa
        task_id: gpqa_diamond
      value: 41.2
    ```
    """

    id = "MC116"
    name = "invalid-eval-results"
    needs = frozenset(("files",))

    def subjects(self, card: Card) -> Iterable[Subject]:
        yield Subject("eval_results", Span(card.identity.path, max(card.front_matter.first_line, 1)))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        paths = [f.path for f in evidence.files() if _FILE.fullmatch(f.path)]
        if not paths:
            return clean("the repository has no .eval_results")
        problems: list[Problem] = []
        unread = []
        for path in paths[:MAX_FILES]:
            try:
                text = evidence.text(path)
            except CannotTell as error:
                unread.append(str(error))
                continue
            problems += _problems(path, text or "")
        if not problems:
            if unread:
                return unknown(unread[0])
            return clean(f"{len(paths)} files with evaluation results follow the schema")
        problems.sort(key=lambda p: p.severity != "error")
        first, *rest = problems
        more = f" (and {len(rest)} more)" if rest else ""
        return fault(
            f"{first.span.path}: {first.message}{more}",
            help=first.help,
            span=first.span,
            quote=first.quote,
            related=tuple(Related(p.span, p.message, p.quote) for p in rest[:MAX_RELATED]),
            severity=first.severity,
        )


def _problems(path: str, text: str) -> list[Problem]:
    """What is wrong with one file."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    read = read_yaml(lines, path)
    problems = list(read.problems)
    if read.readable:
        for breach in breaches("eval-results-v1", read.data):
            span = _place(read.spans, breach.path) or Span(path, 1)
            quote = lines[span.line - 1].strip()[:200]
            problems.append(Problem("schema", breach.message, breach.help, span, breach.severity, quote))
    return problems


def _place(spans: dict[tuple[str | int, ...], Span], path: tuple[str | int, ...]) -> Span | None:
    for n in range(len(path), -1, -1):
        if path[:n] in spans:
            return spans[path[:n]]
    return None
