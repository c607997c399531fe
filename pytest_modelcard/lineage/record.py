"""The report's `lineage`: everything a reader needs to judge the verdict and to repeat it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..weights.families import FamilyEvidence, by_family
from ..weights.records import Lineage, TensorEvidence
from .structure import Beside

#: How places are drawn: `weights/sampling.py` in words.
RULE = (
    "of each tensor blocks of consecutive elements, one in each of equally large parts, at the number that the first 8 "
    "bytes (big-endian) of SHA-256 of 'seed/counter/name' give, times the number of places, over 2**64"
)
#: Keys of config.json that are listed.
MAX_KEYS = 50
#: An interval up to this width says something of the weight; a wider one only that the parents are alike there.
NARROW = 0.05


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict with what it cost and how to repeat it. dtype: what most of the candidate is stored in ("BF16")."""

    lineage: Lineage
    revisions: Mapping[str, str | None]
    requests: int = 0
    bytes_read: int = 0
    bytes_kept: int = 0  #: what an earlier run had read of the same places
    seconds: float = 0.0
    seed: int = 0
    budget: int = 0
    share: int = 0  #: bytes of each model that were planned for
    notes: tuple[str, ...] = field(default_factory=tuple)
    dtype: str | None = None
    reads: tuple[dict[str, Any], ...] = ()  #: of each model, as `traces.reads` tells it
    beside: tuple[Beside, ...] = ()


def lineage_dict(found: Found) -> dict[str, Any]:
    """Plain data for JSON."""
    lineage = found.lineage
    agreement = lineage.agreement
    return {
        "candidate": lineage.candidate,
        "verdict": lineage.verdict,
        "method": lineage.method,
        "sentence": lineage.sentence,
        "dtype": found.dtype,
        "parents": [
            {
                "id": p.id,
                "revision": p.revision,
                "weight": _number(p.weight),
                "interval": [_number(x) for x in p.interval] if p.interval else None,
                "declared": p.declared,
            }
            for p in lineage.parents
        ],
        "declared_complete": lineage.declared_complete,
        "hit_rate": _number(agreement.hit_rate) if agreement else None,
        "neighbour_rate": _number(agreement.neighbour_rate) if agreement else None,
        "residual_over_rounding": _number(agreement.residual_over_rounding) if agreement else None,
        "per_tensor": [_tensor(t) for t in lineage.per_tensor],
        "per_family": [_family(f) for f in by_family(lineage.per_tensor)],
        "tensors_compared": len(lineage.per_tensor),
        "uncompared": round(lineage.uncompared, 6),
        "tensors_left_out": [{"name": t.name, "reason": t.reason} for t in lineage.left_out],
        "spectrum": [[_number(w), _number(s)] for w, s in lineage.spectrum],
        "recipe": _plain(lineage.recipe) if lineage.recipe else None,
        "missing": lineage.missing,
        "candidates": [{"id": id, "revision": found.revisions.get(id)} for id in lineage.candidates],
        "notes": [*lineage.notes, *found.notes],
        "structure": [
            {
                "id": b.id,
                "weight_files": b.files,
                "equal_weight_files": b.equal,
                "config_differs": None if b.config is None else list(b.config[:MAX_KEYS]),
                "tokenizer": b.tokenizer,
            }
            for b in found.beside
        ],
        "sampling": {"rule": RULE, "seed": found.seed, "bytes_per_model": found.share},
        "reads": list(found.reads),
        "bytes_read": found.bytes_read,
        "bytes_from_cache": found.bytes_kept,
        "requests": found.requests,
        "seconds": round(found.seconds, 3),
        "seed": found.seed,
        "budget": found.budget,
    }


def _tensor(tensor: TensorEvidence) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": tensor.name,
        "family": tensor.family,
        "layer": tensor.layer,
        "elements": tensor.elements,
    }
    if tensor.votes:
        votes = tensor.votes
        data |= {
            "weight": _number(votes.weight),
            "interval": [_number(votes.low), _number(votes.high)],
            "narrow": votes.high - votes.low <= NARROW,
            "agreement": _number(votes.agreement),
            "voting": votes.voting,
            "fixed": votes.fixed,
            "broken": votes.broken,
        }
    if tensor.moments:
        data |= {"slope": _number(tensor.moments.slope), "cosine": _number(tensor.moments.cosine)}
    return data


def _family(family: FamilyEvidence) -> dict[str, Any]:
    return {
        "family": family.family,
        "tensors": family.tensors,
        "voting": family.voting,
        "weight": _number(family.weight),
        "interval": list(family.interval) if family.interval else None,
        "fixed": family.fixed,
        "slope": _number(family.slope),
        "cosine": _number(family.cosine),
    }


def _plain(value: Any) -> Any:
    """Only what JSON knows: a recipe holds whatever a step of the ladder thought worth keeping."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    return int(value) if isinstance(value, int) else _number(value)


def _number(value: float | None) -> float | None:
    """JSON has no NaN and no infinity: what is not finite is not known."""
    return None if value is None or not math.isfinite(value) else float(value)
