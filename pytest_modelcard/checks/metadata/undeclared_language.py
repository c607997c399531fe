"""MC115: languages that the text claims and the metadata do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ...card.vocabulary import LANGUAGES
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._entries import for_hub, stated, texts

if TYPE_CHECKING:
    from ...evidence import Evidence


class UndeclaredLanguage(Rule):
    """## What it does
    Compares the languages that a sentence or a table says the model supports with `language`.
    `multilingual` covers all. A declared language that the text does not mention is no fault.

    ## Why it matters
    People filter the Hub by language: what is not declared is not found, and what is claimed only in prose is
    checked by nobody.

    ## Example
    ```markdown
    ---
    language: en
    ---
    The model supports English and Portuguese.
    ```

    ## What to do instead
    `language: [en, pt]`.
    """

    id = "MC115"
    name = "undeclared-language"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not for_hub(card):
            return
        claims = [c for c in stated(card, LANGUAGES) if _codes(c)]
        in_table = any(c.kind == "attribute" for c in claims)
        for claim in claims:
            if claim.kind == "attribute" or not in_table:
                yield Subject(slug(claim.kind), claim.span, claims=(claim,), data=claim)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim: Claim = subject.data
        declared = texts(evidence.card.front_matter, "language")
        names = value_list("languages").values
        said = {str(names.get(code, code)): code for code in _codes(claim)}
        listed = ", ".join(said.values())
        if not declared:
            return fault(
                f"the card says that the model supports {', '.join(said)}, and declares no `language`",
                help=f"add `language: [{listed}]`",
                severity="note",
            )
        if any(e.value.lower() == "multilingual" for e in declared):
            return clean("`multilingual` is declared")
        have = {str(names.get(e.value.lower(), e.value)) for e in declared}
        missing = {name: code for name, code in said.items() if name not in have}
        if missing:
            return fault(
                f"the card says that the model supports {', '.join(missing)}; `language` declares "
                f"{', '.join(e.value for e in declared[:12])}",
                help=f"add {', '.join(missing.values())} to `language`, or correct the text",
                related=(Related(declared[0].span, "declared here"),),
                severity="note" if claim.kind == "prose" else None,
            )
        return clean(f"{', '.join(said)}: all declared")


def _codes(claim: Claim) -> list[str]:
    return [code.strip() for code in (claim.text or "").split(",") if code.strip()]
