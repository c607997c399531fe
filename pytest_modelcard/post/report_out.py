"""A review on a terminal, in a job's log, summary and outputs, and as files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from ..report.read import read_report
from ..report.safe import visible
from ..review.record import Review
from .annotations import annotated, log_lines
from .job import add_summary, set_outputs
from .speech import say, without_secrets
from .text import comment_text


def tell(review: Review, options: argparse.Namespace) -> None:
    """Everything that needs no token: lines, annotations, summary, files, outputs of the step."""
    for line in lines(review):
        say(line)
    if options.annotate:
        print_annotations(review)
    if options.summary:
        add_summary(comment_text(review, limit=900_000))
    reports = [c.head for c in review.cards]
    if options.json:
        data = reports[0] if len(reports) == 1 else {"version": 1, "reports": reports}
        _write(options.json, data)
    if options.sarif:
        _write(options.sarif, sarif(review))
    files = {"report": options.json, "record": options.record, "sarif": options.sarif}
    set_outputs(outputs(review) | {name: path for name, path in files.items() if path})


def lines(review: Review) -> Iterator[str]:
    """The review for a log, a line a fault."""
    for note in (*review.errors, *review.notes):
        yield f"note: {note}"
    if not review.cards:
        yield "no model card is touched"
    for card in review.cards:
        changes = card.changes
        yield f"{card.path}: {len(changes.introduced)} introduced, {len(changes.fixed)} fixed, {len(changes.left)} left"
        for kind in ("introduced", "fixed", "left", "untold"):
            for f in getattr(changes, kind):
                yield f"  {kind}: {f.severity}: {card.folder}{f.span.path}:{f.span.line}: {f.id} {f.name}: {visible(f.message, 300)}"


def print_annotations(review: Review) -> None:
    """Commands of our own making: they alone may command the runner, so they do not go through `say`."""
    for line in log_lines(annotated(review)):
        print(without_secrets(line), flush=True)


def outputs(review: Review) -> dict[str, object]:
    """The step's outputs; `outcome` is passed, failed or nothing (no card is touched)."""
    outcome = "failed" if review.blocks else "passed" if review.cards else "nothing"
    return {"outcome": outcome, "counts": json.dumps(review.counts), **review.counts}


def sarif(review: Review) -> dict[str, object]:
    """All cards' reports as one SARIF log."""
    from ..report.sarif import sarif_dict

    return sarif_dict([(read_report(c.head), c.folder) for c in review.cards])


def _write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
