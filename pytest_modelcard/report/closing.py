"""The last lines of a comment: what the run cost, and how to repeat it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from ..model import Report
from .markdown import lines_block, link
from .safe import visible

#: Cards named in the command; beyond that the caller should give one of their own.
MAX_NAMED = 10


def closing(reports: Sequence[Report], links: Mapping[str, str], command: str | None) -> str:
    """Cost of the run (all reports of a run carry the same) and its lineage readings, addresses, the command."""
    parts = [_cost(reports)] if reports else []
    parts += [
        link(words, links[key])
        for key, words in (("run", "log"), ("report", "report as JSON"))
        if key in links
    ]
    lines = [command] if command else [command_line(reports)] if reports else []
    asked = ["Run it again with:", lines_block([visible(line, 1000) for line in lines])] if lines else []
    return "\n\n".join([" · ".join(parts), *asked] if parts else asked)


def command_line(reports: Sequence[Report]) -> str:
    """The command that checks these cards again at the same revisions."""
    words = ["pytest", *(f"--modelcard={_asked(r)}" for r in reports[:MAX_NAMED])]
    if reports[0].profile != "default":
        words.append(f"--modelcard-profile={reports[0].profile}")
    return shlex.join(words)


def _asked(report: Report) -> str:
    card = report.card
    if card.revision and card.repo_id and card.source.partition("@")[0] == card.repo_id:
        return f"{card.repo_id}@{card.revision}"
    return card.source


def _cost(reports: Sequence[Report]) -> str:
    cost = max((r.cost for r in reports), key=lambda c: c.seconds)
    tests = sum(len(r.findings) for r in reports)
    cards = "1 card" if len(reports) == 1 else f"{len(reports)} cards"
    said = f"{tests:,} checks of {cards} in {cost.seconds:.1f} s"
    if cost.requests:
        said += f", {cost.requests:,} requests, {cost.bytes_read / 1e6:.2f} MB read"
    calls = sum(r.cost.model_calls for r in reports)
    return f"{said}, {calls:,} calls of models" if calls else said
