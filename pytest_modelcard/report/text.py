"""One finding as a person reads it in a terminal."""

from __future__ import annotations

import textwrap

from ..model import Finding
from .safe import visible

WIDTH = 100
MAX_RELATED = 8
_MAX_MESSAGE = 2000


def headline(finding: Finding) -> str:
    """The finding in one line, without its place."""
    if finding.waived:
        return visible(f"{finding.name}: waived ({finding.waived}): {finding.message}", _MAX_MESSAGE)
    return visible(f"{finding.name}: {finding.message}", _MAX_MESSAGE)


def finding_text(finding: Finding, path: str) -> str:
    """Place, quoted line, what was found, related places, and what to do."""
    lines = [
        f"{path}:{finding.span.line}:{finding.span.column}: {finding.severity}: {finding.rule} {finding.name}"
    ]
    if finding.quote:
        lines += [f"  the card says:  {visible(finding.quote)}"]
    lines += wrapped("  found:          ", finding.message)
    for related in finding.related[:MAX_RELATED]:
        place = f"{related.span.path}:{related.span.line}"
        quote = f"  {visible(related.quote, 120)}" if related.quote else ""
        lines += [f"  see {place}: {visible(related.message, 200)}{quote}"]
    if len(finding.related) > MAX_RELATED:
        lines += [f"  and {len(finding.related) - MAX_RELATED} more places (all of them in --modelcard-json)"]
    if finding.help:
        lines += wrapped("  what to do:     ", finding.help)
    return "\n".join(lines)


def wrapped(label: str, text: str) -> list[str]:
    """The text made visible, in lines of WIDTH, the first behind a label and the others indented as far."""
    return textwrap.wrap(
        visible(text, _MAX_MESSAGE),
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,  # ids of models are read and copied as one word
    ) or [label]
