"""What a probe would cost, before anything is asked: `--modelcard-identity --collect-only`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .engine import LONG, SHORT
from .questions import questions
from .system import system_of

if TYPE_CHECKING:
    from ..evidence import Evidence

_LANGUAGES = {"en": "English", "pt": "Portuguese", "zh": "Chinese"}


def identity_cost_lines(evidence: Evidence) -> Iterator[str]:
    """For the terminal."""
    found = questions()
    each = ", ".join(f"{n} {_LANGUAGES.get(code, code)}" for code, n in found.languages().items())
    calls = len(found.all)
    yield (
        f"identity probe: {calls} calls ({each}), at most {SHORT['max_tokens']} tokens an answer; a model that thinks longer is "
        f"asked again with {LONG['max_tokens']:,}: {2 * calls} calls at most"
    )
    system = system_of(evidence)
    sent = "no system message" if system.sent is None else f'the system message "{system.sent}"'
    yield f"  with {sent}: {system.why}"
    options = evidence.options.identity
    if options is not None and options.place is None:
        yield "  no endpoint is named yet: --modelcard-endpoint=URL"
    if options is not None and options.calls < calls:
        yield f"  only {options.calls:,} calls are allowed (--modelcard-calls): a random part of the questions is asked"
