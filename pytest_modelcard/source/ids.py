"""Reading what a user typed: repository ids, revisions, addresses on the Hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MAX_LENGTH = 2000

_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
_REPO_ID = re.compile(rf"(?:{_NAME}/)?{_NAME}")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")
_IN_PATH = re.compile(rf"({_NAME}/{_NAME})/(refs/pr/\d{{1,9}})")
_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co", "hub-ci.huggingface.co")
_VERBS = ("tree", "blob", "raw", "resolve", "commit", "discussions", "commits", "edit", "settings")
_NOT_MODELS = ("datasets", "spaces", "kernels", "collections", "papers", "docs", "blog", "api", "buckets")


@dataclass(frozen=True, slots=True)
class HubTarget:
    """A model on the Hub, maybe at a revision, maybe another file than its README.md."""

    repo_id: str
    revision: str | None = None
    card_path: str = "README.md"

    @property
    def label(self) -> str:
        """The shortest way to type it."""
        label = self.repo_id if self.revision is None else f"{self.repo_id}@{self.revision}"
        return label if self.card_path == "README.md" else f"{label}/{self.card_path}"


def is_repo_id(text: str) -> bool:
    """Whether this can be a model's id on the Hub: `org/name`, or `name` for the oldest models."""
    return (
        len(text) <= 96
        and _REPO_ID.fullmatch(text) is not None
        and "--" not in text
        and ".." not in text
        and not text.endswith(".git")
    )


def is_revision(text: str) -> bool:
    """Whether this can be a branch, tag, commit or `refs/pr/N`."""
    return _REVISION.fullmatch(text) is not None and ".." not in text and "//" not in text


def read_target(text: str, endpoint_host: str | None = None) -> HubTarget | None:
    """The model meant by `org/name[@revision]`, `org/name/refs/pr/N`, `hf://...` or an address on the Hub;
    None for anything else.
    """
    if len(text) > MAX_LENGTH:
        return None
    if re.match(r"https?://", text, re.IGNORECASE):
        return _address(text, endpoint_host)
    text = text.removeprefix("hf://").removeprefix("models/") if text.startswith("hf://") else text
    if found := _IN_PATH.fullmatch(text):
        repo_id, revision = found[1], found[2]
    else:
        repo_id, at, revision = text.partition("@")
        if at and not is_revision(revision):
            return None
    if not is_repo_id(repo_id) or repo_id.lower().endswith((".md", ".markdown")):
        return None
    return HubTarget(repo_id, revision or None)


def _address(text: str, endpoint_host: str | None) -> HubTarget | None:
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return None
    if host not in (*_HOSTS, endpoint_host):
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if not steps or steps[0] in _NOT_MODELS:
        return None
    split = 1 if len(steps) == 1 or steps[1] in _VERBS else 2
    repo_id, rest = "/".join(steps[:split]), steps[split:]
    if not is_repo_id(repo_id) or (rest and rest[0] not in _VERBS):
        return None
    revision, card_path = _revision_of(rest)
    if revision is not None and not is_revision(revision):
        return None
    return HubTarget(repo_id, revision, card_path)


def _revision_of(rest: list[str]) -> tuple[str | None, str]:
    """(revision, card path) from what follows the id in an address."""
    if len(rest) < 2:
        return None, "README.md"
    verb, *steps = rest
    if verb == "settings":
        return None, "README.md"
    if verb == "discussions":
        return (f"refs/pr/{steps[0]}" if steps[0].isdigit() else None), "README.md"
    length = 3 if steps[0] == "refs" else 1
    revision, path = "/".join(steps[:length]), "/".join(steps[length:])
    if verb in ("blob", "raw", "resolve", "edit") and path.lower().endswith((".md", ".markdown")):
        return (None if revision == "main" else revision), path
    return (None if revision == "main" else revision), "README.md"
