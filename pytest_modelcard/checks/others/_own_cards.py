"""Another model's numbers on this card beside what that model's own card says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...arithmetic import agree, printed, truncated
from ...card.benchmark_names import key as benchmark_key
from ...card.names import key as name_key
from ...card.names import split_mode
from ...card.records import Card
from ...card.vocabulary import MENTION, PARENT
from ...errors import CannotTell, CardError
from ...model import Claim, Role, Span
from ..base import Subject, slug
from ..metadata._entries import id_in_url, id_trouble, texts

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_SCORES = 20_000
MAX_IDS = 500
#: Each other card costs two requests; a survey's table may link to dozens.
MAX_COMPETITORS = 12

#: In a benchmark's name, a setting, or a remark behind a model's name: how it was run.
_RUN = re.compile(
    r"(?<![a-z])(?:(?:w/?o|without|no|w/|with)?[ -]?(?:tools?|search|python|context|browsing|subtitles?)"
    r"|(?:non-?|no-?|without )?(?:think(?:ing)?|reasoning|cot)|pass[@^]\d+|(?:avg|mean|maj)@\d+"
    r"|(?:cons|best)@\d+|\d{1,3}-?\s?shots?|strict|loose|text[- ]only|public|private|val(?:idation)?|dev"
    r"|test|mini|lite|hard|full|greedy|low|medium|high|max|heavy|f1|acc_norm|mc[12]|norm(?:alized)?|\d+k|en"
    r"|zh|em)(?![a-z0-9])",
    re.IGNORECASE,
)
#: In a heading or group of rows: which model of a family, and in which form.
_FORM = re.compile(
    r"(?<![a-z])(?:base models?|pre-?train(?:ed|ing)?|foundation|instruct(?:ion)?[- ]?(?:tuned|models?)"
    r"|instruct|chat|post-?train(?:ed|ing)?|(?:non-?|no-?)?thinking|quanti[sz](?:ed|ation)|int[48]|fp8|gguf"
    r"|awq|gptq"
    r"|基座|对话|量化)(?![a-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One number of this card against the other card's."""

    state: Literal["same", "differs", "unclear", "absent"]
    theirs: Claim | None = None  #: the score of their card that was compared


def scores(card: Card, *roles: Role) -> Iterator[Claim]:
    """Table scores of models in these roles: single numbers of one named benchmark."""
    for claim in card.named("score")[:MAX_SCORES]:
        if (
            claim.role in roles
            and claim.table is not None
            and claim.value is not None
            and claim.benchmark
            and not (claim.is_auxiliary or claim.is_aggregate)
            and len(claim.values) < 2
        ):
            yield claim


def subjects_of(card: Card, role: Role) -> Iterator[Subject]:
    """One subject for each number of a model in this role whose id the card gives; `data` is the id.

    Of competitors the first MAX_COMPETITORS are taken.
    """
    ids = Ids(card)
    seen = set()
    models: set[str] = set()
    for claim in scores(card, role):
        repo_id = ids.of(claim)
        told = (repo_id, benchmark_of(claim), claim.setting, claim.value)
        if repo_id is None or told in seen:
            continue
        if role == "other" and repo_id not in models and len(models) >= MAX_COMPETITORS:
            continue
        models.add(repo_id)
        seen.add(told)
        key = slug(claim.benchmark_id or claim.benchmark, claim.model or repo_id, claim.setting)
        yield Subject(key, claim.span, claims=(claim,), data=repo_id)


def benchmark_of(claim: Claim) -> str:
    """Equal for scores of one benchmark, also one that the registry does not know."""
    return claim.benchmark_id or benchmark_key(claim.benchmark or "")


class Ids:
    """Which repository a printed model name means, where the card itself gives the id."""

    def __init__(self, card: Card) -> None:
        self._bases = [e.value for e in texts(card.front_matter, "base_model") if id_trouble(e.value) is None]
        found: list[str] = list(self._bases)
        found += [link_id for link in card.links if (link_id := id_in_url(link.target))]
        found += [c.model for c in card.named("prose", MENTION, PARENT) if c.model]
        self._by_key: dict[str, set[str]] = {}
        for repo_id in found[:MAX_IDS]:
            if "/" in repo_id and id_trouble(repo_id) is None:
                self._by_key.setdefault(name_key(repo_id), set()).add(repo_id)
        self._by_text: dict[str, set[str]] = {}
        for link in card.links:
            if link.kind == "link" and (link_id := id_in_url(link.target)):
                self._by_text.setdefault(_folded(link.text), set()).add(link_id)

    def of(self, claim: Claim) -> str | None:
        """The id, None unless exactly one fits."""
        name = (claim.model or "").strip()
        if claim.role == "base" and len(self._bases) == 1:
            return self._bases[0]
        if name.count("/") == 1 and id_trouble(name) is None:
            return name
        linked = self._by_text.get(_folded(name), set())
        if len(linked) == 1:
            return next(iter(linked))
        plain, remarks = split_mode(name)
        named = self._by_key.get(name_key(name if not remarks else plain), set())
        return next(iter(named)) if name and len({i.lower() for i in named}) == 1 else None


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def own_card(evidence: Evidence, repo_id: str) -> Card:
    """The other model's card; raises CannotTell with the reason where it cannot be read."""
    own_id = evidence.source.repo_id
    if own_id is not None and own_id.lower() == repo_id.lower():
        raise CannotTell(f"{repo_id} is this model itself")
    try:
        return evidence.other(repo_id).card
    except CardError as error:
        raise CannotTell(f"the card of {repo_id} cannot be read: {error}") from None


