"""MC113: a licence that the parent's licence does not allow, or allows only with a notice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import license_kind
from ...errors import CannotTell, CardError
from ...model import Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._entries import base_models, claims_at, id_trouble, texts
from ._parents import DERIVING, means_one_of, named_parents

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_NAMED = 20
#: Kinds that allow commercial use and leave those who build on the model free to choose their terms.
_FREE = frozenset(("permissive", "public-domain", "weak-copyleft", "copyleft"))
#: Kinds whose terms have to travel with every derived model.
_STICKY = {
    "community": "the maker's own terms, which are to be passed on with every derived model",
    "use-restricted": "listed restrictions of use, which are to be passed on with every derived model",
    "copyleft": "that derived works stay under it",
}
_NOTICE_FILE = re.compile(
    r"(?:.*/)?(?:notice|third[-_ ]?party|licen[cs]es?[-_./].*apache|apache.*licen[cs]e)", re.IGNORECASE
)
_APACHE = re.compile(r"\bapache\b", re.IGNORECASE)
_NONCOMMERCIAL_NAME = re.compile(
    r"non-?commercial|(^|[-_ ])nc([-_ ]|$)|research-only|research-license", re.IGNORECASE
)


class LicenseConflictsWithParent(Rule):
    """## What it does
    Reads the cards of the declared base models, and of the parents that the text names by id, and
    compares their licences with this one's. Commercial use opened up over a parent that forbids it, and
    any derivative of a parent that forbids derivatives, is an error. A permissive licence over a parent's
    own terms (Llama, Gemma, OpenRAIL, `other`, copyleft) is a warning, as is another licence over
    Apache-2.0 parents where neither the card nor a file carries their notice. A parent whose card or
    licence cannot be read is left alone.

    ## Why it matters
    Nobody can give more rights than they were given. Apache-2.0 allows almost everything, but its section
    4 asks to pass on its text, the copyright lines and the NOTICE file, and to say what was changed: a
    bare `license: mit` drops all of this.

    ## Example
    ```yaml
    license: mit
    base_model: acme/a-7b   # whose card says: license: cc-by-nc-4.0
    ```

    ## What to do instead
    Take the parent's licence over, or one that its terms allow, and keep its notices: a LICENSE and
    NOTICE file beside the weights, and a line in the card.
    """

    id = "MC113"
    name = "license-conflicts-with-parent"
    needs = frozenset(("hub", "files"))

    def subjects(self, card: Card) -> Iterable[Subject]:
        licenses = texts(card.front_matter, "license")
        if not licenses:
            return
        span = licenses[0].span
        declared = base_models(card)
        for entry in declared:
            if id_trouble(entry.value) is None:
                claims = claims_at(card, *licenses, entry)
                yield Subject(slug(entry.value), span, claims=claims, data=(entry.value, entry.span))
        # parents that only the text names have a licence as well
        ids = [e.value for e in declared]
        named = [p for p in named_parents(card) if p.relation in DERIVING and p.is_id and not p.in_code]
        for parent in named[:MAX_NAMED]:
            if not means_one_of(parent.printed, ids):
                ids.append(parent.printed)
                claims = (*claims_at(card, *licenses), parent.claim)
                yield Subject(slug(parent.printed), span, claims=claims, data=(parent.printed, parent.span))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        base: str
        base, place = subject.data
        own = [e.value.lower() for e in texts(evidence.card.front_matter, "license")]
        try:
            card = evidence.other(base).card
        except (CardError, CannotTell) as error:
            return unknown(f"the licence of {base} could not be read: {error}")
        theirs = texts(card.front_matter, "license")
        if not theirs:
            return unknown(f"the card of {base} declares no licence")
        if {e.value.lower() for e in theirs} & set(own):
            return clean(f"{base} is under {theirs[0].value}, too")
        related = (Related(place, f"base model {base}: license {', '.join(e.value for e in theirs)}"),)
        verdicts = [_compare(own, e.value.lower(), base, card, evidence, related) for e in theirs]
        # with several licences the user may choose: the mildest verdict counts
        return min(verdicts, key=_weight)


def _weight(verdict: Verdict) -> int:
    if verdict.state != "fault":
        return 0 if verdict.state == "clean" else 1
    return 2 if verdict.severity == "warning" else 3


def _compare(
    own: list[str], theirs: str, base: str, card: Card, evidence: Evidence, related: tuple[Related, ...]
) -> Verdict:
    mine = ", ".join(own)
    kinds = {license_kind(id) for id in own}
    kind = license_kind(theirs)
    custom = next((e.value for e in texts(card.front_matter, "license_name")), "")
    if kinds == {"unknown"}:
        return unknown(f"`license: {mine}` does not say what is allowed; {base} is under {theirs}")
    if kind == "noncommercial" and kinds & (_FREE | {"use-restricted", "community"}):
        return fault(
            f"`license: {mine}` allows commercial use; the base model {base} is under {theirs}, which "
            "does not",
            help=f"use {theirs} as well, or ask the makers of {base} for a licence",
            related=related,
        )
    if kind == "no-derivatives":
        return fault(
            f"the base model {base} is under {theirs}, which allows no derived models to be shared",
            help=f"ask the makers of {base} for a licence",
            related=related,
        )
    if theirs == "other" and kinds & {"permissive", "public-domain"}:
        named = f"other ({custom})" if custom else "other"
        limited = (
            " Its name says that commercial use is excluded." if _NONCOMMERCIAL_NAME.search(custom) else ""
        )
        return fault(
            f"`license: {mine}` stands over {base}, which has a licence of its own: {named}.{limited} "
            "Such a licence is seldom given up by deriving a model",
            help=f"read the licence of {base}; where it must be passed on, use `other`, its name and link",
            related=related,
            severity="warning",
        )
    if kind in _STICKY and kinds & {"permissive", "public-domain"}:
        return fault(
            f"`license: {mine}` stands over {base}, which is under {theirs}: that licence asks for "
            f"{_STICKY[kind]}",
            help=f"use {theirs}, or show where its terms allow {mine}",
            related=related,
            severity="warning",
        )
    if theirs == "apache-2.0" and kinds & (_FREE | {"use-restricted", "community", "noncommercial"}):
        return _notice(mine, base, evidence, related)
    if kind == "unknown":
        return unknown(f"{base} is under `{theirs}`, of which is not known what it asks")
    if kind in ("permissive", "public-domain", "weak-copyleft"):
        return clean(f"{theirs} of {base} lets derived models be under {mine}, with its notices kept")
    return unknown(f"whether {theirs} of {base} allows {mine} has to be read in its text")


def _notice(mine: str, base: str, evidence: Evidence, related: tuple[Related, ...]) -> Verdict:
    """Another licence over an Apache-2.0 parent: is its notice kept?"""
    lines = evidence.card.lines[evidence.card.front_matter.last_line :]
    if any(_APACHE.search(line) for line in lines):
        return clean(f"{base} is under apache-2.0, and the card speaks of it")
    try:
        if any(_NOTICE_FILE.match(f.path) for f in evidence.files()):
            return clean(f"{base} is under apache-2.0, and a notice file is there")
        looked = "neither the card nor a notice among the repository's files speaks of it"
    except CannotTell:
        looked = "the card does not speak of it"
    return fault(
        f"`license: {mine}` stands over {base}, which is under apache-2.0; {looked}. Apache-2.0 "
        "allows another licence "
        "for one's own changes, but section 4 asks to pass on its text, its copyright lines and "
        "NOTICE, and to state "
        "the changes",
        help="keep `apache-2.0`, or add its text and NOTICE and say in the card which part is under it",
        related=related,
        severity="warning",
    )
