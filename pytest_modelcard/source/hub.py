"""A model on the Hugging Face Hub, at one pinned commit."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ..errors import CardError
from .base import MAX_JSON_BYTES, MAX_TEXT_BYTES, FileEntry
from .hub_cache import HubCache, is_contents_of, is_inside
from .ids import HubTarget, is_repo_id
from .trouble import Subject
from .wire import Reply, Wire

MAX_FILES = 100_000
MAX_PAGES = 200
_COMMIT = re.compile(r"[0-9a-f]{40}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")  # as text these sort by time
_NEXT = re.compile(r"<([^<>\s]{1,4000})>\s*;\s*rel=\"?next\"?")


class HubSource:
    """Reads from the Hub; what the client's cache holds is not fetched again.

    `pin` (called once, by the library) asks which commit the revision is at; everything is read at that
    commit, also when the branch moves on.
    """

    knows_files = True

    def __init__(
        self,
        target: HubTarget,
        wire: Wire,
        *,
        label: str | None = None,
        commit: str | None = None,
        offline: bool = False,
        cache: Path | None = None,
    ) -> None:
        self.label = label or target.label
        self.repo_id = target.repo_id
        self.card_path = target.card_path
        self.renamed_from: str | None = None  #: the id asked for, where the model has a new one
        self._asked = target
        self._wire = wire
        self._offline = offline
        self._cache_root = cache
        self._cache = HubCache(target.repo_id, cache)
        self._commit = commit
        self._files: tuple[FileEntry, ...] | None = None
        self._dates: tuple[str | None, str | None] | None = None
        self._lock = threading.RLock()

    @property
    def revision(self) -> str | None:
        return self._commit

    @property
    def origin(self) -> str:
        """The Hub's address: another one may hold another model under the same id."""
        return self._wire.endpoint

    def dates(self) -> tuple[str | None, str | None]:
        """When the repository was made, and last changed; a request, made once. Nothing is raised: no date then."""
        if self._dates is None:
            self._dates = (None, None) if self._offline else self._ask_dates()
        return self._dates

    def _ask_dates(self) -> tuple[str | None, str | None]:
        path = f"/api/models/{self.repo_id}?expand=createdAt&expand=lastModified"
        try:
            info, _ = self._wire.json(path, Subject(self.repo_id), limit=MAX_TEXT_BYTES)
        except CardError:
            return None, None
        made, changed = (
            info.get(k) if isinstance(info, Mapping) else None for k in ("createdAt", "lastModified")
        )
        return (
            made if isinstance(made, str) and _DATE.fullmatch(made) else None,
            changed if isinstance(changed, str) and _DATE.fullmatch(changed) else None,
        )

    def pin(self) -> str:
        """Find the commit and stay at it; raises CardError (reason "missing", "gated", "network", ...)."""
        with self._lock:
            if self._commit is None:
                self._commit = self._cached_commit() if self._offline else self._ask()
            return self._commit

    def _cached_commit(self) -> str:
        commit = self._cache.commit(self._asked.revision or "main")
        if commit is None:
            raise CardError(
                f"{self._asked.label} was not looked up (offline) and is not in the Hub client's cache",
                "offline",
            )
        return commit

    def _ask(self) -> str:
        """One request tells the commit, the present name, and all files with sizes and checksums."""
        asked = self._asked
        at = f"/revision/{quote(asked.revision, safe='')}" if asked.revision else ""
        path, subject = f"/api/models/{asked.repo_id}{at}", Subject(asked.repo_id, asked.revision)
        try:
            info, _ = self._wire.json(f"{path}?blobs=true", subject, limit=MAX_JSON_BYTES // 4)
        except CardError as error:
            if error.reason != "too-large":
                raise
            # very many files: they are listed page by page when a rule asks for them
            info, _ = self._wire.json(f"{path}?expand=sha&expand=disabled", subject, limit=MAX_TEXT_BYTES)
        commit, name = (info.get("sha"), info.get("id")) if isinstance(info, Mapping) else (None, None)
        if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
            raise CardError(f"{asked.label}: the Hub names no commit for it", "bad-data")
        if info.get("disabled") is True:
            raise CardError(f"{asked.repo_id} is disabled on the Hub", "gated")
        if isinstance(name, str) and name != asked.repo_id and is_repo_id(name):
            self.renamed_from, self.repo_id = asked.repo_id, name
            self._cache = HubCache(name, self._cache_root)
        self._cache.keep_commit(asked.revision or "main", commit)
        siblings = info.get("siblings")
        if isinstance(siblings, list) and all(isinstance(s, dict) and "size" in s for s in siblings):
            self._files = self._listed(commit, [_of_sibling(s) for s in siblings])
        return commit

    def files(self) -> tuple[FileEntry, ...]:
        with self._lock:
            commit = self.pin()
            if self._files is None:
                self._files = self._cache.files(commit)
            if self._files is None:
                if self._offline:
                    raise CardError(
                        f"{self.label}: its list of files is not in the Hub client's cache", "offline"
                    )
                self._files = self._listed(commit, list(self._tree(commit)))
            return self._files

    def _listed(self, commit: str, found: list[tuple[FileEntry, str] | None]) -> tuple[FileEntry, ...]:
        # a name that leads elsewhere is no file of a Git repository: such an entry is not believed
        kept = [one for one in found if one is not None and is_inside(one[0].path)]
        if len(kept) == len(found):
            self._cache.keep_files(commit, kept)
        return tuple(sorted((entry for entry, _ in kept), key=lambda e: e.path))

    def _tree(self, commit: str) -> Iterator[tuple[FileEntry, str] | None]:
        """The file list page by page, for where the first request did not tell."""
        path: str | None = f"/api/models/{self.repo_id}/tree/{commit}?recursive=true"
        subject, total = Subject(self.repo_id, commit), 0
        for _ in range(MAX_PAGES):
            if path is None:
                return
            page, reply = self._wire.json(path, subject, limit=MAX_JSON_BYTES // 4)
            if not isinstance(page, list):
                raise CardError(f"{self.label}: the Hub sends no list of files", "bad-data")
            total += len(page)
            if total > MAX_FILES:
                break
            yield from (_of_tree(one) for one in page if isinstance(one, dict) and one.get("type") == "file")
            path = self._next(reply)
        if path is not None:
            raise CardError(f"{self.label} holds more than {MAX_FILES} files", "too-large")

    def _next(self, reply: Reply) -> str | None:
        found = _NEXT.search(reply.headers.get("link", "")[:8000])
        if not found:
            return None
        # only path and query are taken, so that a page cannot lead to another server
        try:
            parts = urlsplit(urljoin(self._wire.endpoint, str(found[1])))
        except ValueError:
            return None
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        commit = self.pin()
        if (raw := self._cache.read(commit, path, limit)) is not None:
            return raw
        entry = self._expected(path)
        if self._offline:
            raise CardError(f"{self.label}: {path} is not in the Hub client's cache", "offline")
        if entry is not None and entry.size is not None and entry.size > limit:
            raise CardError(f"{self.label}: {path} is larger than {limit} bytes ({entry.size})", "too-large")
        reply = self._wire.get(self._address(path, commit), Subject(self.repo_id, commit, path), limit=limit)
        etag = self._check(reply, commit, path)
        if not is_contents_of(etag, reply.body):
            raise CardError(f"{self.label}: {path} does not fit its checksum ({etag[:12]})", "bad-data")
        self._cache.keep(commit, path, etag, reply.body)
        return reply.body

    def read_range(self, path: str, start: int, end: int) -> bytes:
        commit = self.pin()
        if not 0 <= start < end:
            if start == end:
                return b""
            raise ValueError(f"no byte range: [{start}, {end})")
        entry = self._expected(path)
        if entry is not None and entry.size is not None and end > entry.size:
            raise CardError(f"{self.label}: {path} ends before byte {end}", "bad-data")
        if self._offline:
            raise CardError(f"{self.label}: {path} is not in the Hub client's cache", "offline")
        subject = Subject(self.repo_id, commit, path)
        reply = self._wire.get(self._address(path, commit), subject, limit=end - start, span=(start, end))
        self._check(reply, commit, path)
        return reply.body

    def _expected(self, path: str) -> FileEntry | None:
        """What the list of files says of a path, where known; raises CardError if there is no such file."""
        if not is_inside(path):
            raise CardError(f"{self.label}: {path} leads outside the repository", "bad-data")
        if self._files is None:
            return None
        for entry in self._files:
            if entry.path == path:
                return entry
        raise CardError(f"{self.label} has no file {path}", "missing")

    def _address(self, path: str, commit: str) -> str:
        return f"/{self.repo_id}/resolve/{commit}/{quote(path)}"

    def _check(self, reply: Reply, commit: str, path: str) -> str:
        """The file's ETag; raises CardError unless the answer is a Hub's and of the pinned commit."""
        told = reply.first.get("x-repo-commit")
        if told != commit:
            what = "names no commit, as a Hub would" if told is None else f"sends commit {told[:12]}"
            raise CardError(f"{self.label}: {path} at {commit[:12]}: the server {what}", "bad-data")
        etag = reply.first.get("x-linked-etag") or reply.first.get("etag") or ""
        return etag.removeprefix("W/").strip('"')


def _of_sibling(told: Mapping[str, Any]) -> tuple[FileEntry, str] | None:
    return _entry(told.get("rfilename"), told, told.get("blobId"), "sha256")


def _of_tree(told: Mapping[str, Any]) -> tuple[FileEntry, str] | None:
    return _entry(told.get("path"), told, told.get("oid"), "oid")


def _entry(path: Any, told: Mapping[str, Any], blob: Any, hash_key: str) -> tuple[FileEntry, str] | None:
    if not isinstance(path, str):
        return None
    lfs = told.get("lfs")
    lfs = lfs if isinstance(lfs, dict) else {}
    size = lfs.get("size", told.get("size"))
    sha256 = lfs.get(hash_key)
    size = size if isinstance(size, int) else None
    sha256 = sha256 if isinstance(sha256, str) else None
    return FileEntry(path, size, sha256), blob if isinstance(blob, str) else ""
