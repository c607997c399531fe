"""MC607: the chat template tells the model who it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.identity import BuiltIn, built_in_identities
from ...architecture.repository import architecture
from ...architecture.templates import templates
from ...card.names import NO_NAME, name_words, tokens
from ...card.records import Card
from ...card.vocabulary import PARENT
from ...errors import CannotTell, CardError
from ...model import Related, Span
from ..base import Rule, Subject, Verdict, clean, fault
from .claims import known_names

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Relations to a base that leave its behaviour, and so its identity, as it was.
_SAME_MODEL = frozenset({"quantized", "adapter"})


class IdentityInChatTemplate(Rule):
    """The chat template has a built-in system prompt that tells the model who it is.

    ## What it does

    Reads the repository's chat templates (`chat_template.jinja`, `tokenizer_config.json` and others; as
    text, nothing is rendered) for words such as "You are Rio". Warns where a model derived from others gets
    the card's own name this way; a note where the template names somebody else, such as the base model.
    Says whether the words apply when the user gives no system message.

    ## Why it matters

    A model asked for its name then repeats the prompt, whatever its weights learned. With the prompt removed,
    a renamed model answers with the name of the model it was made from.

    ## Example

        {%- if messages[0].role != 'system' %}{{ 'You are Rio, created by IplanRio.' }}{% endif %}

    in the `chat_template.jinja` of a model that is derived from another one.

    ## What to do instead

    Leave identity out of the template, or say in the card that it comes from a system prompt; test the
    answers with an empty system message.
    """

    id = "MC607"
    name = "identity-in-chat-template"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        yield Subject("chat-template", Span(card.identity.path, 1), quote=card.name)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = templates(evidence)
        if not found:
            return clean("The repository has no chat template.")
        identities = [i for template in found for i in built_in_identities(template)]
        if not identities:
            return clean("The chat template's own words give the model no identity.")
        card = evidence.card
        known = known_names(card)
        made_from = (*known.bases, *(p for p in _parents(card) if known.role(p) == "other"))
        own, parents = frozenset(name_words(known.own)), frozenset(name_words(made_from))
        derived = bool(parents) and not _same_model(card, evidence)
        worst = max(identities, key=lambda i: _weight(i, own, parents))
        related = tuple(
            Related(i.template.span(i.offset), f"names {i.name}, applied {i.applied}", i.quote)
            for i in identities[:4]
            if i is not worst
        )
        span = worst.template.span(worst.offset)
        said = f'{span.path} builds in "{worst.quote}", applied {worst.applied}.'
        if _first(worst) in own and (not derived or _first(worst) in parents):
            return clean(f"{said} That is the card's own name.", related=related)
        if worst.quote[:40].casefold() in " ".join(card.text.split()).casefold():
            return clean(f"{said} The card says so, too.", related=related)
        if not own:
            raise CannotTell(f"{said} The card gives no name to compare it with")
        if _first(worst) in own:
            return fault(
                f"{said} The model is derived from {', '.join(made_from[:3])}: "
                f"that it calls itself {worst.name} may come from this prompt alone, not from its weights.",
                help="Ask the model for its name with an empty system message (--modelcard-identity does); say in the card where its "
                "identity comes from, or leave it out of the template.",
                span=span,
                quote=worst.quote,
                related=related,
            )
        whose = (
            "a model it is made from" if _first(worst) in parents else "another model than the card describes"
        )
        return fault(
            f"{said} {worst.name} is {whose}.",
            help=f"If the template was taken over, replace the prompt, or say that it names {worst.name}.",
            span=span,
            quote=worst.quote,
            related=related,
            severity="note",
        )


def _first(identity: BuiltIn) -> str:
    """The word of an identity that tells it from others: "Rio 3.5 Open" -> "rio"."""
    return next((t for t in tokens(identity.name) if t not in NO_NAME), "")


def _weight(identity: BuiltIn, own: frozenset[str], parents: frozenset[str]) -> int:
    """An own name that is no parent's weighs most; then strangers; then what both share."""
    word = _first(identity)
    if word in own:
        return 0 if word in parents else 3
    return 1 if word in parents else 2


def _parents(card: Card) -> tuple[str, ...]:
    return tuple(c.model for c in card.named("prose", PARENT) if c.model)


def _same_model(card: Card, evidence: Evidence) -> bool:
    """Whether this is the base itself in another format."""
    relation = card.front_matter.data.get("base_model_relation")
    if isinstance(relation, str) and relation in _SAME_MODEL:
        return True
    try:
        return architecture(evidence).quantization is not None
    except (CannotTell, CardError):
        return False
