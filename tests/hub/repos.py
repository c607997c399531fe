"""The loopback Hub's state: repositories, commits, users, faults, and a log of what was asked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .contents import Bytes, Content
from .faults import Fault, Kind

Files = Mapping[str, "str | bytes | Content"]


@dataclass
class Discussion:
    """A discussion or pull request with its comments."""

    num: int
    title: str
    is_pull_request: bool
    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Repo:
    """One model repository. `allowed` are the tokens that may see it where it is gated or private."""

    id: str
    refs: dict[str, str] = field(default_factory=dict)  #: "main", "v1.0", "refs/pr/1" -> commit
    tags: set[str] = field(default_factory=set)
    commits: dict[str, dict[str, Content]] = field(default_factory=dict)
    gated: bool = False
    private: bool = False
    disabled: bool = False
    allowed: set[str] = field(default_factory=set)
    info: dict[str, Any] = field(
        default_factory=dict
    )  #: more fields of the model info: tags, cardData, downloads
    discussions: dict[int, Discussion] = field(default_factory=dict)

    def commit(self, files: Files, revision: str = "main") -> str:
        """Put these files (all of them) at a branch, tag or `refs/pr/N`; returns the commit."""
        contents = {path: _content(given) for path, given in files.items()}
        told = f"{self.id} {revision} {len(self.commits)} {sorted(contents)}"
        sha = hashlib.sha1(told.encode()).hexdigest()
        self.commits[sha] = contents
        self.refs[revision] = sha
        return sha

    def pin(self, sha: str) -> None:
        """Name the commit at main by a known one."""
        self.commits[sha] = self.commits.pop(self.refs["main"])
        self.refs["main"] = sha

    def at(self, revision: str) -> str | None:
        """The commit of a branch, tag, `refs/pr/N` or (abbreviated) commit."""
        if revision in self.refs:
            return self.refs[revision]
        found = [sha for sha in self.commits if len(revision) >= 7 and sha.startswith(revision)]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    method: str
    path: str  #: with the query
    headers: Mapping[str, str]  #: names in lower case


class Hub:
    """All repositories; also the test's handle on the running server."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.renamed: dict[str, str] = {}
        self.users: dict[str, str] = {}  #: token -> user name; any other token is refused
        self.readers: set[str] = set()  #: tokens that may not write
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.page_size = 1000
        self.latency = 0.0  #: seconds before every answer
        self.sent = 0  #: bytes of files sent
        self.lock = threading.RLock()
        self.endpoint = ""  #: set by `serve`
        self.redirects = False  #: whether large files are sent by a second server, as the real Hub has it
        self.signature = "1"  #: of addresses there; a change makes all those given before expire
        self.content_server = ""  #: that server's address, set by `serve`

    def add(self, repo_id: str, files: Files | None = None, **settings: Any) -> Repo:
        """A repository with a first commit on main."""
        repo = self.repos[repo_id] = Repo(repo_id, **settings)
        repo.commit(files or {})
        return repo

    def rename(self, old: str, new: str) -> None:
        """Move a repository; the old id redirects."""
        repo = self.repos.pop(old)
        repo.id = new
        self.repos[new] = repo
        self.renamed[old] = new

    def fault(self, kind: Kind, match: str = "", **settings: Any) -> Fault:
        """Add a fault; it can be taken out of `faults` again."""
        fault = Fault(kind, match, **settings)
        self.faults.append(fault)
        return fault

    def met(self, request: str) -> Fault | None:
        """The fault that this request meets."""
        with self.lock:
            return next((fault for fault in self.faults if fault.take(request)), None)

    def requests(self, part: str = "") -> list[str]:
        """ "METHOD path" of what was asked so far."""
        return [f"{s.method} {s.path}" for s in self.seen if part in s.path]

    def models(self, filters: Iterable[str]) -> list[Repo]:
        """Public models that have all these tags."""
        wanted = list(filters)
        return [
            repo
            for repo in self.repos.values()
            if not repo.private and all(tag in repo.info.get("tags", ()) for tag in wanted)
        ]


def _content(given: str | bytes | Content) -> Content:
    if isinstance(given, str):
        return Bytes(given.encode())
    return Bytes(given) if isinstance(given, bytes) else given
