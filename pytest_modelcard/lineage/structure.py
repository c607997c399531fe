"""What two repositories have in common before a weight is read: identical files, configuration, tokenizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..errors import CannotTell, CardError
from ..weights.checkpoint import INDEX, parse_index, weight_files
from ..weights.equal import different_keys, equal_files

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..source.base import FileEntry

#: A tokenizer file up to this size is read where checksums do not settle it.
MAX_TOKENIZER_BYTES = 32 * 1024 * 1024
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")
#: Keys of config.json told of, the rest is counted.
MAX_KEYS = 8


@dataclass(frozen=True, slots=True)
class Beside:
    """One other model beside the candidate. equal: weight files of the candidate that the other has, too, by SHA-256;
    None where checksums are missing. whole: both have the same weight files. config: dotted keys of config.json that
    differ, None where either cannot be read. tokenizer: "other" says that tokens have other numbers or differ.
    """

    id: str
    files: int
    equal: int | None
    whole: bool
    config: tuple[str, ...] | None = None
    tokenizer: Literal["same", "other"] | None = None
    vocabulary: str = ""  #: how it differs, in words

    def notes(self) -> list[str]:
        """What differs though a child would have it in common, and files in common."""
        out = []
        if self.equal and not self.whole:
            out.append(f"{self.equal} of {self.files} weight files are identical to {self.id}'s")
        if self.config:
            more = f" and {len(self.config) - MAX_KEYS} more" if len(self.config) > MAX_KEYS else ""
            out.append(f"config.json differs from {self.id}'s in {', '.join(self.config[:MAX_KEYS])}{more}")
        if self.tokenizer == "other":
            out.append(f"the tokenizer is not {self.id}'s{self.vocabulary}")
        return out


def beside(here: Evidence, there: Evidence, id: str, *, deep: bool) -> Beside:
    """Compare files' checksums; `deep`: configuration and tokenizer, too. What cannot be read is not known."""
    mine, theirs = _weights(here), _weights(there)
    equal, whole = None, False
    if mine and theirs:
        found = equal_files(mine, theirs)
        equal = None if all(f.sha256 is None for f in mine) else len(found.pairs)
        sizes = {f.path: f.size for f in (*mine, *theirs) if f.size is not None}
        whole = found.all_equal is True and all(sizes.get(a) == sizes.get(b) for a, b in found.pairs)
    if not deep:
        return Beside(id, len(mine), equal, whole)
    tokenizer, vocabulary = _tokenizers(here, there)
    return Beside(id, len(mine), equal, whole, _config(here, there), tokenizer, vocabulary)


def tied(evidence: Evidence) -> bool | None:
    """Whether the output head is the embedding, by config.json; None where it does not say."""
    config = _json(evidence, "config.json")
    for part in (config, config.get("text_config") if config else None):
        value = part.get("tie_word_embeddings") if isinstance(part, dict) else None
        if isinstance(value, bool):
            return value
    return None


def _weights(evidence: Evidence) -> list[FileEntry]:
    """The files that hold the model; none where that cannot be told."""
    try:
        entries = {entry.path: entry for entry in evidence.files()}
        if not any(e.sha256 for path, e in entries.items() if path.endswith(".safetensors")):
            return []  # nothing could be told from them
        text = json.dumps(evidence.json(INDEX)) if INDEX in entries else None
        return [entries[path] for path in weight_files(entries, parse_index(text) if text else None)]
    except (CannotTell, CardError):
        return []


def _json(evidence: Evidence, path: str) -> dict[str, Any] | None:
    try:
        found = evidence.json(path)
    except (CannotTell, CardError):
        return None
    return found if isinstance(found, dict) else None


def _config(here: Evidence, there: Evidence) -> tuple[str, ...] | None:
    mine, theirs = _json(here, "config.json"), _json(there, "config.json")
    return None if mine is None or theirs is None else different_keys(mine, theirs)


def _tokenizers(here: Evidence, there: Evidence) -> tuple[Literal["same", "other"] | None, str]:
    """By checksum; else by the vocabulary, where the files lie at hand."""
    try:
        mine, theirs = ({e.path: e for e in side.files()} for side in (here, there))
    except (CannotTell, CardError):
        return None, ""
    name = next((n for n in TOKENIZERS if n in mine and n in theirs), None)
    if name is None:
        return None, ""
    a, b = mine[name], theirs[name]
    if a.sha256 and a.sha256 == b.sha256:
        return "same", ""
    local = all(getattr(side.source, "root", None) is not None for side in (here, there))
    if not local or max(a.size or 0, b.size or 0) > MAX_TOKENIZER_BYTES or a.pointer or b.pointer:
        return (
            None,
            "",
        )  # another file may hold the same vocabulary, and reading it costs more than weights do
    if name != "tokenizer.json":
        return None, ""
    ours, others = _vocabulary(_json(here, name)), _vocabulary(_json(there, name))
    if not ours or not others:
        return None, ""
    added, removed = len(ours.keys() - others.keys()), len(others.keys() - ours.keys())
    moved = sum(ours[token] != others[token] for token in ours.keys() & others.keys())
    if not removed and not moved and added < 0.05 * len(others):
        return "same", ""
    return "other", f": {added} tokens more, {removed} fewer, {moved} under another number"


def _vocabulary(tokenizer: Mapping[str, Any] | None) -> dict[str, int]:
    """Token -> number, of a parsed tokenizer.json."""
    out: dict[str, int] = {}
    model = (tokenizer or {}).get("model")
    vocab = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocab, dict):
        out.update({str(k): v for k, v in vocab.items() if isinstance(v, int)})
    elif isinstance(vocab, list):
        out.update({str(v[0]): n for n, v in enumerate(vocab) if isinstance(v, list) and v})
    for added in (tokenizer or {}).get("added_tokens") or ():
        if isinstance(added, dict) and isinstance(added.get("id"), int):
            out[str(added.get("content"))] = added["id"]
    return out
