"""MC210: a table of gains that leaves out what got worse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.benchmark_names import key as benchmark_key
from ...card.records import Card, Table
from ...model import Severity
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._gains import Match, listed, matches

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Headings that say themselves that the table is a choice.
_CHOSEN = re.compile(
    r"(?<![a-z])(?:select(?:ed|ion)|highlights?|key|main|top|largest|biggest|notable|most|examples?"
    r"|some)(?![a-z])"
    r"|部分|精选|principais|destaques",
    re.IGNORECASE,
)


class SelectiveGains(Rule):
    """A table of gains over the base leaves out benchmarks that the card itself shows as worse or unchanged.

    ## What it does
    Takes the tables that show this model against its base with a difference, and looks in the card's other
    tables for benchmarks with both scores that are not among them. What got worse or did not move is listed
    with its line. It is an error where losses were left out of a table that shows gains alone, a warning
    where the table shows losses too or only unchanged scores were left out, a note where only gains were,
    or where the heading says that the rows were chosen.

    ## Why it matters
    Each number in such a table may be right, and the table as a whole still tells a reader that everything
    got better. The full comparison is spread over other tables, where nobody subtracts.

    ## Example
    ```
    | Benchmark | Base | Acme 7B |     | Gains | Base | Acme 7B | Δ    |
    |-----------|------|---------|     |-------|------|---------|------|
    | GSM8K     | 70.1 | 74.3    |     | GSM8K | 70.1 | 74.3    | +4.2 |
    | MMLU      | 65.0 | 63.8    |
    ```

    ## What to do instead
    Show every benchmark that was measured for both models, the losses too, or say in the heading by what rule
    the rows were chosen.
    """

    id = "MC210"
    name = "selective-gains"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for table in card.tables:
            if table.is_gains:
                key = slug(table.heading or f"gains-{table.index + 1}")
                yield Subject(key, table.span, data=table.index)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        card = evidence.card
        table = card.tables[subject.data]
        shown = {
            c.benchmark_id or benchmark_key(c.benchmark or "")
            for c in (*card.named("score"), *card.named("delta"))
            if c.table is not None and card.tables[c.table].is_gains
        }
        rest = [
            m
            for m in matches(card, evidence.registry)
            if not card.tables[m.row.table].is_gains
            and (m.row.benchmark_id or benchmark_key(m.row.benchmark)) not in shown
        ]
        if not rest:
            return clean("The card shows no other benchmark with scores of this model and of its base.")
        worse = sorted((m for m in rest if m.gain < 0), key=lambda m: m.gain)
        same = [m for m in rest if m.gain == 0]
        gains = [m for m in rest if m.gain > 0]
        if not worse and not same:
            return fault(
                f"The table leaves out {len(gains)} benchmarks with gains that stand elsewhere in the card: "
                f"{listed(gains)}.",
                help="Show all of them, or say how the rows were chosen.",
                related=tuple(m.related() for m in gains),
                severity="note",
            )
        said = [f"{len(worse)} that got worse: {listed(worse)}"] if worse else []
        said += [f"{len(same)} that did not move: {listed(same)}"] if same else []
        said += [f"{len(gains)} that got better: {listed(gains)}"] if gains else []
        return fault(
            f"{len(shown)} benchmarks are shown as gains; the card's other tables hold {len(rest)} more "
            f"with both scores: {'. And '.join(said)}.",
            help="Show every benchmark that was measured for both models, the losses too, or state the rule "
            "by which the rows were chosen.",
            related=tuple(m.related() for m in (*worse, *same)),
            severity=self._severity(card, table, worse),
        )

    @staticmethod
    def _severity(card: Card, table: Table, worse: list[Match]) -> Severity | None:
        """An error only where losses are hidden by a table that shows none and calls itself no choice."""
        if _CHOSEN.search(table.heading):
            return "note"
        shows_losses = any(c.table == table.index and (c.value or 0.0) < 0 for c in card.named("delta"))
        return None if worse and not shows_losses else "warning"