def own_scores(evidence: Evidence, repo_id: str) -> dict[str, list[Claim]]:
    """What the other model's card says of itself, by benchmark."""

    def read() -> dict[str, list[Claim]]:
        found: dict[str, list[Claim]] = {}
        for claim in own_card(evidence, repo_id).named("score")[:MAX_SCORES]:
            useful = claim.value is not None and not (claim.is_auxiliary or claim.is_aggregate)
            if claim.role == "this" and useful:
                found.setdefault(benchmark_of(claim), []).append(claim)
        return found

    return evidence.compute(("own scores", repo_id), read)


def compare(evidence: Evidence, claim: Claim, repo_id: str) -> Compared:
    """One number of this card against the other model's own card."""
    theirs = own_scores(evidence, repo_id).get(benchmark_of(claim), [])
    if not theirs:
        return _under_the_family_name(evidence, claim, repo_id)
    for candidate in theirs:
        if one_number(claim, candidate):
            return Compared("same", candidate)
    card, other = evidence.card, own_card(evidence, repo_id)
    alike = [c for c in theirs if len(c.values) < 2 and _run_alike(card, claim, other, c)]
    values = {c.value for c in alike}
    return Compared("differs", alike[0]) if len(values) == 1 else Compared("unclear", theirs[0])


def _under_the_family_name(evidence: Evidence, claim: Claim, repo_id: str) -> Compared:
    """The same number under a name that leaves the version open ("GPQA" for "GPQA Diamond")."""
    registry = evidence.registry
    named = registry.get(claim.benchmark_id)
    for benchmark_id, theirs in own_scores(evidence, repo_id).items():
        known = registry.get(benchmark_id)
        if named is None or known is None or known.family is None or known.family != named.family:
            continue
        if known.version is None or named.version is None:
            for candidate in theirs:
                if one_number(claim, candidate):
                    return Compared("same", candidate)
    return Compared("absent")


def one_number(a: Claim, b: Claim) -> bool:
    """Whether a score of one card may be the same number as one of another: rounded or cut off differently,
    a share or a percentage, or one of several numbers in a cell.
    """
    return any(
        agree(x, y)
        for u in _numbers(a)
        for v in _numbers(b)
        for x in (printed(u, a.decimals), truncated(u, a.decimals))
        for y in (printed(v, b.decimals), truncated(v, b.decimals))
    )


def _numbers(claim: Claim) -> Iterable[float]:
    numbers = [claim.value, claim.alt, *claim.values]
    return [n for n in numbers if n is not None][:8]


def _run_alike(card: Card, claim: Claim, other: Card, theirs: Claim) -> bool:
    """Whether nothing on either card says that the two were measured differently."""
    # "base model" in a heading of this card speaks of the comparison, not of how it was measured
    ours = {word for word in _form(card, claim) if not word.startswith("base")}
    return _run(claim) == _run(theirs) and ours == _form(other, theirs)


def _run(claim: Claim) -> frozenset[str]:
    text = " ".join((claim.benchmark or "", claim.setting or "", *split_mode(claim.model or "")[1]))
    return frozenset(re.sub(r"[\s-]", "", m.lower()) for m in _RUN.findall(text[:500]))


def _form(card: Card, claim: Claim) -> frozenset[str]:
    heading = card.tables[claim.table].heading if claim.table is not None else ""
    text = " ".join((heading, claim.section or "", *claim.header_path))
    return frozenset(re.sub(r"[\s-]|models?$", "", m.lower()) for m in _FORM.findall(text[:500]))


def tally(evidence: Evidence, repo_id: str) -> tuple[int, int]:
    """How many of this card's numbers of another model agree with that model's card, and how many differ."""

    def count() -> tuple[int, int]:
        ids = Ids(evidence.card)
        states = [
            compare(evidence, claim, repo_id).state
            for claim in scores(evidence.card, "base", "other")
            if ids.of(claim) == repo_id
        ]
        return states.count("same"), states.count("differs")

    return evidence.compute(("tally", repo_id), count)


def place(repo_id: str, claim: Claim) -> Span:
    """A span on another model's card: `org/name/README.md`."""
    span = claim.span
    return Span(f"{repo_id}/{span.path}", span.line, span.column, span.end_line, span.end_column)
