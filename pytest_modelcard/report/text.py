"""One finding as a person reads it in a terminal."""

from __future__ import annotations

import textwrap

from ..model import Finding
from .safe import no_command, visible

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
    place = f"{visible(path, 1000)}:{finding.span.line}:{finding.span.column}"
    lines = [f"{place}: {finding.severity}: {finding.rule} {finding.name}"]
    if finding.quote:
        lines += [f"  the card says:  {visible(finding.quote)}"]
    lines += wrapped("  found:          ", finding.message)
    for related in finding.related[:MAX_RELATED]:
        place = f"{visible(related.span.path, 1000)}:{related.span.line}"
        quote = f"  {visible(related.quote, 120)}" if related.quote else ""
        lines += [f"  see {place}: {visible(related.message, 200)}{quote}"]
    if len(finding.related) > MAX_RELATED:
        lines += [f"  and {len(finding.related) - MAX_RELATED} more places (all of them in --modelcard-json)"]
    if finding.help:
        lines += wrapped("  what to do:     ", finding.help)
    return "\n".join(lines)


def wrapped(label: str, text: str) -> list[str]:
    """The text made visible, in lines of WIDTH, the first behind a label and the others indented as far."""
    lines = textwrap.wrap(
        visible(text, _MAX_MESSAGE), WIDTH, initial_indent=label, subsequent_indent=" " * len(label)
    )
    # a word that begins a line may be a command to the runner, which trims lines before it looks
    return [no_command(line) for line in lines] or [label]
