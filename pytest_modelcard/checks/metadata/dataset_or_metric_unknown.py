"""MC118: data sets and metrics that name nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._entries import Entry, claims_at, id_trouble, shown, texts

if TYPE_CHECKING:
    from ...evidence import Evidence

#: What templates and training tools leave behind instead of a data set's id.
_PLACEHOLDER = re.compile(
    r"dataset[_-]?\d?|(your|my|the|a)[_-].*dataset.*|custom([_-]dataset)?|private([_-]dataset)?|todo|tbd|n/?a|none|null"
    r"|unknown|generator|json|csv|text|parquet|arrow|imagefolder|audiofolder|\{.*\}|\[.*\]|xxx+",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\d+(\.\d+)?\s*%|[:=]\s*\d|\.\s|\bis\b|\bof our\b", re.IGNORECASE)
MAX_METRIC = 60


class DatasetOrMetricUnknown(Rule):
    """## What it does
    Reports entries of `datasets` that are a placeholder or the name of a file format (training tools write
    `generator`, `json`, `imagefolder`), and entries of `metrics` that are a sentence or a result instead of a
    metric's name. New data sets and metrics are not looked up.

    ## Why it matters
    These entries become links and filters on the Hub: `generator` leads nowhere, and a score in `metrics`
    is found by nobody. Scores belong in `.eval_results` or `model-index`.

    ## Example
    ```yaml
    datasets:
    - generator
    metrics:
    - accuracy 93.2%
    ```

    ## What to do instead
    The data set's id on the Hub, and the metric's name (`accuracy`).
    """

    id = "MC118"
    name = "dataset-or-metric-unknown"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for key in ("datasets", "metrics"):
            for entry in texts(card.front_matter, key):
                if key == "datasets" and id_trouble(entry.value):
                    continue  # a schema violation
                yield Subject(slug(key, entry.value), entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        if entry.path[0] == "datasets":
            if _PLACEHOLDER.fullmatch(entry.value):
                return fault(
                    f"`{entry.name}: {shown(entry.value)}` names no data set but a placeholder or a "
                    "file format",
                    help="write the data set's id on the Hub, or remove the entry",
                    severity="note" if _written_by_a_program(evidence.card) else None,
                )
            return clean(f"{shown(entry.value)} can be a data set's id")
        known = value_list("metrics")
        if entry.value in known:
            return clean(f"{entry.value} is a known metric")
        if len(entry.value) > MAX_METRIC or _VALUE.search(entry.value):
            return fault(
                f"`{entry.name}: {shown(entry.value)}` is no metric's name but a result or a sentence",
                help="write the name, such as `accuracy`, and the score in `.eval_results`",
            )
        return clean(f"{shown(entry.value)} can be a metric's name")


def _written_by_a_program(card: Card) -> bool:
    """A trainer knows only how the data were loaded, and writes that."""
    return any(e.value.startswith("generated_from_") for e in texts(card.front_matter, "tags"))
