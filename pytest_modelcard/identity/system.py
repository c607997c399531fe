"""The system prompt, removed: what is sent in its place, decided from the chat template's text, which is never run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..architecture.identity import BuiltIn, built_in_identities
from ..architecture.templates import Template, templates
from ..errors import CannotTell

if TYPE_CHECKING:
    from ..evidence import Evidence

#: Takes the place of a template's own prompt and names nobody. An empty one would not do: some templates take it for none.
NEUTRAL = "Answer the question."
_THOUGHT = re.compile(r"<think(?:ing)?>|\[THINK\]|<\|channel")
_SYSTEM = re.compile(r"system", re.IGNORECASE)
_SPEAKER = re.compile(r"(?:I am|I'm|My name|Eu sou|Meu nome|我)", re.IGNORECASE)
MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class System:
    """sent: the system message of every question, None for none. optional: nothing is known of the template, so that an
    endpoint which takes no system message is asked without. removed: no identity of the template is left."""

    sent: str | None
    why: str
    optional: bool = False
    removed: bool = True
    thinks: bool = False  #: the template has a mark for the model's thoughts
    template: tuple[BuiltIn, ...] = ()
    card: tuple[BuiltIn, ...] = ()  #: prompts that the card shows

    @property
    def prompts(self) -> tuple[BuiltIn, ...]:
        return (*self.template, *self.card)


def system_of(evidence: Evidence) -> System:
    """What is sent to this card's model."""
    shown = tuple(_shown(evidence))[:MAX_SHOWN]
    try:
        found = templates(evidence)
    except CannotTell:
        return System(
            NEUTRAL, "the repository's chat template is not known, and it may have a prompt", True, card=shown
        )
    if not found:
        return System(
            NEUTRAL,
            "the repository has no chat template, and the server's may have a prompt",
            True,
            card=shown,
        )
    thinks = any(_THOUGHT.search(template.text) for template in found)
    built_in = tuple(i for template in found for i in built_in_identities(template))[:MAX_SHOWN]
    if not built_in:
        return System(None, "the chat template has no identity of its own", thinks=thinks, card=shown)
    names = ", ".join(dict.fromkeys(i.name for i in built_in))[:100]
    if any(i.applied == "always" for i in built_in):
        why = (
            f"the chat template says {names} with any system message, which cannot be taken out from outside"
        )
        return System(NEUTRAL, why, removed=False, thinks=thinks, template=built_in, card=shown)
    return System(
        NEUTRAL,
        f"it takes the place of the chat template's own prompt, which says {names}",
        thinks=thinks,
        template=built_in,
        card=shown,
    )


def _shown(evidence: Evidence) -> list[BuiltIn]:
    """System prompts with a name in the card's code blocks."""
    card, found = evidence.card, []
    for block in card.code[:200]:
        text = block.text[:20_000]
        if _SYSTEM.search(text):
            template = Template(card.identity.path, text, block.span.line, one_line=False, is_prompt=True)
            found += [i for i in built_in_identities(template) if not _SPEAKER.match(i.quote)]
    return found
