"""Test helpers: models that live in memory, and one rule run on one card without the pytest front."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.card.records import Card
from pytest_modelcard.checks.base import Rule
from pytest_modelcard.engine import plan, run
from pytest_modelcard.errors import CardError
from pytest_modelcard.evidence import Evidence
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy
from pytest_modelcard.source.base import MAX_TEXT_BYTES, FileEntry, Source
from pytest_modelcard.source.catalog import Catalog


class RangedFile(Protocol):
    """A file too large to hold: it has a size and gives ranges."""

    size: int

    def read_range(self, start: int, end: int) -> bytes: ...


Files = Mapping[str, str | bytes | RangedFile]


class MemorySource:
    """A model repository held in a dict; `knows_files=False` is a lone card."""

    def __init__(self, files: Files, repo_id: str | None = "acme/model", *, knows_files: bool = True) -> None:
        self._large = {k: v for k, v in files.items() if not isinstance(v, (str, bytes))}
        small = {k: v for k, v in files.items() if isinstance(v, (str, bytes))}
        self._files = {k: v.encode() if isinstance(v, str) else v for k, v in small.items()}
        self.label = repo_id or "README.md"
        self.repo_id = repo_id
        self.revision = None
        self.card_path = "README.md"
        self.knows_files = knows_files

    def files(self) -> tuple[FileEntry, ...]:
        sizes = {p: len(b) for p, b in self._files.items()} | {p: f.size for p, f in self._large.items()}
        return tuple(FileEntry(p, n) for p, n in sorted(sizes.items()))

    def read(self, path: str, *, limit: int = MAX_TEXT_BYTES) -> bytes:
        if path in self._large:
            raise CardError(f"{self.label}: {path} is larger than {limit} bytes", "too-large")
        if path not in self._files:
            raise CardError(f"{self.label}: there is no file {path}", "missing")
        return self._files[path]

    def read_range(self, path: str, start: int, end: int) -> bytes:
        if path in self._large:
            return self._large[path].read_range(start, end)
        return self.read(path)[start:end]


class MemoryCatalog(Catalog):
    """Other models held in memory; any other id is missing, or "offline" with `offline=True`."""

    def __init__(self, others: Mapping[str, Files], *, offline: bool = False) -> None:
        super().__init__(offline=offline)
        self.others = others

    def model(self, repo_id: str) -> Source:
        if repo_id in self.others:
            return MemorySource(self.others[repo_id], repo_id)
        if self.offline:
            raise CardError(f"{repo_id} was not looked up: --modelcard-offline", "offline")
        raise CardError(f"{repo_id} does not exist on the Hub, or is private", "missing")


def evidence_for(
    card: str | bytes,
    *,
    files: Files | None = None,
    others: Mapping[str, Files] | None = None,
    repo_id: str | None = "acme/model",
    knows_files: bool = True,
    offline: bool = False,
    registry: Registry | None = None,
) -> Evidence:
    source = MemorySource({"README.md": card, **(files or {})}, repo_id, knows_files=knows_files)
    return Evidence(source, MemoryCatalog(others or {}, offline=offline), registry or Registry.default())


def parse(card: str | bytes, repo_id: str | None = "acme/model") -> Card:
    return evidence_for(card, repo_id=repo_id).card


def findings(
    rule: type[Rule],
    card: str | bytes,
    *,
    files: Files | None = None,
    others: Mapping[str, Files] | None = None,
    repo_id: str | None = "acme/model",
    knows_files: bool = True,
    offline: bool = False,
    policy: Policy | None = None,
) -> list[Finding]:
    """All findings of one rule on one card."""
    evidence = evidence_for(
        card, files=files, others=others, repo_id=repo_id, knows_files=knows_files, offline=offline
    )
    policy = policy or Policy(select=(rule.id,))
    return [run(check, evidence, policy) for check in plan(evidence, [rule], policy)]


def outcomes(found: list[Finding]) -> dict[str, str]:
    """`{key: outcome}` of findings."""
    return {f.key: f.outcome for f in found}
