"""The Hub client's own cache on disk, in its documented layout, so that nothing is fetched twice by anyone:

models--org--name/refs/<revision>, blobs/<etag>, snapshots/<commit>/<path> -> blobs, trees/<commit>.json
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..whole import write_whole
from .base import MAX_JSON_BYTES, FileEntry

_COMMIT = re.compile(r"[0-9a-f]{40}")
_ETAG = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class HubCache:
    """The cached files of one model. Reading never raises; writing that fails is left undone."""

    def __init__(self, repo_id: str, folder: Path | None = None) -> None:
        if folder is None:
            from huggingface_hub import constants

            folder = Path(constants.HF_HUB_CACHE)
        self.folder = folder / "--".join(("models", *repo_id.split("/")))

    def commit(self, revision: str) -> str | None:
        """The commit a branch, tag or `refs/pr/N` was at when last seen."""
        if _COMMIT.fullmatch(revision):
            return revision if (self.folder / "snapshots" / revision).is_dir() else None
        raw = self._bytes(self.folder / "refs" / revision, 100) if is_inside(revision) else None
        commit = raw.decode("ascii", "replace").strip() if raw else ""
        return commit if _COMMIT.fullmatch(commit) else None

    def read(self, commit: str, path: str, limit: int) -> bytes | None:
        """A file of a commit, None where it is not here or is larger than `limit` bytes."""
        return self._bytes(self.folder / "snapshots" / commit / path, limit) if is_inside(path) else None

    def files(self, commit: str) -> tuple[FileEntry, ...] | None:
        """The whole list of a commit's files, None where it is not here (a snapshot may hold but a part)."""
        raw = self._bytes(self.folder / "trees" / f"{commit}.json", MAX_JSON_BYTES)
        try:
            listed = json.loads(raw) if raw else None
            if not isinstance(listed, dict) or listed.get("format_version") != 1:
                return None
            entries = [FileEntry(p, _size(i), i.get("lfs_sha256")) for p, i in listed["files"].items()]
            return tuple(sorted(entries, key=lambda e: e.path))
        except (ValueError, KeyError, AttributeError, RecursionError):
            return None

    def keep(self, commit: str, path: str, etag: str, raw: bytes) -> None:
        """Put a file of a commit into the cache."""
        if not (is_inside(path) and _ETAG.fullmatch(etag) and _COMMIT.fullmatch(commit)):
            return
        with contextlib.suppress(OSError, ValueError):
            blob, link = self.folder / "blobs" / etag, self.folder / "snapshots" / commit / path
            link.parent.mkdir(parents=True, exist_ok=True)
            if not blob.exists():
                write_whole(blob, raw)
            if not link.exists():
                try:
                    link.symlink_to(os.path.relpath(blob, link.parent))
                except OSError:  # no links on this file system: the client copies there, too
                    write_whole(link, raw)

    def keep_commit(self, revision: str, commit: str) -> None:
        """Remember where a branch, tag or `refs/pr/N` was."""
        if revision != commit and is_inside(revision) and self.commit(revision) != commit:
            with contextlib.suppress(OSError, ValueError):
                write_whole(self.folder / "refs" / revision, commit.encode("ascii"))

    def keep_files(self, commit: str, entries: Iterable[tuple[FileEntry, str]]) -> None:
        """Remember a commit's whole list of files; each with its Git blob id."""
        files: dict[str, dict[str, Any]] = {}
        for entry, blob in entries:
            files[entry.path] = {"size": entry.size, "blob_id": blob}
            if entry.sha256:
                files[entry.path] |= {"lfs_sha256": entry.sha256, "lfs_size": entry.size}
        with contextlib.suppress(OSError, ValueError):
            path = self.folder / "trees" / f"{commit}.json"
            if not path.exists():
                write_whole(path, json.dumps({"format_version": 1, "files": files}).encode("utf-8"))

    def _bytes(self, path: Path, limit: int) -> bytes | None:
        try:
            with path.open("rb") as file:
                raw = file.read(limit + 1)
        except (OSError, ValueError):
            return None
        return raw if len(raw) <= limit else None


def is_inside(path: str) -> bool:
    """Whether a path that a server or card gave stays below the folder it is joined to."""
    if "\\" in path or "\0" in path or re.match(r"[A-Za-z]:", path):
        return False
    return not any(part in ("", ".", "..") for part in path.split("/"))


def is_contents_of(etag: str, raw: bytes) -> bool:
    """Whether bytes agree with the checksum a server names as ETag (Git blob, SHA-1 or SHA-256); True for an
    ETag that is no checksum.
    """
    if len(etag) == 64:
        return hashlib.sha256(raw).hexdigest() == etag
    if _ETAG.fullmatch(etag):
        git = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
        return etag in (git, hashlib.sha1(raw, usedforsecurity=False).hexdigest())
    return True


def _size(info: dict[str, Any]) -> int | None:
    size = info.get("lfs_size") if info.get("lfs_size") is not None else info.get("size")
    return size if isinstance(size, int) else None
