"""Entries of the front matter as rules need them: one value, its key path and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...card.metadata import dotted
from ...card.records import Card, FrontMatter, KeyPath
from ...model import Claim, Span

#: Keys by which a header is known to be meant for the Hub (a web site's page has others).
HUB_KEYS = frozenset(
    [
        "base_model",
        "base_model_relation",
        "co2_eq_emissions",
        "datasets",
        "inference",
        "language",
        "library_name",
        "license",
        "license_link",
        "license_name",
        "metrics",
        "model-index",
        "new_version",
        "pipeline_tag",
        "tags",
        "thumbnail",
        "widget",
    ]
)
MAX_ENTRIES = 1000
#: Parents that are looked up; the largest merges have some thirty.
MAX_BASES = 50
MAX_SHOWN = 80

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_.-]{1,96})?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text value of the front matter."""

    value: str
    path: KeyPath
    span: Span

    @property
    def name(self) -> str:
        return dotted(self.path)


def texts(front_matter: FrontMatter, key: str) -> list[Entry]:
    """The text values of a top-level key that holds one text or a list of them; anything else is left out."""
    held = front_matter.data.get(key)
    found = []
    for n, value in enumerate(held[:MAX_ENTRIES]) if isinstance(held, list) else ((None, held),):
        path: KeyPath = (key,) if n is None else (key, n)
        span = front_matter.span(*path)
        if isinstance(value, str) and value.strip() and span is not None:
            found.append(Entry(value.strip(), path, span))
    return found


def base_models(card: Card) -> list[Entry]:
    """The declared base models, at most `MAX_BASES`."""
    return texts(card.front_matter, "base_model")[:MAX_BASES]


def for_hub(card: Card) -> bool:
    """Whether the card has a readable front matter that is meant for the Hub."""
    return card.front_matter.readable and not HUB_KEYS.isdisjoint(card.front_matter.data)


def claims_at(card: Card, *entries: Entry) -> tuple[Claim, ...]:
    """The metadata claims of these entries."""
    names = {e.name for e in entries}
    return tuple(c for c in card.claims if c.kind == "metadata" and c.name in names)


def stated(card: Card, name: str) -> tuple[Claim, ...]:
    """What tables and sentences say about this model itself under a name of `card/vocabulary.py`."""
    in_tables = tuple(c for c in card.named("attribute", name) if c.role in (None, "this"))
    return (*in_tables, *card.named("prose", name))


def id_trouble(value: str) -> str | None:
    """Why a text cannot be the id of a repository on the Hub; None where it can."""
    if re.match(r"https?://", value):
        return "is a URL"
    if re.match(r"(/|\./|\.\./|~|[A-Za-z]:\\)", value):
        return "is a path on somebody's machine"
    if any(c.isspace() for c in value):
        return "holds spaces"
    if not _ID.fullmatch(value):
        return "has not the form `organisation/name`"
    if "--" in value or ".." in value or value.endswith((".git", "-", ".")) or len(value) > 193:
        return "is not a name that the Hub gives to repositories"
    return None


def id_in_url(value: str) -> str | None:
    """`org/name` out of a URL of the Hub's model page."""
    match = re.match(r"https?://(?:huggingface\.co|hf\.co)/([\w.-]+/[\w.-]+)", value)
    return (
        match[1]
        if match and match[1].split("/")[0] not in ("datasets", "spaces", "collections", "docs")
        else None
    )


def shown(value: str) -> str:
    """A value for a message, cut to a readable length."""
    return value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
