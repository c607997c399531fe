"""What the probe came to: how often each name was given, with intervals and quotes; the report's `identity`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .asked import Asked, asked_of
from .interval import exact_interval
from .match import QUOTE, named
from .names import Name, Names, names_of
from .questions import Question, questions
from .system import System, system_of

if TYPE_CHECKING:
    from ..architecture.identity import BuiltIn
    from ..evidence import Evidence

#: Of each share's interval, for itself.
LEVEL = 0.99
#: Categories of characters that are left out of quotes: controls, directions, halves of pairs.
_UNSHOWN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
#: Quotes of each name, and names that no table knows.
MAX_QUOTES, MAX_OTHERS = 5, 20


@dataclass(frozen=True, slots=True)
class Quote:
    question: Question
    answer: str


@dataclass(frozen=True, slots=True)
class Share:
    """How often a name was given. label: of `name`, or the bare name where no table knows it."""

    label: str
    count: int
    total: int
    low: float
    high: float
    languages: Mapping[str, int]
    quotes: tuple[Quote, ...]
    name: Name | None = None

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe. shares: of all names that were given, and of the own name in any case; most first. others: names that
    no table knows."""

    asked: Asked
    system: System
    names: Names
    shares: tuple[Share, ...]
    others: tuple[Share, ...]
    answers: int  #: that could be read

    @property
    def own(self) -> Share | None:
        return next((s for s in self.shares if s.name is not None and s.name.kind == "own"), None)


def probe_of(evidence: Evidence) -> Probe:
    """The probe of the evidence's card, made once. Raises CannotTell where nothing can be asked."""
    return evidence.compute(
        "identity", lambda: counted(asked_of(evidence), system_of(evidence), names_of(evidence))
    )


def counted(asked: Asked, system: System, names: Names) -> Probe:
    """Reads every answer."""
    entries, all_questions = names.entries, questions().all
    by_id: dict[str, list[Quote]] = {}
    by_other: dict[str, list[Quote]] = {}
    spelling: dict[str, str] = {}
    read = 0
    for index in sorted(asked.answers):
        answer, question = asked.answers[index], all_questions[index]
        if answer is None:
            continue
        read += 1
        found = named(answer, entries, question.text)
        for id in found.ids:
            by_id.setdefault(id, []).append(Quote(question, answer))
        for other in found.others:
            spelling.setdefault(other.casefold(), other)
            by_other.setdefault(other.casefold(), []).append(Quote(question, answer))
    known = {n.id: n for n in names.all}
    if names.own is not None:
        by_id.setdefault(names.own.id, [])
    shares = [_share(known[id].label, quotes, read, known[id]) for id, quotes in by_id.items()]
    others = [_share(spelling[key], quotes, read, None) for key, quotes in by_other.items()]
    return Probe(asked, system, names, _ordered(shares), _ordered(others)[:MAX_OTHERS], read)


def _share(label: str, quotes: list[Quote], read: int, name: Name | None) -> Share:
    languages: dict[str, int] = {}
    for quote in quotes:
        languages[quote.question.language] = languages.get(quote.question.language, 0) + 1
    low, high = exact_interval(len(quotes), read, LEVEL)
    return Share(label, len(quotes), read, low, high, languages, _spread(quotes), name)


def _spread(quotes: list[Quote]) -> tuple[Quote, ...]:
    """Quotes of all languages, shorter answers first."""
    ordered = sorted(quotes, key=lambda q: (len(q.answer) > QUOTE, q.question.id))
    chosen: list[Quote] = []
    while ordered and len(chosen) < MAX_QUOTES:
        seen = [q.question.language for q in chosen]
        best = min(ordered, key=lambda q: seen.count(q.question.language))
        chosen.append(best)
        ordered.remove(best)
    return tuple(chosen)


def _ordered(shares: list[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda s: (-s.count, s.label)))


def identity_dict(probe: Probe) -> dict[str, Any]:
    """Plain data for JSON."""
    asked = probe.asked
    return {
        "model": asked.model,
        "endpoint": asked.where,
        "engine": "chat",
        "engine_version": asked.version,
        "questions": len(questions().all),
        "questions_sha256": questions().sha256,
        "asked": len(asked.answers) + len(asked.lost),
        "answers": probe.answers,
        "unreadable": len(asked.answers) - probe.answers,
        "errors": len(asked.lost),
        "truncated": asked.truncated,
        "level": LEVEL,
        "names": [
            {
                **_share_dict(share),
                "kind": share.name.kind,
                "family": share.name.family.id if share.name.family else None,
                "declared_by": share.name.why,
            }
            for share in probe.shares
            if share.name is not None
        ],
        "other_names": [_share_dict(share) for share in probe.others],
        "system_prompt": {
            "sent": asked.sent,
            "reason": probe.system.why,
            "removed": probe.system.removed,
            "in_template": [_prompt_dict(p) for p in probe.system.template],
            "in_card": [_prompt_dict(p) for p in probe.system.card],
            "tokens_added": asked.added,
        },
        "settings": asked.settings,
        "seed": asked.seed,
        "stopped": asked.stopped,
        "calls": asked.calls,
        "retries": asked.retries,
        "reused": asked.reused,
        "tokens": {"prompt": asked.prompt_tokens, "completion": asked.completion_tokens},
        "seconds": round(asked.seconds, 3),
        "store": asked.store,
    }


def _share_dict(share: Share) -> dict[str, Any]:
    return {
        "name": share.label,
        "count": share.count,
        "share": share.share,
        "interval": [share.low, share.high],
        "languages": dict(share.languages),
        "quotes": [
            {
                "question": q.question.text,
                "language": q.question.language,
                "kind": q.question.kind,
                "answer": shortened(q.answer),
            }
            for q in share.quotes
        ],
    }


def _prompt_dict(prompt: BuiltIn) -> dict[str, Any]:
    span = prompt.template.span(prompt.offset)
    return {
        "name": prompt.name,
        "quote": prompt.quote,
        "path": span.path,
        "line": span.line,
        "applied": prompt.applied,
    }


def shortened(answer: str) -> str:
    """An answer on one line, cut to be shown; without what steers terminals or cannot be written as UTF-8."""
    line = " ".join(
        "".join(c for c in answer if c.isspace() or unicodedata.category(c) not in _UNSHOWN).split()
    )
    return line if len(line) <= QUOTE else line[: QUOTE - 1] + "…"
