"""MC501: without its system prompt the model names a parent that the card does not declare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...lineage.suspects import declared_bases
from ...model import Severity, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import ADDED, NOISE, counts, how, identity_subject, probe, quoted

if TYPE_CHECKING:
    from ...evidence import Evidence
    from ...identity.fits import Fit
    from ...identity.record import Probe, Share

#: Lower ends of a share's interval that an error takes: with another hint at such a parent, and where the kind of network
#: is the only one.
WITH_HINT, WITH_NETWORK = 0.25, 0.5
_RANK: dict[Severity, int] = {"note": 0, "warning": 1, "error": 2}


class UndeclaredIdentity(Rule):
    """Without its system prompt, the model gives the name of a model that the card does not declare.

    ## What it does
    With `--modelcard-identity`, asks the model behind `--modelcard-endpoint` 126 questions about itself in English,
    Portuguese and Chinese, without the repository's or card's system prompt, and counts which names it gives as its
    own: the card's, those of declared models and their ancestors, and those of known families and their makers. Names
    that an answer denies, compares with or lists do not count.

    A name alone proves no descent: honest models call themselves ChatGPT or Qwen because they learned from their
    answers. It is an error only where something else points to the same parent: the weights, a suspect or another
    model made from the same base that bears the name, a kind of network that only this family uses. Otherwise it is
    a warning or a note that says what is missing. A name is a note at most where its maker has published no weights.

    ## Why it matters
    A system prompt can rename a model in one line; its weights still give the name they were trained with.

    ## Example
    ```
    base_model: Qwen/Qwen3.5-397B-A17B
    # without "You are Rio", 95 of 120 answers say Nex, none says Rio
    ```

    ## What to do instead
    Declare every model that this one was made from; say in the card whose answers it was trained on.
    """

    id = "MC501"
    name = "undeclared-identity"
    severity = "error"
    needs = frozenset({"files", "runs"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return ()  # only where a probe is asked for: see `planned`

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        card = evidence.card
        return identity_subject(evidence, card.front_matter.span("base_model") or Span(card.identity.path, 1))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = probe(evidence)
        verdicts = [v for share in _strangers(found, evidence.card) if (v := _judge(evidence, found, share))]
        if verdicts:
            return max(verdicts, key=lambda v: (v.state == "fault", _RANK[v.severity or "error"]))
        return clean(
            f"No undeclared model's name is given in more than single answers. {_all(found)} {how(found)}"
        )


def _strangers(found: Probe, card: Card) -> Iterable[Share]:
    """Undeclared names given in more than single answers; a name that the card's text has is no stranger's."""
    text = card.text.casefold()
    yield from (s for s in found.shares if s.name and s.name.kind == "undeclared" and s.low >= NOISE)
    yield from (s for s in found.others if s.low >= NOISE and s.label.casefold() not in text)


def _judge(evidence: Evidence, found: Probe, share: Share) -> Verdict | None:
    from ...identity.fits import fit

    hint = fit(evidence, share)
    if share.name is None and not hint.points_to:
        return None  # a name that no table knows may be made up, or the model's own
    said = (
        f"Without its system prompt the model calls itself {share.label} in {counts(share)}{_beside(found)}."
    )
    declared = ", ".join(declared_bases(evidence.card)[:5])
    said += f" The card declares {declared}, not this." if declared else " The card declares no base model."
    if prompt := _told_by(found, share):
        return unknown(
            f"{said} That cannot be told from the chat template's own words, which {how(found)} It says: {prompt!r}."
        )
    severity, why = _weighed(evidence, found, share, hint)
    return fault(
        f"{said} {why} For example: {quoted(share)}. {how(found)}",
        help=f"If it was made from a model of {share.label}, add that to `base_model`; if it was trained on its answers, say so in "
        "the card. To compare the weights, name the model: --modelcard-suspect=org/name.",
        severity=severity,
    )


def _weighed(evidence: Evidence, found: Probe, share: Share, hint: Fit) -> tuple[Severity, str]:
    """How grave the name is, and why."""
    learned = "Training on answers of another model gives its name, too"
    if hint.excluded:
        return "note", f"That is no sign of descent: {hint.excluded}. {learned}."
    large: Severity = "warning" if share.low >= WITH_HINT else "note"
    if not hint.points_to:
        missing = f" Not looked at: {hint.open}." if hint.open else ""
        return large, f"The name alone shows no descent. {learned}.{missing}"
    if hint.sure:
        return "error", f"And {hint.points_to}."
    also = f"Besides, {hint.points_to}."
    own = found.own.high if found.own else 0.0
    if share.low < (WITH_NETWORK if hint.architecture else WITH_HINT) or share.low <= own:
        return large, f"{also} But the name is not given often enough for more than a hint."
    if found.names.unread:
        return large, (
            f"{also} But it may come from a parent of {', '.join(found.names.unread[:3])}, whose card could not be read."
        )
    if found.system.optional and found.asked.sent is None:
        return (
            large,
            f"{also} But the endpoint takes no system message, so that a prompt of its own may say the name.",
        )
    if found.asked.added > ADDED:
        return large, (
            f"{also} But the endpoint adds {found.asked.added} tokens or more to every question, maybe a prompt that says it."
        )
    return "error", also


def _told_by(found: Probe, share: Share) -> str:
    """The template's own words that give the name and could not be taken out."""
    if found.system.removed:
        return ""
    for prompt in found.system.template:
        if share.name.pattern.search(prompt.quote) if share.name else share.label in prompt.quote:
            return prompt.quote
    return ""


def _beside(found: Probe) -> str:
    return f", {found.own.label} in {counts(found.own)}" if found.own else ""


def _all(found: Probe) -> str:
    named = [s for s in found.shares if s.count]
    told = "; ".join(f"{s.label} in {counts(s)}" for s in named[:4])
    return f"Names given: {told}." if told else f"No known name is given in {found.answers} answers."
