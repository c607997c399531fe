"""MC601: the stated number of parameters is not what the weights hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.repository import architecture, count, estimate
from ...architecture.sizes import Size, printed_step, show_parameters, sizes_in_name
from ...card.names import title_name
from ...card.records import Card
from ...card.vocabulary import TOTAL_PARAMETERS
from ...errors import CannotTell, CardError
from ...model import Span
from ...weights.count import Count
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from .claims import also_at, of_a_family, own_claims, subjects_by_value

if TYPE_CHECKING:
    from ...evidence import Evidence

#: How far a number may lie from every reading of the count. Names round more freely than specifications.
TOLERANCE = 0.10
NAME_TOLERANCE = 0.15
#: A name may drop what follows its last digit ("2B" for 2.53B), but not more than this share.
MAX_CUT = 0.35
#: A mixture "8x7B" shares what is no expert: Mixtral's holds 0.83 of 56B, mixtures of small models less.
MIN_SHARED = 0.5

#: Names that carry the size of the model they were made for.
_NOT_ITS_OWN_SIZE = re.compile(
    r"(?<![a-z])(?:eagle\d?|medusa|draft|speculator|speculative|nextn|mtp|lora|qlora|adapter|sae|tiny|random|dummy|test"
    r"|debug|pruned|head|probe|mmproj|projector|encoder|embed\w*|tokenizer|control|steering)(?![a-z])",
    re.I,
)
HELP = (
    "State the total as counted (and what it leaves out, such as embeddings or the vision tower), "
    "or check that the right weights were uploaded."
)


def range_of(value: float, step: float, tolerance: float) -> tuple[float, float]:
    """What a printed number may honestly stand for: rounded either way, or cut after its last digit."""
    return value * (1 - tolerance), value + max(tolerance * value, min(step, MAX_CUT * value))


def name_range(size: Size) -> tuple[float, float]:
    """What a size in a name may honestly stand for."""
    low, high = range_of(size.value, size.step, NAME_TOLERANCE)
    if size.copies == 1:
        return low, high
    return max(low, size.copies * size.value * MIN_SHARED), size.copies * high


def counted(found: Count) -> str:
    """The count with its smaller readings, for messages."""
    text = f"{show_parameters(found.total)} parameters"
    parts = [
        f"{show_parameters(n)} of them {what}"
        for n, what in (
            (found.embeddings, "embeddings"),
            (found.side, "outside the language model"),
            (found.mtp, "for multi-token prediction"),
        )
        if n >= 0.01 * found.total
    ]
    return f"{text} ({', '.join(parts)})" if parts else text


class ParameterCount(Rule):
    """The number of parameters that the card or the model's name states is not what the weights hold.

    ## What it does

    Counts the elements of all tensors from the headers of the safetensors files (some kilobytes a file; no
    weights are read) and compares them with each total the card states and with the size in the model's
    name ("7B", "8x7B", "2b4"). People count with or without embeddings, vision tower and extra prediction
    heads, and round: only a number outside all these readings is a fault, by more than 10 %, in a name by
    more than 15 %. Packed and quantised weights are counted where their format is surely known.

    ## Why it matters

    Size decides what a model costs to run and which models it is compared with. A count that does not fit
    often means that other weights were uploaded than the card describes.

    ## Example

        # Acme-13B
        A language model with 13B parameters.

    while `model.safetensors` holds 6.7B.

    ## What to do instead

    State the counted total, and say what it leaves out; if the count surprises you, check the upload.
    """

    id = "MC601"
    name = "parameter-count"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        named = named_sizes(card)
        sizes = tuple(s for s in named[1] if not s.active)
        if sizes and not _NOT_ITS_OWN_SIZE.search(named[0]):
            yield Subject("name", named[2], data=(named[0], sizes))
        yield from subjects_by_value(own_claims(card, TOTAL_PARAMETERS), show_parameters)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        if subject.data is not None:
            _, sizes = subject.data
            text = " and ".join(s.text for s in sizes)
            said, ranges = f"The model's name says {text}", [name_range(s) for s in sizes]
        else:
            claim = subject.claims[0]
            value = claim.value or 0.0
            said = f"The card states {show_parameters(value)} parameters in all"
            ranges = [range_of(value, printed_step(claim.raw, value), TOLERANCE)]
        try:
            found = count(evidence)
        except (CannotTell, CardError) as reason:
            return _estimated(said, ranges, evidence, reason)
        if any(low <= found.total and found.smallest <= high for low, high in ranges):
            return clean(f"{said}; the weights hold {counted(found)}.")
        if _fits_active(found, ranges, evidence):
            return unknown(
                f"{said}; that fits the parameters used per token, not the {counted(found)} stored."
            )
        if subject.data is None and _fits_elsewhere(subject, evidence.card, found):
            return unknown(f"{said}, and other sizes, one of which fits the {counted(found)} stored.")
        if subject.claims and of_a_family(subject.claims):
            return unknown(f"{said}, in a sentence about several models; the weights hold {counted(found)}.")
        far = all(found.total < low / 1.7 or found.smallest > high * 1.7 for low, high in ranges)
        return fault(
            f"{said}; the headers of the safetensors files add up to {counted(found)}.",
            help=HELP,
            related=also_at(subject.claims),
            severity=None if far or subject.data is None else "warning",
        )


def named_sizes(card: Card) -> tuple[str, tuple[Size, ...], Span]:
    """The model's name, the sizes in it, and where the card shows it.

    The name is that of the repository; where this has no size, a short title of the card.
    """
    title = next((h for h in card.headings if h.level == 1), None)
    name = card.name if card.identity.repo_id else ""
    sizes = sizes_in_name(name)
    if not sizes and title is not None and len(title_name(title.text).split()) <= 6:
        name = title_name(title.text)
        sizes = sizes_in_name(name)
    shown = title is not None and any(s.text.lower() in title.text.lower() for s in sizes)
    span = title.span if title is not None and shown else Span(card.identity.path, 1)
    return name, sizes, span


def _fits_active(found: Count, ranges: list[tuple[float, float]], evidence: Evidence) -> bool:
    """Some names and sentences of mixtures give the parameters used per token."""
    try:
        per_token = architecture(evidence).experts_per_token
        active = found.active(per_token) if per_token else None
    except (CannotTell, CardError):
        return bool(found.routed)
    return active is not None and any(low <= active[1] and active[0] <= high for low, high in ranges)


def _fits_elsewhere(subject: Subject, card: Card, found: Count) -> bool:
    """A sentence may list the sizes of a family: where one of them fits, the others speak of other models."""
    if any(c.kind == "attribute" for c in subject.claims):
        return False
    for claim in own_claims(card, TOTAL_PARAMETERS):
        if claim.value and claim.value != subject.claims[0].value:
            low, high = range_of(claim.value, printed_step(claim.raw, claim.value), TOLERANCE)
            if low <= found.total and found.smallest <= high:
                return True
    return False


def _estimated(
    said: str, ranges: list[tuple[float, float]], evidence: Evidence, reason: CannotTell | CardError
) -> Verdict:
    """Where the headers cannot be had, sizes of files can confirm a number, but not refute it."""
    rough = estimate(evidence)
    if rough is None or not any(low <= rough <= high for low, high in ranges):
        raise reason
    return clean(
        f"{said}; going by the size of the weight files it is about {show_parameters(rough)} ({reason})."
    )
