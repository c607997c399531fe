"""MC002: a model's card without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault

if TYPE_CHECKING:
    from ...evidence import Evidence

_MODEL_FILE = re.compile(
    r"(?:^|/)(?:config\.json|adapter_config\.json)$|\.(?:safetensors|gguf|bin|pt|pth|onnx)$", re.I
)


class MissingFrontMatter(Rule):
    """The card has no front matter, so the Hub knows nothing of the model.

    ## What it does

    Looks for the YAML header between two `---` lines. It is asked of cards of a model repository: one with
    a Hub id, or with weights or a configuration beside the card. For a lone Markdown file it is only noted.

    ## Why it matters

    Licence, base model, languages and library are read from the front matter alone. Without it the model is
    in no search, in no family tree, and under no licence that a machine can see.

    ## Example

        # Acme 7B
        Acme 7B is licensed under Apache 2.0.

    ## What to do instead

        ---
        license: apache-2.0
        base_model: org/parent
        pipeline_tag: text-generation
        library_name: transformers
        ---
        # Acme 7B
    """

    id = "MC002"
    name = "missing-front-matter"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        yield Subject("front-matter", Span(card.identity.path, card.front_matter.first_line))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        card = evidence.card
        if card.front_matter.present:
            return clean("The card begins with a front matter.")
        help = "Begin the card with `---`, license, base_model, pipeline_tag, library_name, and `---`."
        try:
            files = [f.path for f in evidence.files()]
        except CannotTell:
            files = []
        model_files = [f for f in files if _MODEL_FILE.search(f)]
        if card.identity.repo_id or model_files:
            beside = f" The repository holds {model_files[0]}." if model_files else ""
            return fault(
                f"The card has no front matter; the Hub knows no licence and no base model.{beside}",
                help=help,
            )
        return fault(
            "This Markdown file has no front matter; as a card on the Hub it would need one.",
            help=help,
            severity="note",
        )
