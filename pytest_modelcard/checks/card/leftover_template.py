"""MC005: text of a template that was never filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...card.records import Card
from ...model import Related, Severity, Span
from ..base import Rule, Subject, Verdict, clean, fault

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_PLACES = 10

_HELP = {
    "more-information-needed": "Fill the sections in, or take them out.",
    "title": "Give the card its model's name as title.",
    "template-variable": "Replace the variable by what it stands for.",
    "template-comment": "Remove the template's comments once the sections are written.",
    "generated-notice": "Read the generated card through, complete it, and remove the notice.",
    "todo": "Fill it in before the weights go public.",
    "placeholder-name": "Write the real owner and name of the repository.",
    "lorem-ipsum": "Replace the filler text.",
}
#: Characters looked at before and behind a phrase to tell whether it is a whole statement.
AROUND = 300
_MILD = frozenset(("template-comment", "todo", "generated-notice"))

_NEEDED = re.compile(r"(?:\[\s{0,9})?more information needed\s{0,9}\]?", re.I)
_VARIABLE = re.compile(r"\{\{\s*[\w.]+(?:\s*\|[^{}]{0,120})?\s*\}\}")
_TITLE = re.compile(
    r"^(?:model card for\s+)?(?:model id|model name|your model(?: name)?|untitled|\[?model name\]?|modelId)$",
    re.I,
)
_COMMENT = re.compile(
    r"^(?:Provide (?:a (?:quick|longer) summary|the basic links)|This section (?:is meant to|describes)"
    r"|These are the evaluation metrics"
    r"|Address questions around|Relevant interpretability|Total emissions|If there is a paper|Optional"
    r"|A short description"
    r"|Provide a quick summary)\b",
    re.I,
)
_GENERATED_COMMENT = re.compile(r"should probably proofread and complete it", re.I)
_GENERATED = re.compile(
    r"this model card has been automatically generated|esta ficha foi gerada automaticamente", re.I
)
_TODO = re.compile(
    r"(?:^|[:：(\[]\s*)(?:TODO|TBD|TBA|FIXME|XXX|\[TODO\]|a preencher|por completar|待补充"
    r"|待完善)\s*[\])]?\s*[.。]?\s*(?:$|[:：]\s*(?:add|fill|write|describe|update)\b)"
)
_ROADMAP = re.compile(r"to-?\s?do|roadmap|plan|future|next steps|upcoming|待办|计划", re.I)
_NAME = re.compile(
    r"(?<![\w/.-])(?:(?:your|<your)[-_ ]?(?:hf[-_]?)?(?:user(?:name)?|org(?:anization)?|name)>?|username"
    r"|user_name|my-?org|org_name)/"
    r"<?(?:your|my|model|repo)[\w-]*>?(?![\w/])",
    re.I,
)
#: Lines in which such a name is the reader's own to fill in.
_READERS = re.compile(
    r"replac|substitu|your own|push_to_hub|hub_model_id|create_repo|upload|output|troque|替换|换成", re.I
)
_LOREM = re.compile(r"\blorem ipsum\b", re.I)


@dataclass
class _Kind:
    name: str
    places: list[tuple[Span, str]] = field(default_factory=list)


class LeftoverTemplate(Rule):
    """The card still holds text of a template that was never filled in.

    ## What it does

    Looks for what model card templates leave behind: `[More Information Needed]`, "Model Card for Model ID",
    `{{ variables }}`, the Hub template's comments, notices of generated cards, TODO in the place of a value,
    `your-username/your-model`, and filler text. Roadmaps ("TODO" lists) and names that a reader is to fill
    in within commands (`YOUR_API_KEY`, `path/to/model`) are left alone.

    ## Why it matters

    A section that says nothing looks like one that does, to search engines and to forms that ask whether a
    card has it. It also shows that nobody has read the card before the release.

    ## Example

        # Model Card for Model ID
        ## Bias, Risks, and Limitations
        [More Information Needed]

    ## What to do instead

    Write the section, or remove it.
    """

    id = "MC005"
    name = "leftover-template"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        kinds: dict[str, _Kind] = {}
        for name, span, quote in _found(card):
            kinds.setdefault(name, _Kind(name)).places.append((span, quote))
        for kind in kinds.values():
            span, quote = kind.places[0]
            yield Subject(kind.name, span, quote, data=kind)
        if not kinds:
            yield Subject("card", Span(card.identity.path, 1))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        kind: _Kind | None = subject.data
        if kind is None:
            return clean("No text of a template is left.")
        times = len(kind.places)
        severity: Severity | None = "note" if kind.name in _MILD else None
        return fault(
            f"Template text is left {'once' if times == 1 else f'in {times} places'}: "
            f'"{subject.quote[:80]}" ({kind.name.replace("-", " ")}).',
            help=_HELP[kind.name],
            related=tuple(Related(s, "also here", q) for s, q in kind.places[1:MAX_PLACES]),
            severity=severity,
        )


def _found(card: Card) -> Iterator[tuple[str, Span, str]]:
    """(kind, place, words) of every leftover, in the order of the kinds."""
    path = card.identity.path
    if card.headings and _TITLE.match(card.headings[0].text.strip()):
        yield "title", card.headings[0].span, card.headings[0].text
    for paragraph in card.paragraphs:
        text = paragraph.text
        for m in _NEEDED.finditer(text):
            # "More information needed" as a whole statement, not within a sentence
            before, after = text[max(m.start() - AROUND, 0) : m.start()], text[m.end() : m.end() + AROUND]
            if "[" in m[0] or not re.search(r"\w", before.rpartition(":")[2] + after):
                yield "more-information-needed", Span(path, paragraph.line_of(m.start())), m[0].strip()
        for m in _VARIABLE.finditer(text):
            if not any(a <= m.start() < b for a, b in paragraph.code) and not _about_templates(
                paragraph.heading
            ):
                yield "template-variable", Span(path, paragraph.line_of(m.start())), m[0]
        if _GENERATED.search(text):
            yield "generated-notice", paragraph.span, text[:120]
        if not _ROADMAP.search(paragraph.heading):
            for line in text.split("\n"):
                if len(line) < 200 and _TODO.search(line.strip()):
                    yield "todo", paragraph.span, line.strip()[:120]
        if _LOREM.search(text):
            yield "lorem-ipsum", paragraph.span, text[:120]
    for heading in card.headings:
        for m in _VARIABLE.finditer(heading.text):
            yield "template-variable", heading.span, m[0]
    for hidden in card.hidden:
        if hidden.how == "comment" and _COMMENT.match(hidden.text):
            yield "template-comment", hidden.span, hidden.text[:120]
        elif hidden.how == "comment" and _GENERATED_COMMENT.search(hidden.text):
            yield "generated-notice", hidden.span, hidden.text[:120]
    for number, line in enumerate(card.lines, 1):
        if "/" in line and len(line) < 2_000 and (name := _NAME.search(line)) and not _READERS.search(line):
            yield "placeholder-name", Span(path, number, name.start() + 1), name[0]


def _about_templates(heading: str) -> bool:
    return bool(re.search(r"template|prompt|format|jinja|chat", heading, re.I))
