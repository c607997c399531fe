"""MC102: entries of the front matter that have not the shape the Hub reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._entries import for_hub
from ._schema import Breach, breaches

if TYPE_CHECKING:
    from ...evidence import Evidence


class SchemaViolation(Rule):
    """## What it does
    Checks the front matter against `schemas/card-v1.json`: the type of every entry the Hub reads,
    language codes, data set ids, the structure of `model-index`, and keys with nothing behind them. What
    the Hub is known to refuse is an error; what only its documentation asks for otherwise is a warning;
    an empty entry that the Hub does not read is a note.

    ## Why it matters
    The Hub refuses a push with "Invalid metadata in README.md", often without saying which line it means,
    and a card that was published before the rule was tightened refuses every later change.

    ## Example
    ```yaml
    ---
    language: pt-BR
    license:
    datasets:
    - librispeech 960h
    ---
    ```

    ## What to do instead
    ISO 639 codes in `language` (BCP 47 tags go to `language_bcp47`), ids of the Hub in `datasets`, and no key
    without a value.
    """

    id = "MC102"
    name = "schema-violation"

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not for_hub(card):
            return
        front_matter = card.front_matter
        found = breaches("card-v1", dict(front_matter.data))
        empty = [p for p in front_matter.problems if p.code == "empty-value"]
        lost = [b.path for b in found if b.missing]
        known = {*(front_matter.span(*p) for p in lost), *(front_matter.key_spans.get(p) for p in lost)}
        top = Span(card.identity.path, front_matter.first_line)
        placed = [(front_matter.span(*b.path) or top, b) for b in found]
        alike: dict[str, int] = {}
        for span, breach in sorted(placed, key=lambda p: (p[0].line, p[0].column)):
            # a program that wrote the card leaves out the same entry of each result
            kind = re.sub(r"\[\d+\]", "", breach.message) if breach.severity == "warning" else ""
            alike[kind] = alike.get(kind, 0) + 1
            if not kind or alike[kind] == 1:
                yield Subject(slug(*(str(step) for step in breach.path)), span, data=breach)
        for problem in empty:
            if problem.span not in known:
                data = Breach((), problem.message, problem.help, "note")
                yield Subject(slug("empty", problem.quote), problem.span, data=data)
        if not found and not empty:
            yield Subject("front-matter", top)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        breach: Breach | None = subject.data
        if breach is None:
            return clean(f"{len(evidence.card.front_matter.data)} entries have the shape that the Hub reads")
        if breach.severity == "error":
            message = f'{breach.message}; the Hub refuses this ("Invalid metadata in README.md")'
        else:
            message = breach.message
        help = f"{breach.help}, or remove the entry" if breach.missing else breach.help
        if breach.path[:1] == ("language",) and isinstance(breach.value, str):
            help = _language_help(breach.value) or help
        return fault(message, help=help, severity=breach.severity)


def _language_help(value: str) -> str | None:
    """The code that was probably meant by a BCP 47 tag ("pt-BR") or a language's name ("english")."""
    known = value_list("languages").values
    first, mark, rest = value.replace("_", "-").partition("-")
    if mark and rest and first.lower() in known:
        return f"write `{first.lower()}` ({known[first.lower()]}), and `{value}` in `language_bcp47`"
    for code, name in known.items():
        if len(code) == 2 and str(name).casefold() == value.casefold():
            return f"write `{code}`"
    return None
