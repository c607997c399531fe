"""Which models a candidate is compared with, and in what order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..card import vocabulary
from ..card.records import Card
from ..errors import CardError
from ..evidence import Evidence
from ..source.ids import is_repo_id

Origin = Literal["declared", "named", "suspect", "index", "found"]
#: A base has thousands of descendants; the most used ones are looked at.
MAX_FOUND = 100


@dataclass(frozen=True, slots=True)
class Suspect:
    """A model to compare with, and why: declared, named in the card, given by the user, near in the user's index, or
    found on the Hub.
    """

    id: str
    origin: Origin


def declared_bases(card: Card) -> tuple[str, ...]:
    """The repository ids of `base_model`, in order."""
    value = card.front_matter.data.get("base_model")
    listed = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(v for v in listed if isinstance(v, str) and is_repo_id(v)))


def known_suspects(evidence: Evidence) -> tuple[Suspect, ...]:
    """Declared bases first, then the user's suspects, then models the card's prose names by id."""
    card = evidence.card
    own = (card.identity.repo_id or "").lower()
    made = [Suspect(id, "declared") for id in declared_bases(card)]
    made += [Suspect(id, "suspect") for id in evidence.options.suspects]
    named = card.named("prose", vocabulary.PARENT, vocabulary.MENTION)
    made += [Suspect(c.model, "named") for c in named if c.model and is_repo_id(c.model) and "/" in c.model]
    seen = {own}
    kept = []
    for suspect in made:
        if suspect.id.lower() not in seen:
            seen.add(suspect.id.lower())
            kept.append(suspect)
    return tuple(kept)


def found_suspects(evidence: Evidence, known: tuple[Suspect, ...], notes: list[str]) -> Iterator[Suspect]:
    """Descendants of the declared bases, and of their bases, that are not known yet; most used first.

    What the Hub would not tell is added to `notes`.
    """
    if not evidence.options.auto:
        return
    seen = {s.id.lower() for s in known} | {(evidence.card.identity.repo_id or "").lower()}
    roots = [s.id for s in known if s.origin == "declared"]
    roots += [base for root in roots for base in _bases_of(evidence, root)]
    left = MAX_FOUND
    for root in dict.fromkeys(roots):
        if root.lower() not in seen:
            seen.add(root.lower())
            yield Suspect(root, "found")
        try:
            listed = evidence.catalog.descendants(root)
        except CardError as error:
            notes.append(str(error))
            continue
        for one in listed:
            if one.id.lower() in seen or one.relation in ("quantized", "adapter"):
                continue
            seen.add(one.id.lower())
            left -= 1
            if left < 0:
                notes.append(f"only the {MAX_FOUND} most used descendants were looked at")
                return
            yield Suspect(one.id, "found")


def _bases_of(evidence: Evidence, repo_id: str) -> tuple[str, ...]:
    try:
        return declared_bases(evidence.other(repo_id).card)
    except CardError:
        return ()
