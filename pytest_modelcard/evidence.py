"""The keyed store of evidence about one model: computed once, shared by all rules.

Rules never fetch: they ask here and compare. What cannot be had is raised as `CannotTell` with the reason,
which becomes a skipped test that says what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .card import parse_card
from .card.records import Card
from .errors import CannotTell, CardError
from .model import CardIdentity, Cost, Finding, Report
from .source.base import MAX_JSON_BYTES, MAX_TEXT_BYTES, FileEntry, Source

if TYPE_CHECKING:
    from .card.benchmarks import Registry
    from .evals.options import RunOptions
    from .source.catalog import Catalog

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """What the user allows for evidence from weights and from runs.

    weights: whether weights are read at all. suspects: ids of models to compare with, beside those the card names.
    auto: whether further suspects are looked for on the Hub. budget: bytes of weights that one card may cost.
    cache: folder for ranges already read, None for the usual one. seed: of the sampled positions. shared:
    folder in which the processes of one run tell each other what they found; None where there is one.
    index: file of sketches to look for further suspects in, None for none. runs: what sampled benchmark runs may
    do and spend; None where none were asked for. logs: folders and files with logs of earlier runs. served: the name
    that the card's model was served under in them. identity: what the identity probe may do and spend; None where
    none was asked for.
    """

    weights: bool = True
    suspects: tuple[str, ...] = ()
    auto: bool = True
    budget: int = 64 * 1024 * 1024
    cache: Path | None = None
    seed: int = 0
    shared: Path | None = None
    index: Path | None = None
    runs: RunOptions | None = None
    logs: tuple[Path, ...] = ()
    served: str | None = None
    identity: RunOptions | None = None


class Evidence:
    """What can be known of one model repository, and of the models beside it."""

    def __init__(
        self,
        source: Source,
        library: Catalog,
        registry: Registry,
        others: dict[str, Evidence] | None = None,
        options: EvidenceOptions | None = None,
    ) -> None:
        """`others` keeps the evidence about other models by id; share one among the cards of a run."""
        self.source = source
        self.catalog = library
        self.registry = registry
        self.options = options or EvidenceOptions()
        self.tell: Callable[[str], None] | None = None  #: where lines on long work go
        self.chosen: frozenset[str] | None = None  #: ids of the checks that are run; None: all
        self._others = {} if others is None else others
        self._store: dict[Hashable, Any] = {}

    def compute(self, key: Hashable, function: Callable[[], T]) -> T:
        """The value kept under `key`, computed on first use; a CannotTell or CardError is kept, too."""
        if key not in self._store:
            try:
                self._store[key] = function()
            except (CannotTell, CardError) as error:
                self._store[key] = error
        value = self._store[key]
        if isinstance(value, (CannotTell, CardError)):
            raise value
        return cast(T, value)

    def peek(self, key: Hashable) -> Any:
        """What is kept under `key`; None where nothing is, or where it could not be had."""
        value = self._store.get(key)
        return None if isinstance(value, (CannotTell, CardError)) else value

    @property
    def card(self) -> Card:
        """The parsed card of this model; raises CardError if there is none that can be read."""
        return self.compute("card", lambda: parse_card(self.source, self.registry))

    def files(self) -> tuple[FileEntry, ...]:
        """All files of the repository; raises CannotTell where only a card was given."""
        if not self.source.knows_files:
            raise CannotTell(
                "only the card's text was given, so its repository's files are not known; "
                "point --modelcard at the repository's folder or Hub id"
            )
        return self.compute("files", self._list)

    def _list(self) -> tuple[FileEntry, ...]:
        try:
            return self.source.files()
        except CardError as error:
            raise CannotTell(str(error)) from error

    def has_file(self, path: str) -> bool:
        return path in self.compute("paths", lambda: frozenset(f.path for f in self.files()))

    def text(self, path: str) -> str | None:
        """The file's text, None where the repository has no such file; raises CannotTell if unreadable."""
        if not self.has_file(path):
            return None
        return self.compute(("text", path), lambda: self._text(path, MAX_TEXT_BYTES))

    def _text(self, path: str, limit: int) -> str:
        try:
            raw = self.source.read(path, limit=limit)
        except CardError as error:
            raise CannotTell(str(error)) from error
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise CannotTell(f"{path} is not UTF-8 text (byte {error.start})") from error

    def json(self, path: str) -> Any:
        """The parsed JSON file, None where there is no such file; raises CannotTell if it cannot be parsed."""
        if not self.has_file(path):
            return None
        return self.compute(("json", path), lambda: self._json(path))

    def _json(self, path: str) -> Any:
        text = self._text(path, MAX_JSON_BYTES)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CannotTell(f"{path} is not valid JSON: {error}") from error

    def report(self, findings: tuple[Finding, ...], *, profile: str, cost: Cost) -> Report:
        """The report on this card; a card that could not be read has its source and no claims."""
        try:
            card = self.card
        except CardError:
            source = self.source
            identity = CardIdentity(source.label, source.repo_id, source.revision, source.card_path, "")
            return Report(identity, (), findings, profile, cost)
        return Report(card.identity, card.claims, findings, profile, cost)

    def other(self, repo_id: str) -> Evidence:
        """The evidence about another model; raises CardError (`reason` says why) where it cannot be opened."""
        if repo_id not in self._others:
            source = self.catalog.model(repo_id)
            self._others[repo_id] = Evidence(source, self.catalog, self.registry, self._others, self.options)
        return self._others[repo_id]
