"""Finds the source behind what a user typed, and opens other models that a card speaks of."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import CardError, UnknownCard
from .base import Source
from .folders import CARD, MARKDOWN, cards_below, holds_model, names_in, repository_of
from .ids import HubTarget, is_repo_id, read_target
from .local import LocalSource

if TYPE_CHECKING:
    from .descendants import Descendant
    from .wire import Patience, Wire

#: A card may name hundreds of models; a run opens no more than this many of them.
MAX_OTHERS = 50
#: Seconds that a run spends on finding other models on the Hub.
MAX_OTHERS_SECONDS = 60.0

ACCEPTED = (
    "accepted are a Hub id (org/name, org/name@revision, org/name@refs/pr/N), an address on huggingface.co, "
    "a folder, or a Markdown file"
)


class Catalog:
    """All sources of one run.

    maps: local folders (or Markdown files) for repository ids. offline: no network; the Hub client's cache is
    used where it has what is needed. endpoint: the Hub's address, None for the client's (HF_ENDPOINT).
    pins: what `pins()` of another process's library gave; those revisions are used without asking again.
    """

    def __init__(
        self,
        maps: Mapping[str, Path] | None = None,
        *,
        offline: bool = False,
        endpoint: str | None = None,
        pins: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        cache: Path | None = None,
    ) -> None:
        self.maps = dict(maps or {})
        self.offline = offline
        self.endpoint = endpoint
        self._patience = patience
        self._cache = cache
        self._pins = dict(pins or {})
        self._wire: Wire | None = None
        self._models: dict[str, Source | CardError] = {}
        self._finding: dict[str, threading.Lock] = {}
        self._listed: set[str] = set()  #: ids that the Hub itself has listed
        self._others = 0
        self._others_seconds = 0.0
        self._lock = threading.RLock()

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._wire.requests if self._wire else 0

    @property
    def bytes_read(self) -> int:
        """How many bytes came over the network so far."""
        return self._wire.bytes_read if self._wire else 0

    def pins(self) -> dict[str, str]:
        """Which commit every Hub model of this run is pinned to, for `Catalog(pins=...)` elsewhere."""
        return dict(self._pins)

    def open(self, target: str) -> tuple[Source, ...]:
        """The source(s) behind a target, each one card: a Hub id or address, a folder, a Markdown file.

        A local path wins over an id. Raises UnknownCard if the target names nothing, CardError if the Hub or
        the folder cannot be read.
        """
        path = Path(target).expanduser() if target.startswith("~") else Path(target)
        try:
            if path.is_dir():
                return self._folder(path, target)
            if path.exists():
                return (self._file(path, target),)
        except (OSError, ValueError) as error:  # a name too long, or with a null character
            raise UnknownCard(f"{target[:200]!r} cannot be a path: {error}; {ACCEPTED}") from None
        if target in self.maps:
            return (self._mapped(target),)
        wanted = read_target(target, self._own_host())
        if wanted is None:
            if _looks_like_path(target):
                raise UnknownCard(f"{target}: there is no such file or folder")
            raise UnknownCard(f"{target!r} is neither a file, a folder, nor a Hub id; {ACCEPTED}")
        if wanted.revision is None and wanted.repo_id in self.maps:
            return (self._mapped(wanted.repo_id),)
        try:
            return (self._hub(wanted),)
        except CardError as error:
            if error.reason != "missing":
                raise
            raise UnknownCard(f"{error}; nor is there a file or folder {target} here") from None

    def _folder(self, path: Path, target: str) -> tuple[Source, ...]:
        label = target.rstrip("/") or target
        repo_id, commit = repository_of(path)
        names = names_in(path)
        if CARD in names or holds_model(path):
            # a commit is known for the client's cache only, where a snapshot may hold just the card
            complete = commit is None or holds_model(path)
            return (LocalSource(path, label=label, repo_id=repo_id, revision=commit, knows_files=complete),)
        places = cards_below(path)
        if not places:
            raise UnknownCard(f"{target} holds no README.md and no other Markdown file")
        return tuple(
            LocalSource(
                place.root,
                place.card,
                label=f"{label}/{place.relative}",
                repo_id=repository_of(place.root)[0],
                knows_files=place.is_repository,
            )
            for place in places
        )

    def _file(self, path: Path, target: str) -> LocalSource:
        if not path.is_file():
            raise UnknownCard(f"{target} is no regular file")
        if path.suffix.lower() not in (*MARKDOWN, ".txt", ""):
            raise UnknownCard(f"{target} is no Markdown file; {ACCEPTED}")
        repo_id, commit = repository_of(path.parent)
        if path.is_symlink() and commit is None:
            path = path.resolve()  # who names a link means what it leads to
        known = path.name == CARD and holds_model(path.parent)
        return LocalSource(
            path.parent,
            path.name,
            label=target,
            repo_id=repo_id,
            revision=commit,
            knows_files=known or (repo_id is not None and commit is None),
        )

    def _mapped(self, repo_id: str) -> LocalSource:
        path = Path(self.maps[repo_id])
        if path.is_dir():
            return LocalSource(path, label=repo_id, repo_id=repo_id)
        if path.is_file():
            return LocalSource(path.parent, path.name, label=repo_id, repo_id=repo_id, knows_files=False)
        raise CardError(f"{repo_id} is mapped to {path}, where there is no file or folder", "other")

    def _hub(self, wanted: HubTarget) -> Source:
        """The source on the Hub, pinned; raises CardError."""
        from .hub import HubSource

        key = HubTarget(wanted.repo_id, wanted.revision).label
        with self._lock:
            pinned_id, _, commit = self._pins.get(key, "").rpartition("@")
            wire = self._connection()
        source = HubSource(
            HubTarget(pinned_id or wanted.repo_id, wanted.revision, wanted.card_path),
            wire,
            label=wanted.label,
            commit=commit or None,
            offline=self._is_offline(),
            cache=self._cache,
        )
        commit = source.pin()
        renamed = source.repo_id != wanted.repo_id
        with self._lock:
            self._pins[key] = f"{source.repo_id}@{commit}" if renamed else commit
        return source

    def _own_host(self) -> str | None:
        """The host of a Hub that is not the public one, whose addresses are targets, too."""
        try:
            return (
                urlsplit(self.endpoint or os.environ.get("HF_ENDPOINT", "")).netloc.rpartition("@")[2] or None
            )
        except ValueError:
            return None

    def _connection(self) -> Wire:
        if self._wire is None:
            from .wire import Wire

            self._wire = Wire(self.endpoint, patience=self._patience)
        return self._wire

    def _is_offline(self) -> bool:
        if self.offline:
            return True
        from huggingface_hub import constants

        return bool(constants.HF_HUB_OFFLINE)

    def model(self, repo_id: str) -> Source:
        """The repository of another model, opened once a run; raises CardError with the reason where not.

        At most MAX_OTHERS models are looked up on the Hub, for at most MAX_OTHERS_SECONDS in all; models that
        `descendants` has listed do not count, as no card's author chose how many there are.
        """
        with self._lock:
            finding = self._finding.setdefault(repo_id, threading.Lock())
        with finding:  # several models may be looked up at once, each only once
            if repo_id not in self._models:
                try:
                    self._models[repo_id] = self._find(repo_id)
                except CardError as error:
                    self._models[repo_id] = error
            found = self._models[repo_id]
        if isinstance(found, CardError):
            raise CardError(str(found), found.reason)
        return found

    def descendants(self, repo_id: str, limit: int = 200) -> tuple[Descendant, ...]:
        """Models the Hub knows to be made from this one, most used first; raises CardError."""
        from .descendants import descendants

        if self._is_offline():
            raise CardError(f"the Hub was not asked for models made from {repo_id} (offline)", "offline")
        found = descendants(self._connection(), repo_id, limit)
        self._listed.update(one.id for one in found)
        return found

    def _find(self, repo_id: str) -> Source:
        if repo_id in self.maps:
            return self._mapped(repo_id)
        alike = [known for known in self.maps if known.lower() == repo_id.lower()]
        if alike:  # the Hub does not tell capital letters apart
            return self._mapped(alike[0])
        if not is_repo_id(repo_id):
            raise CardError(f"{repo_id[:100]!r} is no repository id (org/name)", "missing")
        if repo_id in self._listed:
            return self._hub(HubTarget(repo_id))
        if self._others >= MAX_OTHERS or self._others_seconds > MAX_OTHERS_SECONDS:
            raise CardError(
                f"{repo_id} was not looked up: the card names more models than one run opens "
                f"({MAX_OTHERS} models, {MAX_OTHERS_SECONDS:.0f} s)",
                "busy",
            )
        self._others += 1
        started = time.monotonic()
        try:
            return self._hub(HubTarget(repo_id))
        finally:
            self._others_seconds += time.monotonic() - started


def _looks_like_path(target: str) -> bool:
    separators = [s for s in (os.sep, os.altsep) if s]
    return "://" not in target and (
        target.startswith((".", "~", "/"))
        or "\\" in target
        or target.endswith(tuple(separators))
        or target.lower().endswith(MARKDOWN)
        or target.count("/") > 1
    )
