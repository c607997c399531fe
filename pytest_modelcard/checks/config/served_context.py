"""MC604: a serving command of the card asks for more context than the model has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.repository import architecture
from ...card.records import Card
from ...card.vocabulary import CONTEXT_LENGTH, SERVED_CONTEXT
from ...errors import CannotTell
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from .claims import also_at, another_model, code_block, own_claims, subjects_by_value
from .context_length import explains_extension, supported

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Options by which a command itself overrides what config.json allows.
_OVERRIDES = re.compile(
    r"rope[_-]?(?:scaling|parameters|theta)|hf[_-]overrides|json-model-override|ALLOW_LONG_MAX_MODEL_LEN"
    r"|ALLOW_OVERWRITE_LONGER_CONTEXT|yarn|override-kv|--rope",
    re.I,
)
_GGUF = re.compile(r"([\w.-]{1,150})\.gguf(?!\w)", re.I)


class ServedContext(Rule):
    """A serving command in the card asks for more context than the card claims and the configuration allows.

    ## What it does

    Reads the context length that serving commands in the card's code blocks ask for (`--max-model-len`,
    `--context-length`, `-c`) and compares it with the longest context the card claims and with what
    `config.json` allows. Commands that switch on rope scaling themselves are left alone.

    ## Why it matters

    A reader who copies the command gets an error at start (vLLM and SGLang refuse a length beyond the
    configured one), or a server that accepts inputs on which the model decays.

    ## Example

        vllm serve acme/acme-70b --max-model-len 1048576

    while `config.json` has 262,144 positions and the card claims 1,010,000.

    ## What to do instead

    Give a command that starts as it stands: a length the configuration supports, or the options that extend
    it.
    """

    id = "MC604"
    name = "served-context"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        claims = [c for c in own_claims(card, SERVED_CONTEXT) if _own(card, c)]
        yield from subjects_by_value(claims)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        served = subject.claims[0].value or 0.0
        card = evidence.card
        context = architecture(evidence).context
        if context.limit is None:
            raise CannotTell("config.json gives no number of positions")
        said = f"The command asks for a context of {served:,.0f} tokens"
        if served <= context.limit:
            return clean(f"{said}; config.json supports {supported(context)}.")
        if context.open_end:
            return unknown(
                f"{said}, config.json {context.limit:,}, but {context.open_end} sets no hard limit."
            )
        blocks = [code_block(card, c.span) for c in subject.claims]
        if any(b is not None and _OVERRIDES.search(b.text) for b in blocks):
            return clean(f"{said} and itself overrides the {context.limit:,} positions of config.json.")
        claimed = max(
            (c for c in own_claims(card, CONTEXT_LENGTH) if c.value), key=lambda c: c.value or 0, default=None
        )
        reach = (claimed.value or 0) if claimed is not None else 0
        above = served > _at_most(reach)
        if not above and explains_extension(card):
            return clean(f"{said}, within the {reach:,.0f} that the card explains how to reach.")
        related = also_at(subject.claims, "the same length is asked for here")
        if claimed is not None:
            related = (Related(claimed.span, f"the card claims {reach:,.0f}", claimed.raw[:200]), *related)
        message = f"{said}; config.json supports {supported(context)}"
        if claimed is not None and above:
            message += f", and the card itself claims {reach:,.0f}"
        return fault(
            f"{message}. vLLM and SGLang refuse a length beyond the configured one.",
            help=f"Ask for {context.limit:,} or less, or add the options that extend the model and say so.",
            related=related,
            severity=None if above else "warning",
        )


def _at_most(claimed: float) -> float:
    """The most tokens a claim may mean: "128K" and "1M" may be counted in powers of two."""
    if claimed % 1e6 == 0:
        return claimed / 1e6 * 2**20
    return claimed / 1e3 * 2**10 if claimed % 1e3 == 0 and claimed < 1e6 else claimed


def _own(card: Card, claim: Claim) -> bool:
    """Whether the command serves this model: no other repository, and no GGUF file of another name."""
    files = [_letters(name) for name in _GGUF.findall(card.line(claim.span.line)[:2_000])]
    name = _letters(card.name).removesuffix("gguf")
    if files and name and not any(name in file for file in files):
        return False
    return another_model(card, claim.span) is None


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
