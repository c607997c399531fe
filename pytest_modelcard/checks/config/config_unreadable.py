"""MC612: a configuration or weight file of the repository cannot be read as what it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...architecture.repository import checkpoint
from ...card.records import Card
from ...errors import CardError
from ...model import Related, Span
from ...source.base import MAX_TEXT_BYTES
from ...weights.checkpoint import INDEX
from ...weights.header import UnsoundWeights
from ..base import Rule, Subject, Verdict, clean, fault, unknown

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Read by the transformers library when a model is loaded; all hold a JSON object.
FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "preprocessor_config.json",
    "processor_config.json",
    "chat_template.json",
    "adapter_config.json",
)
_WHOLE = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "vocab_size",
    "max_position_embeddings",
    "intermediate_size",
    "num_key_value_heads",
    "num_experts",
    "num_local_experts",
    "n_routed_experts",
)


class ConfigUnreadable(Rule):
    """A configuration file or the weights cannot be read.

    ## What it does

    Parses the configuration files (`config.json`, `tokenizer_config.json`, ...) and reports broken JSON,
    names that occur twice, a file that holds no object and sizes that are no whole numbers, by line. For
    the weights, checks that the index names files that are there, and that each safetensors header is
    sound: known types, shapes that agree with the bytes, no gaps or overlaps, nothing beyond the end of the
    file.

    ## Why it matters

    The model cannot be loaded, or is loaded with a value its author did not mean.

    ## Example

        {"hidden_size": "4096", "hidden_size": 2048}

    as a `config.json`.

    ## What to do instead

    Write the file again with the library that made it, and upload all shards that the index names.
    """

    id = "MC612"
    name = "config-unreadable"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        yield Subject("configuration", Span(card.identity.path, 1), quote=card.name)
        yield Subject("weights", Span(card.identity.path, 1), quote=card.name)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        return _weights(evidence) if subject.key == "weights" else _configuration(evidence)


def _weights(evidence: Evidence) -> Verdict:
    try:
        found = checkpoint(evidence)
    except UnsoundWeights as error:
        path = str(error).split(" ", 1)[0].rstrip(":")
        return fault(
            f"{error}.",
            help="Save and upload the weights again, with all files that the index names.",
            span=Span(path if evidence.has_file(path) else INDEX, 1),
            quote=path,
        )
    return clean(f"{len(found.tensors)} tensors, safetensors headers sound ({len(found.files)} read).")


def _configuration(evidence: Evidence) -> Verdict:
    present = [f for f in FILES if evidence.has_file(f)]
    if not present:
        return clean("The repository has no configuration files.")
    faults: list[tuple[Span, str, str]] = []
    for path in present:
        try:
            raw = evidence.source.read(path, limit=MAX_TEXT_BYTES)
        except CardError as error:
            return unknown(str(error))
        faults += [(Span(path, line), message, quote) for line, message, quote in _faults(path, raw)]
    if not faults:
        return clean(f"{', '.join(present)}: sound JSON.")
    span, message, quote = faults[0]
    return fault(
        message,
        help="Write the file again with the library that made it.",
        span=span,
        quote=quote,
        related=tuple(Related(s, m, q) for s, m, q in faults[1:6]),
    )


def _faults(path: str, raw: bytes) -> Iterator[tuple[int, str, str]]:
    """(line, message, quote) of what is wrong with one file."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield raw.count(b"\n", 0, error.start) + 1, f"{path} is not UTF-8 text (byte {error.start}).", ""
        return
    lines = text.split("\n")
    doubles: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(items)
        if len(out) != len(items):
            doubles.extend(k for k, n in Counter(k for k, _ in items).items() if n > 1)
        return out

    try:
        data = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        quote = lines[error.lineno - 1].strip()[:200] if error.lineno <= len(lines) else ""
        yield (
            error.lineno,
            f"{path} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            quote,
        )
        return
    except (ValueError, RecursionError):
        yield 1, f"{path} is not valid JSON: nested too deeply, or a number without end.", ""
        return
    if not isinstance(data, dict):
        yield 1, f"{path} holds no JSON object, but a {type(data).__name__}.", lines[0].strip()[:200]
        return
    for key in doubles[:3]:
        yield (
            _line(lines, key, last=True),
            f'{path}: "{key[:80]}" occurs twice; the last one counts.',
            f'"{key[:80]}"',
        )
    if path == "config.json":
        yield from _wrong_types(data, lines)


def _wrong_types(data: dict[str, Any], lines: list[str]) -> Iterator[tuple[int, str, str]]:
    if "model_type" in data and not isinstance(data["model_type"], str):
        yield _line(lines, "model_type"), "config.json: model_type is no string.", ""
    architectures = data.get("architectures")
    if architectures is not None and not (
        isinstance(architectures, list) and all(isinstance(a, str) for a in architectures)
    ):
        yield _line(lines, "architectures"), "config.json: architectures is no list of names.", ""
    for key in _WHOLE:
        value = data.get(key)
        # lists give one number a layer; null means the default
        if isinstance(value, (str, bool, dict)) or (isinstance(value, float) and not value.is_integer()):
            line = _line(lines, key)
            yield (
                line,
                f"config.json: {key} is {str(value)[:40]!r}, no whole number.",
                lines[line - 1].strip()[:200],
            )
        elif isinstance(value, (int, float)) and value < 0:
            line = _line(lines, key)
            yield line, f"config.json: {key} is {value}, below zero.", lines[line - 1].strip()[:200]


def _line(lines: list[str], key: str, *, last: bool = False) -> int:
    found = [n for n, line in enumerate(lines, 1) if json.dumps(key, ensure_ascii=False) in line]
    return (found[-1] if last else found[0]) if found else 1
