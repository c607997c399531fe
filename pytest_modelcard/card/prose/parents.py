"""Which models a card says its model was made from, and which others it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from ...model import Span
from .. import vocabulary as v
from ..document import Document
from ..records import Paragraph
from .modelnames import Name, find_ids, find_printed, hub_id
from .phrase import Phrase
from .relations import BEGINS_ANEW, DENIED, LEAD, MERGE_SEPARATOR, OTHER_USE, PHRASES, SEPARATOR
from .sentences import Claims, Reading, Sentence
from .subject import Speaker

MAX_PARENTS = 100
#: No honest sentence says one phrase more often.
MAX_MATCHES = 4
_LIST_AHEAD = re.compile(
    r"(?:\bmerg(?:e|er|ed|ing)\b|\bfusão|\bmescla|合并|融合).{0,200}[:：]\s*$"
    r"|following (?:\w+ ){0,3}models? .{0,60}merge\W*$"
    r"|^\W*models? (?:merged|used in (?:this|the) merge)\W*$",
    re.I | re.S,
)
#: Words of merging in any form, and those that make a sentence about something else.
_MERGE_STEM = re.compile(
    r"\b(?:merg(?:e|ed|er|es|ing)|fus(?:e|es|ed|ing|ion)|blend\w*|slerp|ties|dare|(?:model )?soup|averag\w+"
    r"|interpolat\w+|midpoint|mescl\w+|fusão|fundid\w+|interpola\w+|mezcla\w*|fusión)\b"
    r"|合并|融合|混合|插值|加权平均",
    re.I,
)
_NO_MERGE = re.compile(
    r"\b(?:data\w*|corp(?:us|ora)|samples?|prompts?|judg\w+|scores?|evaluat\w+|benchmark\w*|compar\w+"
    r"|outperform\w*|than|unlike|versus|vs|baselines?|similar|inspired|between|can|could|may|might|you|your"
    r"|if|would|should|not|other|others|e\.g|such as|like|tokeni[sz]er\w*|licen[cs]e\w*|adapters?|lora|into"
    r"|sets?|dados|datos|não)\b|数据|比较|评测|可以|不",
    re.I,
)
MAX_BLEND = 260
#: A heading over a list of models that were merged.
_MERGED_HEADING = re.compile(
    r"\W*(?:the )?(?:models? merged|merged models|models used in (?:this|the) merge"
    r"|merge (?:components|ingredients|sources)"
    r"|modelos (?:mesclados|fundidos)|合并的?模型|融合的?模型)\W*$",
    re.I,
)
_MARKER = re.compile(r"\s*(?:[>|]\s*)*(?:[-*+•]|\d{1,2}[.)])\s")


#: "We release the Int4 quantized model of X": news of another repository, not what this one is made from.
_ANNOUNCED = re.compile(
    r"\b(?:we|team)\b.{0,20}\b(?:releas|provid|offer|open-?sourc|publish|upload|support|evaluat|compar"
    r"|us(?:e|ed)\b|shar)\w*\W.{0,30}$",
    re.I,
)


#: An id that is a data set's, not a model's.
_DATA_BEFORE = re.compile(
    r"\b(?:datasets?|data|corpus|corpora|benchmark|samples|examples|dados|datos|数据集?)\b[^.]{0,25}$", re.I
)
_DATA_BEHIND = re.compile(r"[`*_\])]*\s+(?:datasets?|corpus|data|collection|benchmark)\b|[`*]*\s*数据", re.I)


class ParentReader:
    """Reads the paragraphs of one card."""

    def __init__(self, document: Document, read: Reading, speaker: Speaker, claims: Claims) -> None:
        self._document = document
        self._reading = read
        self._speaker = speaker
        self._claims = claims
        self._parents: set[tuple[str, str]] = set()
        self._mentions: set[str] = set()

    def read(self) -> None:
        collecting = 0  # last line of the list of parents being read
        for paragraph, found in self._reading:
            if not collecting and _MERGED_HEADING.match(paragraph.heading):
                collecting = paragraph.span.line
            if collecting and self._in_list(paragraph, collecting):
                names = names_in(paragraph.text, paragraph.links, 0)
                first = next((n for n in names if n.kind == "id"), None) or next(iter(names), None)
                if first is not None and not self._speaker.is_own(first.text):
                    self._parent(first, "merge", paragraph.span, paragraph.text)
                collecting = paragraph.span.line
                continue
            collecting = 0
            foreign = self.foreign_section(paragraph)
            for sentence in () if foreign else found:
                self._sentence(sentence)
            if not foreign and _LIST_AHEAD.search(paragraph.text[-400:]):
                tail = paragraph.text.rsplit("\n", 1)[-1]
                if not self._speaker.mixes(tail) or self._speaker.last_this(tail) >= 0:
                    collecting = paragraph.line_of(len(paragraph.text))
        self._all_mentions()

    def _in_list(self, paragraph: Paragraph, last: int) -> bool:
        line = paragraph.span.line
        if line - last > 3:
            return False
        return bool(_MARKER.match(self._document.lines[line - 1]))

    def foreign_section(self, paragraph: Paragraph) -> bool:
        """Does the paragraph stand under a heading that names another model?"""
        heading = paragraph.heading
        return bool(heading) and self._speaker.mixes(heading) and self._speaker.last_this(heading) < 0

    def _sentence(self, sentence: Sentence) -> None:
        text = sentence.text
        lowered = text.lower()
        known = len(self._parents)
        for phrase in PHRASES:
            if not any(cue in lowered for cue in phrase.cues):
                continue
            for m in islice(phrase.pattern.finditer(text), MAX_MATCHES):
                before = text[: m.start()]
                if _ANNOUNCED.search(before[-60:]):
                    continue
                if DENIED.search(before[-60:]) or not self._speaker.about_this(_clause(before)):
                    continue
                if phrase.before:
                    names = self._names_within(sentence, m.start("name"), m.end("name"))
                    after = text[m.end() :]
                else:
                    names, end = self._names_behind(sentence, m.end(), phrase)
                    after = text[end:]
                if not _clause(before).strip(" *_-–—•#>[(\"'") and self._other_follows(after):
                    continue
                relation = phrase.relation
                if relation == "unknown" and phrase.before and "merg" in lowered:
                    relation = "merge"
                for name in names:
                    if not self._speaker.is_own(name.text):
                        self._parent(name, relation, sentence.span(min(name.start, len(text) - 1)), text)
        if len(self._parents) == known and _MERGE_STEM.search(text) and not _NO_MERGE.search(text):
            self._blend(sentence)

    def _blend(self, sentence: Sentence) -> None:
        """Ids listed together in a short sentence that speaks of merging, in words no phrase foresees."""
        text = sentence.text
        found = [n for n in _names(sentence, 0) if n.kind != "plain"]
        names = [n for n in found if not self._speaker.is_own(n.text)]
        if not 2 <= len(names) <= 6 or len(text) > MAX_BLEND or any(n.kind != "id" for n in names):
            return
        if any(OTHER_USE.match(text, n.end) for n in names):
            return
        between = [text[a.end : b.start] for a, b in pairwise(names)]
        if any(len(t) > 25 or re.search(r"[.;:。；：!?]", t) for t in between):
            return
        before = text[: names[0].start]
        rest = text[names[-1].end :]
        if DENIED.search(before[-60:]) or not (
            self._speaker.about_this(_clause(before)) or self._speaker.last_this(before + rest) >= 0
        ):
            return
        for name in names:
            self._parent(name, "merge", sentence.span(min(name.start, len(text) - 1)), text)

    def _other_follows(self, after: str) -> bool:
        """ "Built on X, Y is ...": is Y another model?"""
        m = re.match(r"[^,，]{0,80}[,，]\s*(?:the\s+)?", after)
        if m is None:
            return False
        rest = after[m.end() : m.end() + 80]
        found = [n for n in (*find_ids(rest), *find_printed(rest)) if n.start <= 1]
        return bool(found) and self._speaker.last_this(rest[: found[0].end + 1]) < 0

    def _names_within(self, sentence: Sentence, start: int, end: int) -> list[Name]:
        found = _names(sentence, start)
        return [n for n in found if n.start >= start and n.end <= end + 1 and n.kind != "plain"][:4]

    def _names_behind(self, sentence: Sentence, start: int, phrase: Phrase) -> tuple[list[Name], int]:
        """The names listed right behind a phrase, and where they end."""
        text = sentence.text
        known = {n.start: n for n in reversed(_names(sentence, start))}
        found: list[Name] = []
        at = start
        while len(found) < 12:
            m = re.compile(r"[\s:：,\"“'`*_\[(]*").match(text, at)
            at = m.end() if m else at
            lead = LEAD.match(text, at)
            places = {at, lead.end() if lead else at}
            if lead:
                # a name may itself begin with a word that could lead: "Base-7B"
                places.update(at + k.start() for k in re.finditer(r"\S+", lead[0]))
            name = next((known[p] for p in sorted(places) if p in known), None)
            if (
                name is None
                or (name.kind == "plain" and not phrase.strong)
                or OTHER_USE.match(text, name.end)
            ):
                break
            if (
                found
                and BEGINS_ANEW.match(text, name.end)
                and not re.search(r"\w|&|\+", text[found[-1].end : at])
            ):
                at = found[-1].end
                break
            found.append(name)
            at = name.end
            if text[at : at + 1] in (")", "）") and not re.search(r"[(（][^)）]*$", text[start:at]):
                break  # the phrase stands in a remark that ends here
            m = SEPARATOR.match(text, at) or (
                MERGE_SEPARATOR.match(text, at) if phrase.relation == "merge" else None
            )
            if m is None or not m[0].strip():
                break
            at = m.end()
        return found, at

    def _parent(self, name: Name, relation: str, span: Span, raw: str) -> None:
        key = (name.text.lower(), relation)
        if key in self._parents or len(self._parents) >= MAX_PARENTS:
            return
        if relation == "unknown" and any(model == key[0] for model, _ in self._parents):
            return
        self._parents.add(key)
        self._mentions.add(name.text.lower())
        self._claims.add(v.PARENT, name.text, span, raw, text=relation, model=name.text)

    def merge_recipe(self, models: Sequence[tuple[str, Span, str]]) -> None:
        """Models that a merge configuration in a code block names, each with its place and source line."""
        if any(self._speaker.is_own(model) for model, _, _ in models):
            return
        for model, span, raw in models:
            self._parent(Name(0, 0, model, "id"), "merge", span, raw)

    def mention(self, model: str, span: Span, raw: str) -> None:
        """Another model named by id, with no role stated."""
        if model.lower() in self._mentions or self._speaker.is_own(model) or len(self._mentions) >= 500:
            return
        self._mentions.add(model.lower())
        self._claims.add(v.MENTION, model, span, raw, model=model)

    def _all_mentions(self) -> None:
        for link in self._document.links:
            if link.kind == "link" and (model := hub_id(link.target)):
                self.mention(model, link.span, link.text or link.target)
        for paragraph, found in self._reading:
            for sentence in found:
                if "/" not in sentence.text or "docker" in sentence.text.lower():
                    continue
                for name in find_ids(sentence.text):
                    if any(a <= sentence.start + name.start < b for a, b, _ in paragraph.links):
                        continue  # the link says where it leads
                    if _DATA_BEFORE.search(sentence.text[: name.start][-40:]) or _DATA_BEHIND.match(
                        sentence.text, name.end
                    ):
                        continue
                    self.mention(name.text, sentence.span(name.start), sentence.text)


def _clause(before: str) -> str:
    """The part of a sentence that can hold the phrase's subject."""
    breaks = list(re.finditer(r"[;；:：]\s|\s[—–]\s", before))
    if not breaks:
        return before
    m = breaks[-1]
    rest = before[m.end() :]
    # "**Training**: fine-tuned from X": what stands before a colon is a label, not a subject
    return rest if rest.strip() or m[0][0] in ":：" else before


def _names(sentence: Sentence, start: int) -> list[Name]:
    links = [
        (a - sentence.start, b - sentence.start, target)
        for a, b, target in sentence.paragraph.links
        if a >= sentence.start and b <= sentence.start + len(sentence.text) + 1
    ]
    return names_in(sentence.text, links, start)


def names_in(text: str, links: Sequence[tuple[int, int, str]], start: int) -> list[Name]:
    """Names at or behind `start`, best reading first where they overlap: links, ids, printed names."""
    found: list[Name] = []
    for a, b, target in links:
        if a < start:
            continue
        model = hub_id(target)
        lead = len(text[a:b]) - len(text[a:b].lstrip())
        if model is not None:
            found.append(Name(a + lead, b, model, "id"))
    for name in (*find_ids(text), *find_printed(text)):
        if name.start < start or any(f.start < name.end and name.start < f.end for f in found):
            continue
        if "://" in text[max(name.start - 40, 0) : name.start].rsplit(" ", 1)[-1]:
            continue
        found.append(name)
    return sorted(found, key=lambda n: n.start)
