"""MC211: "surpasses its base" against the rows where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card import vocabulary
from ...card.records import Card
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._gains import Match, known_in, listed, matches, named_in, noise

if TYPE_CHECKING:
    from ...evidence import Evidence

_ALL = re.compile(
    r"(?<![a-z])(?:all|every|each|across the board|consistently|uniformly|everywhere|without exception)"
    r"(?![a-z])|所有|全部|全面|各项|todos|todas",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?<![a-z])(?:most(?:ly)?|many|several|some|majority|on average|overall|generally|often|largely"
    r"|nearly all|almost all|comparable|on par|except|trade-?offs?"
    r"|at (?:a|the|some) (?:\w+ )?(?:cost|expense|price)"
    r"|slight(?:ly)? (?:below|behind|lower|worse|loss(?:es)?))(?![a-z])|大多数|多数|部分|平均|maioria",
    re.IGNORECASE,
)
#: "... outperforms its base on coding": which rows belong to the field cannot be told.
_FIELD = re.compile(
    r"(?:surpass|outperform|improv|exceed|beat|better|gain|advanc)\w{0,4}(?![a-z])[^.;:—\n]{0,80}?"
    r"\b(?:on|in|at|for)\s(?:[\w-]{1,20}\s){0,3}?(?:math\w*|coding|code|programming|reasoning|instruction"
    r"|tools?|function|agent\w*|multilingual|knowledge|long[- ]context|safety|writing|chat|dialogue"
    r"|conversation\w*|translation|retrieval|science|stem|domain|portuguese|brazilian|spanish|french|german"
    r"|italian|chinese|japanese|korean|arabic|hindi|medical|legal|financ\w*|vision|visual|document|ocr"
    r"|speech|video|tasks? such as|benchmarks? such as|selected|certain|specific)(?![a-z])",
    re.IGNORECASE,
)


class SurpassesBaseContradicted(Rule):
    """A sentence says that the model surpasses its base; rows of the card say that it does not.

    ## What it does
    Counts, over every benchmark for which the card prints both scores, where this model is better than its
    base, equal and worse. Where the sentence names benchmarks, only those count. Some worse rows make a
    warning; most rows worse, or a sentence that says "all", an error. Where the sentence says "significant",
    it is also told how many of the gains are inside the sampling noise of their benchmark.

    ## Why it matters
    The sentence is quoted, the rows are not read.

    ## Example
    ```
    Acme 7B surpasses its base model by significant margins.

    | Benchmark | Base | Acme 7B |
    |-----------|------|---------|
    | GSM8K     | 70.1 | 74.3    |
    | MMLU      | 65.0 | 63.8    |
    ```

    ## What to do instead
    Say where it is better and where it is not: "better than its base on 18 of 22 benchmarks, worse on 3".
    """

    id = "MC211"
    name = "surpasses-base-contradicted"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for claim in card.named("prose", vocabulary.SURPASSES_BASE):
            yield Subject(slug("surpasses-base", claim.text), claim.span, claims=(claim,))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        claim = subject.claims[0]
        found = matches(evidence.card, evidence.registry)
        named = named_in(claim.raw, (m.row for m in found), evidence.registry)
        if not found:
            return unknown("The card prints no benchmark with scores of both this model and its base.")
        if not named and known_in(claim.raw, evidence.registry):
            return unknown("The tables do not have the benchmark that the sentence names for both models.")
        found = [m for m in found if m.row.benchmark in named] or found
        worse = sorted((m for m in found if m.gain < 0), key=lambda m: m.gain)
        same = [m for m in found if m.gain == 0]
        ahead = [m for m in found if m.gain > 0]
        counted = f"The model is better than its base on {len(ahead)} of {len(found)} benchmarks"
        weak = _noisy(ahead, evidence) if claim.text == "significant" else ""
        if not worse and not same:
            return clean(f"{counted}, on the others none is worse.{weak}")
        if not worse:
            return fault(
                f"{counted}; unchanged: {listed(same)}.{weak}",
                help="Say on how many benchmarks the model is better, and where it is not.",
                related=tuple(m.related() for m in same),
                severity="note",
            )
        field = _FIELD.search(claim.raw)
        if field is not None and not named and not _ALL.search(claim.raw):
            return unknown(
                f'{counted}; the sentence speaks of a field ("{field[0][-60:].strip()}"), '
                "and which rows belong to it cannot be told."
            )
        said = f"{counted}; worse: {listed(worse)}"
        said += f"; unchanged: {listed(same)}." if same else "."
        hard = len(worse) * 2 > len(found) or (_ALL.search(claim.raw) and not _HEDGE.search(claim.raw))
        hedged = _HEDGE.search(claim.raw) is not None and len(worse) * 2 <= len(found)
        return fault(
            said + weak,
            help="Say on how many benchmarks the model is better, and name those where it is not.",
            related=tuple(m.related() for m in (*worse, *same)),
            severity="note" if hedged else None if hard else "warning",
        )


def _noisy(ahead: list[Match], evidence: Evidence) -> str:
    known = [(m, n) for m in ahead if (n := noise(m, evidence.registry)) is not None]
    inside = [m for m, (low, _, _) in known if low <= 0]
    if not inside:
        return ""
    names = ", ".join(m.row.label for m in inside[:12])
    known_size = f"{len(inside)} of the {len(known)} gains on benchmarks of known size"
    return f" {known_size} are inside sampling noise: {names}."
