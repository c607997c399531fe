"""MC606: the stated data type is not that of the stored tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.repository import CONFIG, architecture, checkpoint
from ...card.records import Card
from ...card.vocabulary import DTYPE
from ...errors import CannotTell, CardError
from ...model import Span
from ...weights.header import DTYPE_BITS
from ..base import Rule, Subject, Verdict, clean, fault, slug
from .claims import own_claims

if TYPE_CHECKING:
    from ...evidence import Evidence

_NAMES = (
    (re.compile(r"\b(?:bf-?16|bfloat-?16)\b", re.I), frozenset({"BF16"})),
    (re.compile(r"\b(?:fp-?16|float-?16|f16)\b", re.I), frozenset({"F16"})),
    (re.compile(r"\b(?:fp-?32|float-?32|f32)\b", re.I), frozenset({"F32"})),
    (
        re.compile(r"\b(?:fp-?8|float-?8|f8|e4m3|e5m2)(?:_\w+)?\b", re.I),
        frozenset({d for d in DTYPE_BITS if d.startswith("F8")}),
    ),
)
#: Words about how a model was trained or is to be run, which is not how it is stored.
_OTHER_USE = re.compile(
    r"train|mixed|optimi[sz]er|inference|activation|comput|\bkv\b|cache|load|runtime|treino|训练|推理|master",
    re.I,
)
#: The tensors of the main type hold at least this share of the bytes; below it a model is mixed.
MAIN_SHARE = 0.8


class DtypeMismatch(Rule):
    """The data type that the card states is not the one its tensors are stored in.

    ## What it does

    Compares a stated data type (BF16, FP16, FP32, FP8) with the type in which at least 80 % of the bytes
    are stored, read from the headers of the safetensors files. Words about training or inference precision
    are left alone. A difference between `config.json` and the tensors is only a note: loaders convert.

    ## Why it matters

    The type decides memory and speed, and a conversion between FP16 and BF16 changes the numbers.

    ## Example

        | Tensor type | BF16 |

    while the tensors are stored as F32.

    ## What to do instead

    State the stored type, or upload the weights in the stated one.
    """

    id = "MC606"
    name = "dtype-mismatch"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        for claim in own_claims(card, DTYPE):
            text = claim.text or claim.raw
            if len(_types(text)) == 1 and not _OTHER_USE.search(
                f"{claim.raw} {card.line(claim.span.line)[:500]}"
            ):
                yield Subject(slug(text[:40]), claim.span, claims=(claim,))
        yield Subject("config", Span(card.identity.path, 1), quote="torch_dtype of config.json")

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        if not subject.claims:
            return _config_dtype(evidence)
        claim = subject.claims[0]
        text = (claim.text or claim.raw)[:60]
        stated = _types(text)[0]
        main, share = main_type(evidence)
        if share < MAIN_SHARE:
            raise CannotTell(
                f"the tensors are of several types; the largest, {main}, holds {share:.0%} of the bytes"
            )
        message = f'The card says "{text}"; {share:.0%} of the bytes are stored as {main}.'
        if main in stated:
            return clean(message)
        if main not in ("BF16", "F16", "F32", "F64") or _quantised(evidence):
            raise CannotTell(f"{message} The weights are quantised: the card may mean the type before that")
        return fault(
            message,
            help="State the stored type, or upload the weights in the stated one.",
            severity=None if claim.kind == "attribute" else "note",
        )


def _config_dtype(evidence: Evidence) -> Verdict:
    """Loaders convert what is stored to what the config says, so that a difference is only worth a note."""
    known = architecture(evidence)
    stated = _types(known.dtype or "")
    if len(stated) != 1 or known.quantization is not None:
        raise CannotTell("config.json states no dtype that could be compared with the tensors")
    main, share = main_type(evidence)
    message = f"config.json says {known.dtype}; {share:.0%} of the bytes are stored as {main}."
    if main in stated[0] or share < MAIN_SHARE:
        return clean(message)
    return fault(
        message,
        help="Store the weights in the type the config names; loaders convert them to it.",
        span=Span(CONFIG, 1),
        severity="note",
    )


def main_type(evidence: Evidence) -> tuple[str, float]:
    """The dtype that holds most bytes, and its share."""
    total: dict[str, int] = {}
    for tensor in checkpoint(evidence).tensors:
        total[tensor.dtype] = total.get(tensor.dtype, 0) + tensor.end - tensor.begin
    if not any(total.values()):
        raise CannotTell("the weights hold no data")
    main = max(total, key=lambda d: total[d])
    return main, total[main] / sum(total.values())


def _types(text: str) -> list[frozenset[str]]:
    return [types for pattern, types in _NAMES if pattern.search(text[:500])]


def _quantised(evidence: Evidence) -> bool:
    try:
        return architecture(evidence).quantization is not None
    except (CannotTell, CardError):
        return False
