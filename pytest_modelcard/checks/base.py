"""What a rule is: which parts of a card it speaks of, and its verdict on one of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..card.records import Card
from ..card.slugs import slug as slug
from ..model import Claim, Related, Severity, Span

if TYPE_CHECKING:
    from ..evidence import Evidence

#: What a rule reads beside the card's own text.
Need = Literal["files", "hub", "weights", "runs"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What one verdict is about. `MCxxx[key]` is unique within a card and stable over edits elsewhere."""

    key: str
    span: Span
    quote: str = ""  #: filled by the engine from the card's line when left empty
    claims: tuple[Claim, ...] = ()
    data: Any = None  #: anything the rule wants to carry from `subjects` to `run`


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found. Build it with `clean`, `fault` or `unknown`."""

    state: Literal["clean", "fault", "unknown"]
    message: str
    help: str = ""
    span: Span | None = None  #: a better place than the subject's
    quote: str = ""
    related: tuple[Related, ...] = ()
    severity: Severity | None = None  #: milder (never harsher) than the rule's own, for this one verdict


def clean(message: str, *, related: tuple[Related, ...] = ()) -> Verdict:
    """The claim holds; `message` says what was compared."""
    return Verdict("clean", message, related=related)


def fault(
    message: str,
    *,
    help: str,
    span: Span | None = None,
    quote: str = "",
    related: tuple[Related, ...] = (),
    severity: Severity | None = None,
) -> Verdict:
    """The claim does not hold; `message` gives the numbers compared, `help` what to do."""
    return Verdict("fault", message, help, span, quote, related, severity)


def unknown(message: str, *, help: str = "") -> Verdict:
    """Cannot tell; `message` says what is missing."""
    return Verdict("unknown", message, help)


class Rule(ABC):
    """One check. Its docstring is its documentation page, in four parts with these headings:
    `## What it does`, `## Why it matters`, `## Example`, `## What to do instead`.
    """

    id: ClassVar[str]
    name: ClassVar[str]  #: named by the fault, kebab case
    severity: ClassVar[Severity] = "error"
    needs: ClassVar[frozenset[Need]] = frozenset()
    #: profiles that run it; rules of "default" also run in all others
    profiles: ClassVar[tuple[str, ...]] = ("default",)

    @abstractmethod
    def subjects(self, card: Card) -> Iterable[Subject]:
        """What of this card the rule speaks of: from the parsed card alone, nothing else is read."""

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        """The subjects of a run. Rules whose subjects depend on what the user asked for give them here."""
        return self.subjects(evidence.card)

    @abstractmethod
    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        """The verdict on one subject. May raise CannotTell; any other exception is a bug of ours."""
