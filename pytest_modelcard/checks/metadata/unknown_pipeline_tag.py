"""MC105: a task that the Hub does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ..base import Rule, Subject, Verdict, clean, fault
from ._entries import Entry, claims_at, shown, texts

if TYPE_CHECKING:
    from ...evidence import Evidence


class UnknownPipelineTag(Rule):
    """## What it does
    Looks `pipeline_tag` up in the Hub's list of tasks.

    ## Why it matters
    The task decides which widget the page shows and under which filter the model is found. The Hub takes
    any text and only warns.

    ## Example
    ```yaml
    pipeline_tag: text generation
    ```

    ## What to do instead
    One of the Hub's tasks, such as `text-generation`; anything finer goes to `tags`.
    """

    id = "MC105"
    name = "unknown-pipeline-tag"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for entry in texts(card.front_matter, "pipeline_tag")[:1]:
            yield Subject("pipeline_tag", entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        known = value_list("pipeline_tags")
        if entry.value in known:
            return clean(f"`{entry.value}` is the Hub's task {known.values[entry.value]}")
        parent = value_list("subtasks").values.get(entry.value)
        meant = parent or known.near(entry.value.replace(" ", "-").replace("_", "-"))
        what = f"a subtask of `{parent}`, not a task" if parent else "no task of the Hub's list"
        return fault(
            f"`pipeline_tag: {shown(entry.value)}` is {what} ({len(known.values)} tasks, {known.date})",
            help=f"write `{meant}`"
            if meant
            else "take a task of the Hub's list, and put finer words into `tags`",
        )
