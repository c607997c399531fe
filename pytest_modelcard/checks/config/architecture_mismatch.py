"""MC605: what the card says of the architecture is not what config.json says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.config import Architecture
from ...architecture.repository import architecture, count
from ...architecture.sizes import printed_step
from ...card.records import Card
from ...card.vocabulary import ACTIVE_EXPERTS, ARCHITECTURE, EXPERTS, HIDDEN_SIZE, LAYERS, VOCABULARY
from ...errors import CannotTell, CardError
from ..base import Rule, Subject, Verdict, clean, fault, slug
from .claims import also_at, of_a_family, own_claims, subjects_by_value

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Vocabularies are counted with or without padding and added tokens, and often rounded.
VOCABULARY_TOLERANCE = 0.05
_NUMBERS = (LAYERS, HIDDEN_SIZE, EXPERTS, ACTIVE_EXPERTS, VOCABULARY)
_MIXTURE = re.compile(r"\bmixture[ -]of[ -]experts?\b|\bmoe\b|混合专家|mistura de especialistas", re.I)
_DENSE = re.compile(r"\bdense\b|稠密", re.I)
_CLASS = re.compile(r"\b[A-Z][A-Za-z0-9]{2,40}For[A-Z][A-Za-z]{2,40}\b")
_SEES = frozenset({"image-text-to-text", "image-to-text", "visual-question-answering", "video-text-to-text"})
#: Files that only a model with a second input has.
_PROCESSORS = ("preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json")


class ArchitectureMismatch(Rule):
    """What the card says of the architecture contradicts config.json.

    ## What it does

    Compares stated numbers of layers, experts, experts used per token, hidden size and vocabulary with
    `config.json`; "mixture of experts" with whether the config has experts; a named model class with
    `architectures`; and a `pipeline_tag` that promises image input with whether the config has a vision
    part. Only sure contradictions count: vocabularies within 5 % agree, shared experts and extra prediction
    layers may be counted or not.

    ## Why it matters

    A card that describes another architecture than it ships was probably copied from another model, and
    nothing else it says can be relied on.

    ## Example

        | Layers | 80 |

    while `config.json` has `"num_hidden_layers": 32`.

    ## What to do instead

    Take the numbers from `config.json`, and set `pipeline_tag` to what the model takes.
    """

    id = "MC605"
    name = "architecture-mismatch"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        for name in _NUMBERS:
            for subject in subjects_by_value(own_claims(card, name)):
                yield Subject(f"{name}-{subject.key}", subject.span, claims=subject.claims)
        for claim in own_claims(card, ARCHITECTURE):
            if claim.text and (
                _MIXTURE.search(claim.text) or _DENSE.search(claim.text) or _CLASS.search(claim.text)
            ):
                yield Subject(slug(ARCHITECTURE, claim.text[:40]), claim.span, claims=(claim,))
        tag = card.front_matter.data.get("pipeline_tag")
        span = card.front_matter.span("pipeline_tag")
        if isinstance(tag, str) and tag in _SEES and span is not None:
            yield Subject("pipeline-tag", span, data=tag)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        known = architecture(evidence)
        if subject.data is not None:
            return _sees(subject.data, known, evidence)
        claim = subject.claims[0]
        if claim.name == ARCHITECTURE:
            return _described(claim.text or "", known, evidence)
        value, name = claim.value or 0.0, claim.name or ""
        right = _numbers(name, known)
        if not right:
            raise CannotTell(f"config.json does not give the {name.replace('-', ' ')}")
        what = name.replace("-", " ")
        shown = " or ".join(f"{n:,}" for n in sorted(right))
        message = f"The card says {what} {value:,.0f}; config.json has {shown}."
        if any(_agrees(name, value, printed_step(claim.raw, value), n) for n in right):
            return clean(message)
        if all(c.kind == "prose" for c in subject.claims):
            others = [c.value or 0.0 for c in own_claims(evidence.card, name)]
            if any(_agrees(name, other, 0.0, n) for other in others for n in right):
                raise CannotTell(
                    f"{message} The card also states a number that fits; this one may be another model's"
                )
        if of_a_family(subject.claims):
            raise CannotTell(f"{message} The sentence speaks of several models")
        return fault(
            message,
            help=f"Take the {what} from config.json.",
            related=also_at(subject.claims),
            severity="warning",
        )


def _numbers(name: str, known: Architecture) -> set[int]:
    """All numbers that a card may rightly give under this name; {} where the config says nothing."""
    if name == LAYERS:
        return set(known.layers)
    if name == HIDDEN_SIZE:
        return set(known.hidden_size)
    if name == VOCABULARY:
        return set(known.vocabulary)
    number = known.experts if name == EXPERTS else known.experts_per_token
    if number is None or known.varying_experts:
        return set()
    # with an unknown number of shared experts, one is allowed for
    return {number, number + (known.shared_experts or 1)}


def _agrees(name: str, stated: float, step: float, found: int) -> bool:
    if name == VOCABULARY:
        return abs(stated - found) <= max(VOCABULARY_TOLERANCE * found, step)
    return stated == found


def _described(text: str, known: Architecture, evidence: Evidence) -> Verdict:
    quote = text[:80]
    has_class = _CLASS.search(text)
    if has_class is not None and known.classes:
        message = f'The card says "{has_class[0]}"; config.json has {", ".join(known.classes[:3])}.'
        if has_class[0] in known.classes:
            return clean(message)
        return fault(message, help="Name the class of config.json.", severity="warning")
    experts = f"{known.experts} experts" if known.experts else "no experts"
    message = f'The card says "{quote}"; config.json ({known.model_type or "no model_type"}) has {experts}.'
    mixture, dense = _MIXTURE.search(text), _DENSE.search(text)
    if bool(mixture) == bool(dense) or (known.model_type is None and not known.experts):
        raise CannotTell(f"{message} That decides nothing")
    if mixture and known.experts is None:
        if known.custom_code or _has_experts(evidence):
            raise CannotTell(f"{message} The repository's own code or its weights may have some")
        return fault(message, help="Describe the architecture that config.json has.")
    # a mixture has dense layers too, and some call a model dense for its attention
    if dense and known.experts is not None:
        return fault(message, help="Say that the model is a mixture of experts.", severity="note")
    return clean(message)


def _has_experts(evidence: Evidence) -> bool:
    """Whether the tensors' names tell of experts, whatever the config calls them."""
    try:
        return count(evidence).routed > 0
    except (CannotTell, CardError):
        return False


def _sees(tag: str, known: Architecture, evidence: Evidence) -> Verdict:
    if known.multimodal or any(evidence.has_file(f) for f in _PROCESSORS):
        return clean(f"pipeline_tag is {tag}, and the config has a part for images.")
    if known.custom_code or known.model_type is None:
        raise CannotTell("config.json names no vision part, but the repository's own code may have one")
    return fault(
        f"pipeline_tag is {tag}, but config.json ({known.model_type}) has no vision part and there is no "
        "preprocessor_config.json.",
        help="Set pipeline_tag to text-generation, or upload the config and processor of the vision part.",
        severity="warning",
    )
