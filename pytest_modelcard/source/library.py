"""Finds the source behind what a user typed, and opens other models that a card speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CardError, UnknownCard
from .base import Source
from .local import LocalSource

if TYPE_CHECKING:
    from ..card.benchmarks import Registry
    from ..evidence import Evidence


class Library:
    """All sources of one run. `maps` gives local folders for repository ids; `offline` forbids the network."""

    def __init__(self, maps: Mapping[str, Path] | None = None, *, offline: bool = False) -> None:
        self.maps = dict(maps or {})
        self.offline = offline
        self._evidence: dict[str, Evidence | CardError] = {}

    def open(self, target: str) -> tuple[Source, ...]:
        """The source(s) behind a target: `org/name[@revision][/refs/pr/N]`, a folder, a Markdown file.

        Raises UnknownCard if it names none.
        """
        path = Path(target)
        if path.is_file():
            return (LocalSource(path.parent, path.name, label=target, knows_files=False),)
        if path.is_dir():
            return (LocalSource(path, label=target),)
        raise UnknownCard(f"{target} is neither a file, a folder, nor a Hub id")

    def model(self, repo_id: str) -> Source:
        """The repository of another model; raises CardError with the reason where it cannot be opened."""
        if repo_id in self.maps:
            return LocalSource(self.maps[repo_id], label=repo_id, repo_id=repo_id)
        raise CardError(f"{repo_id} was not looked up: no network (--modelcard-offline)", "offline")

    def evidence(self, repo_id: str, registry: Registry) -> Evidence:
        """The evidence about another model, opened once a run."""
        from ..evidence import Evidence

        if repo_id not in self._evidence:
            try:
                self._evidence[repo_id] = Evidence(self.model(repo_id), self, registry)
            except CardError as error:
                self._evidence[repo_id] = error
        found = self._evidence[repo_id]
        if isinstance(found, CardError):
            raise found
        return found
