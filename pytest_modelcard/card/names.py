"""Whose name is it: this card's model, its declared base, or another's?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import CardIdentity, Role
from .records import FrontMatter, Heading


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names a card itself gives away: its own (repository id, title) and its declared bases' ids."""

    own: tuple[str, ...]
    bases: tuple[str, ...]

    @classmethod
    def of(cls, identity: CardIdentity, front_matter: FrontMatter, headings: Sequence[Heading]) -> KnownNames:
        own = [identity.repo_id] if identity.repo_id else []
        own += [h.text for h in headings[:1]]
        declared = front_matter.data.get("base_model")
        bases = [declared] if isinstance(declared, str) else declared if isinstance(declared, list) else []
        return cls(tuple(own), tuple(b for b in bases if isinstance(b, str)))

    def role(self, printed: str) -> Role:
        """The role of a model name as printed in a table's header or a sentence."""
        raise NotImplementedError
