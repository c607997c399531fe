"""What the rules about identity share: their subject, the probe, and a share in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...errors import CannotTell
from ..base import Subject

if TYPE_CHECKING:
    from ...evidence import Evidence
    from ...identity.record import Probe, Share
    from ...model import Span

#: Answers that must be readable before anything is said of the model.
ENOUGH = 30
#: Above this lower end of its interval, a name is no chance word of single answers.
NOISE = 0.05
#: Tokens added to every question by the endpoint that make a prompt of its own likely; templates alone add fewer.
ADDED = 64


def identity_subject(evidence: Evidence, span: Span) -> Iterable[Subject]:
    """One subject where a probe was asked for; nothing is imported where none was."""
    if evidence.options.identity is not None:
        yield Subject("identity", span, quote="" if span.line > 1 else evidence.card.name)


def probe(evidence: Evidence) -> Probe:
    """The probe, with answers enough to speak of. Raises CannotTell with what is missing."""
    from ...identity.record import probe_of

    found = probe_of(evidence)
    if found.answers >= ENOUGH:
        return found
    asked, reasons = found.asked, []
    if asked.lost:
        reasons.append(f"{len(asked.lost)} were not had ({next(iter(asked.lost.values()))})")
    if unread := len(asked.answers) - found.answers:
        reasons.append(f"{unread} were empty or broke off in the model's thoughts")
    if asked.stopped:
        reasons.append(asked.stopped)
    raise CannotTell(
        f"only {found.answers} answers of the identity probe could be read, and {ENOUGH} are needed"
        + (f": {'; '.join(reasons)}" if reasons else "")
    )


def counts(share: Share) -> str:
    """ "95 of 126 answers (75 %; 64 to 84 %)"."""
    return f"{share.count} of {share.total} answers ({_percent(share.share)}; {_percent(share.low)} to {_percent(share.high)})"


def _percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def how(found: Probe) -> str:
    """What was asked, and with what in place of a system prompt."""
    asked = found.asked
    sent = "no system message" if asked.sent is None else f'the system message "{asked.sent}"'
    stopped = f"; not all were asked: {asked.stopped}" if asked.stopped else ""
    kept = f", {asked.reused} answers kept from an earlier run" if asked.reused else ""
    return (
        f"{len(asked.answers) + len(asked.lost)} questions in English, Portuguese and Chinese, {sent}: {found.system.why}"
        f"{stopped}; exact intervals of 99 %; {asked.calls} calls{kept}, {asked.seconds:.1f} s."
    )


def quoted(share: Share, most: int = 3) -> str:
    """'"Who are you?" - "I am Nex."; ...'."""
    from ...identity.record import shortened

    return "; ".join(f'"{q.question.text}" - "{shortened(q.answer)[:160]}"' for q in share.quotes[:most])
