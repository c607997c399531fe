"""A repository's config and tensors as evidence: read once a run; CannotTell where they cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell, CardError
from ..weights.checkpoint import INDEX, Checkpoint, Index, parse_index, read_checkpoint, weight_files
from ..weights.count import Count, count_parameters
from .config import Architecture, read_architecture

if TYPE_CHECKING:
    from ..evidence import Evidence

CONFIG = "config.json"


def config(evidence: Evidence) -> Mapping[str, Any]:
    """The parsed `config.json`; raises CannotTell where there is none."""
    data = evidence.json(CONFIG)
    if data is None:
        raise CannotTell("the repository has no config.json")
    if not isinstance(data, Mapping):
        raise CannotTell("config.json holds no JSON object")
    return data


def architecture(evidence: Evidence) -> Architecture:
    """What `config.json` says of the model."""
    return evidence.compute("architecture", lambda: read_architecture(config(evidence)))


def index(evidence: Evidence) -> Index | None:
    """The index of sharded weights, None where there is none."""
    if not evidence.has_file(INDEX):
        return None
    # not evidence.json: a broken index must raise what it is, an unsound file, and not "cannot tell"
    return evidence.compute("index", lambda: parse_index(_text(evidence, INDEX)))


def checkpoint(evidence: Evidence) -> Checkpoint:
    """All tensors of the model, from the headers of its safetensors files."""
    return evidence.compute("checkpoint", lambda: _checkpoint(evidence))


def count(evidence: Evidence) -> Count:
    """The model's parameters by part, counted from the tensors."""
    return evidence.compute("count", lambda: _count(evidence))


def _checkpoint(evidence: Evidence) -> Checkpoint:
    entries = {f.path: f for f in evidence.files()}
    found = index(evidence)
    chosen = weight_files(entries, found)
    absent = [p for p in chosen if entries[p].pointer]
    if absent:
        raise CannotTell(f"{absent[0]} is only a Git LFS pointer here; run `git lfs pull` for its header")
    return read_checkpoint(
        {p: entries[p].size for p in chosen}, evidence.source.read_range, found if len(chosen) > 1 else None
    )


def _count(evidence: Evidence) -> Count:
    tensors = checkpoint(evidence).tensors
    try:
        known: Architecture | None = architecture(evidence)
    except CannotTell:
        known = None
    return count_parameters(
        tensors, known.quantization if known else None, known.main_layers if known else None
    )


def _text(evidence: Evidence, path: str) -> str:
    from ..source.base import MAX_JSON_BYTES

    raw = evidence.source.read(path, limit=MAX_JSON_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotTell(f"{path} is not UTF-8 text (byte {error.start})") from error


def estimate(evidence: Evidence) -> float | None:
    """Parameters, going by the bytes of the weight files and the config's dtype; None where unclear."""
    try:
        known = architecture(evidence)
        sizes = {f.path: f.size for f in evidence.files()}
        chosen = weight_files(sizes, index(evidence))
    except (CannotTell, CardError):
        return None
    width = {"float32": 4, "float16": 2, "bfloat16": 2, "float64": 8}.get(known.dtype or "")
    total = sum(sizes[p] or 0 for p in chosen)
    if width is None or known.quantization or not all(sizes[p] for p in chosen):
        return None
    return total / width
