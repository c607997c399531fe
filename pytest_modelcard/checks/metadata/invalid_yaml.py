"""MC101: the front matter cannot be read, or not by every reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card, Problem
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault, slug

if TYPE_CHECKING:
    from ...evidence import Evidence

#: A matter of what belongs there, not of YAML: see schema-violation.
_ELSEWHERE = frozenset(("empty-value",))


class InvalidYaml(Rule):
    """## What it does
    Reads the front matter (the YAML between the `---` lines) as the Hub's site reads it, and reports what
    stands in the way by line: syntax errors, tabs, a key that stands twice, a header that is never closed
    or not at the top, unknown tags, several documents, aliases that blow the text up, and values that
    other readers take differently (`no` without quotes is false to YAML 1.1 readers, the Hub's Python
    client among them).

    ## Why it matters
    A card whose front matter cannot be read has no licence, no base model and no language on the Hub. The
    Hub's own message names neither line nor cause.

    ## Example
    ```yaml
    ---
    license: mit
    language:
    - no
    license: apache-2.0
    ---
    ```

    ## What to do instead
    One value for each key, spaces for indentation, quotes around words such as "no", and `---` alone on
    the first line and behind the last entry.
    """

    id = "MC101"
    name = "invalid-yaml"

    def subjects(self, card: Card) -> Iterable[Subject]:
        front_matter = card.front_matter
        problems = [p for p in front_matter.problems if p.code not in _ELSEWHERE]
        for problem in problems:
            yield Subject(slug(problem.code), problem.span, problem.quote, data=problem)
        if front_matter.present and not problems:
            yield Subject("front-matter", Span(card.identity.path, front_matter.first_line))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        problem: Problem | None = subject.data
        if problem is None:
            front_matter = evidence.card.front_matter
            lines = front_matter.last_line - front_matter.first_line - 1
            return clean(f"{lines} lines of front matter read, {len(front_matter.data)} entries")
        return fault(problem.message, help=problem.help, severity=problem.severity)
