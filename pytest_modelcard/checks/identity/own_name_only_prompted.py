"""MC502: the model gives the name that the card claims only where a system prompt tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.vocabulary import IDENTITY
from ...errors import CannotTell
from ...model import Related, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import NOISE, counts, how, identity_subject, probe, quoted

if TYPE_CHECKING:
    from ...evidence import Evidence
    from ...identity.record import Probe

#: Above this share, "never" would be too much said: the upper end of the interval.
NEVER = 0.10


class OwnNameOnlyPrompted(Rule):
    """The model's name comes from a system prompt alone: without it, the model never gives it.

    ## What it does
    With `--modelcard-identity`, counts how often the model gives the name that the card claims, with the system prompts
    of the chat template and of the card taken out. Warns where it never does although such a prompt, or a sentence of
    the card, says that this is its name.

    ## Why it matters
    A model trained under its name gives it without being told. One that does not may be another model under a new
    name; MC501 says which name it gives instead.

    ## Example
    ```
    {%- if messages[0].role != 'system' %}{{ 'You are Rio, created by IplanRio.' }}{% endif %}
    # with any other system message, none of 120 answers says Rio
    ```

    ## What to do instead
    Say in the card that the identity comes from a system prompt, and what the model says without.
    """

    id = "MC502"
    name = "own-name-only-prompted"
    severity = "warning"
    needs = frozenset({"files", "runs"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return ()

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        return identity_subject(evidence, Span(evidence.card.identity.path, 1))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = probe(evidence)
        own = found.own
        if own is None or own.name is None:
            raise CannotTell("the card gives its model no name that could be looked for in answers")
        said = f"Without its system prompt the model calls itself {own.label} in {counts(own)}."
        if own.low >= NOISE:
            return clean(f"{said} {how(found)}")
        if not found.system.removed:
            raise CannotTell(f"{said} It was not asked without a prompt: {found.system.why}")
        if own.high > NEVER:
            return unknown(f"{said} That is neither often nor never. {how(found)}")
        prompts = [p for p in found.system.prompts if own.name.pattern.search(p.quote)]
        claims = [
            c for c in evidence.card.named("prose", IDENTITY) if c.text and own.name.pattern.search(c.text)
        ]
        instead, undeclared = _instead(found)
        if prompts:
            first = prompts[0]
            span = first.template.span(first.offset)
            return fault(
                f'{said} {span.path} has it told by "{first.quote}": the name comes from this prompt alone.{instead} {how(found)}',
                help="Say in the card that the identity comes from a system prompt, and which model answers below it.",
                related=(Related(span, f"names {first.name}, applied {first.applied}", first.quote),),
            )
        if claims:
            return fault(
                f"{said} The card says that this is its name.{instead} {how(found)}",
                help="Say in the card how the model comes by its name.",
                span=claims[0].span,
            )
        if instead and not undeclared:
            return clean(
                f"{said} The card says nothing else of what the model calls itself.{instead} {how(found)}"
            )
        return unknown(f"{said}{instead or ' It gives no other known name, either.'} {how(found)}")


def _instead(found: Probe) -> tuple[str, bool]:
    """The name that is given most in place of the own one, and whether it is an undeclared one (see MC501)."""
    for share in found.shares:
        if share.name is not None and share.name.kind != "own" and share.low >= NOISE:
            declared = {"declared": ", a declared model's name", "told": ", which the card speaks of"}.get(
                share.name.kind, ""
            )
            said = f" Instead it says {share.label} in {counts(share)}{declared}: {quoted(share, 2)}."
            return said, share.name.kind == "undeclared"
    return "", False
