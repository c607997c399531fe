"""MC051: front matter that a release needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.vocabulary import PARENT
from ...errors import CannotTell
from ...model import Severity, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown

if TYPE_CHECKING:
    from ...evidence import Evidence

_KEYS: dict[str, tuple[Severity, str]] = {
    "license": ("error", "Declare the licence: without one nobody may use the weights."),
    "base_model": (
        "warning",
        "Declare the parents as base_model, or say in the text that the model was trained from scratch.",
    ),
    "pipeline_tag": ("warning", "Declare pipeline_tag, so that the model is found by its task."),
    "library_name": ("warning", "Declare library_name, so that the Hub shows how to load the model."),
    "language": ("note", "Declare the languages as ISO codes."),
}
_FROM_SCRATCH = re.compile(
    r"\b(?:pre-?)?trained\s+(?:\w+\s+){0,3}?from\s+scratch\b|\btreinad[oa]\s+(?:\w+\s+){0,2}?d[oe]\s+zero\b"
    r"|entrenad[oa]\s+desde\s+cero"
    r"|从(?:头|零)(?:开始)?(?:预?训练)|\bnatively (?:pre-?)?trained\b|\bwe (?:pre-?trained?)\b"
    r"|\b(?:was|is|are"
    r"|were) (?:first )?pre-?trained on\b",
    re.I,
)
_ABSENT: tuple[object, ...] = (None, "", [], {})


class MissingMetadata(Rule):
    """The front matter lacks what a release needs.

    ## What it does

    Looks for `license`, `base_model` (or a sentence that says the model was trained from scratch),
    `pipeline_tag`, `library_name` and `language`. What stands there is judged by the metadata rules.

    ## Why it matters

    The Hub, its search and every tool that follows licences and lineage read the front matter alone.

    ## Example

        ---
        tags: [llm]
        ---

    ## What to do instead

        ---
        license: apache-2.0
        base_model: org/parent
        pipeline_tag: text-generation
        library_name: transformers
        language: [en, pt]
        ---
    """

    id = "MC051"
    name = "missing-metadata"
    profiles = ("release",)

    def subjects(self, card: Card) -> Iterable[Subject]:
        for key in _KEYS:
            span = card.front_matter.span(key) or Span(card.identity.path, card.front_matter.first_line)
            yield Subject(key, span, data=key)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        card = evidence.card
        key: str = subject.data
        if card.front_matter.present and not card.front_matter.readable:
            raise CannotTell("the front matter cannot be read")
        value = card.front_matter.data.get(key)
        if value not in _ABSENT:
            return clean(f"{key}: {str(value)[:80]}")
        severity, help = _KEYS[key]
        if key == "base_model":
            scratch = next((p for p in card.paragraphs if _FROM_SCRATCH.search(p.text[:20_000])), None)
            if scratch is not None and not card.named("prose", PARENT):
                return unknown(
                    f"No base_model is declared; line {scratch.span.line} may say that there is none "
                    f'("{scratch.text[:80]}").'
                )
        return fault(f"Open: the front matter does not declare {key}.", help=help, severity=severity)
