"""Whether a name that a model gives fits an undeclared parent: what speaks for it, and what against.

A name alone proves no descent. Models learn names from the web and from the answers of other models that they are
trained on: honest ones call themselves ChatGPT or Qwen. Only where something else points the same way is the name more
than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..card.names import name_words
from ..errors import CannotTell, CardError
from ..lineage.suspects import declared_bases
from .families import Family, families

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..weights.records import Lineage
    from .record import Share

#: Descendants of a declared model that names are held against: the most used ones.
MAX_DESCENDANTS = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """points_to: what else points to such a parent, "" for nothing. sure: the weights say it themselves. excluded: why it
    is none. open: what could not be looked at."""

    points_to: str = ""
    sure: bool = False
    excluded: str = ""
    open: str = ""
    architecture: bool = False  #: nothing but the kind of network points to it


def fit(evidence: Evidence, share: Share) -> Fit:
    """What else than the answers speaks for a parent of this name."""
    family = share.name.family if share.name else None
    weights = _weights(evidence)
    if weights is not None:
        for parent in weights.parents:
            if not parent.declared and _is_named(share, parent.id):
                return Fit(f"the weights come from {parent.id}, too ({weights.sentence})", sure=True)
        if weights.declared_complete and weights.verdict != "cannot-tell":
            return Fit(excluded="its weights come from the declared models alone")
    if family is not None and family.closed:
        return Fit(excluded=f"no weights of {family.maker} are published that a model could be made from")
    if family is not None and family.published and (own := _model_type(evidence)) not in family.published:
        only = ", ".join(sorted(family.published))
        return Fit(
            excluded=f"the weights that {family.maker} has published are of other kinds of network ({only}; this one: "
            f"{own or 'not known'})"
        )
    missing: list[str] = []
    others = frozenset(weights.candidates if weights is not None and weights.verdict != "cannot-tell" else ())
    for found in (*_suspected(evidence, share, others), *_architecture(evidence, family)):
        if found.points_to:
            return found
        missing += [found.open] if found.open else []
    if family is None or not family.spread:
        for found in (*_line(evidence, family), *_descendants(evidence, share, others)):
            if found.points_to:
                return found
            missing += [found.open] if found.open else []
    return Fit(open="; ".join(dict.fromkeys(missing)))


def _is_named(share: Share, id: str) -> bool:
    if share.name is not None and share.name.family is not None:
        return share.name.pattern.search(id) is not None or share.name.family.named_in(id.title())
    words = name_words([share.label])
    org, _, name = id.rpartition("/")
    return bool(words) and words[0] in (*name_words([name]), *name_words([org]))


def _weights(evidence: Evidence) -> Lineage | None:
    """The verdict from weights, where one is to be had; the checks of lineage ask for the same one."""
    if not evidence.options.weights:
        return None
    from ..lineage.find import find_lineage

    try:
        return find_lineage(evidence).lineage
    except (CannotTell, CardError):
        return None


def _suspected(evidence: Evidence, share: Share, others: frozenset[str]) -> Iterator[Fit]:
    """Models that the user suspects, of the same kind of network. others: those whose weights show them to be none."""
    for id in evidence.options.suspects:
        if id in others or not _is_named(share, id):
            continue
        own, other = _model_type(evidence), _type_of(evidence, id)
        if own is None or other is None:
            yield Fit(open=f"whether {id}, which is suspected, has the same kind of network")
        elif own == other:
            yield Fit(f"{id}, which is suspected, has the same kind of network ({own})")


def _architecture(evidence: Evidence, family: Family | None) -> Iterator[Fit]:
    """A kind of network that hardly anybody but this family uses, where no model of it is declared."""
    if family is None or not family.model_types:
        return
    own = _model_type(evidence)
    if own is None:
        yield Fit(open="the model's config.json, which would tell its kind of network")
    elif own in family.model_types:
        yield Fit(f"its kind of network ({own}) is that of {family.name}", architecture=True)


def _line(evidence: Evidence, family: Family | None) -> Iterator[Fit]:
    """A family whose releases were made from the declared model's family."""
    if family is None:
        return
    for id in declared_bases(evidence.card):
        for base in families():
            if base.id in family.made_from and base.named_in(id):
                yield Fit(f"models of {family.name} are made from {base.name}, as this one is ({id})")
                return


def _descendants(evidence: Evidence, share: Share, others: frozenset[str]) -> Iterator[Fit]:
    """Other models made from the same declared one, as the Hub lists them."""
    left_out = {(evidence.source.repo_id or "").lower(), *(id.lower() for id in others)}
    for id in declared_bases(evidence.card):
        try:
            listed = evidence.catalog.descendants(id)
        except CardError as error:
            yield Fit(open=f"other models made from {id}: {error}")
            continue
        for one in listed[:MAX_DESCENDANTS]:
            if (
                one.id.lower() not in left_out
                and one.relation not in ("quantized", "adapter")
                and _is_named(share, one.id)
            ):
                yield Fit(f"{one.id} is made from the same {id}")
                return


def _model_type(evidence: Evidence) -> str | None:
    try:
        config = evidence.json("config.json")
    except (CannotTell, CardError):
        return None
    found = config.get("model_type") if isinstance(config, dict) else None
    return found if isinstance(found, str) else None


def _type_of(evidence: Evidence, id: str) -> str | None:
    try:
        return _model_type(evidence.other(id))
    except CardError:
        return None
