"""What a local folder is: one model repository, many cards, or neither; and whose repository it is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import CardError
from .ids import is_repo_id

CARD = "README.md"
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
MAX_CARDS = 20_000
MAX_FOLDERS = 200_000
MAX_DEPTH = 4

_WEIGHTS = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".h5", ".msgpack")
_MARKS = ("config.json", ".gitattributes", ".git", "adapter_config.json", "model_index.json", "params.json")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SECTION = re.compile(r"\[\s*remote\s+\"origin\"\s*\]", re.IGNORECASE)
_URL = re.compile(r"url\s*=\s*(\S+)", re.IGNORECASE)
_HUB_REMOTE = re.compile(
    r"(?:https?://(?:[^@/\s]*@)?|ssh://(?:git@)?|git@)(?:huggingface\.co|hf\.co)[:/]([^/\s]+(?:/[^/\s]+)?)"
)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """One card found below a folder."""

    root: Path
    card: str  #: the file's name in `root`
    relative: str  #: what tells it apart from its neighbours: "org/name" or "notes.md"
    is_repository: bool  #: its folder holds a model, so that a file missing there is missing from the model


def names_in(folder: Path) -> frozenset[str]:
    """Names of a folder's entries; empty where it cannot be listed."""
    try:
        return frozenset(entry.name for entry in os.scandir(folder))
    except OSError:
        return frozenset()


def holds_model(folder: Path) -> bool:
    """Whether a folder looks like a model repository rather than a place where cards are kept."""
    names = names_in(folder)
    return any(mark in names for mark in _MARKS) or any(n.lower().endswith(_WEIGHTS) for n in names)


def cards_below(folder: Path) -> list[CardPlace]:
    """Every card of a folder that is no repository itself, sorted: its own Markdown files, and each folder
    below with a README.md. Links are not followed. Raises CardError beyond MAX_CARDS or MAX_FOLDERS.
    """
    found = [
        CardPlace(folder, name, _printable(name), False)
        for name in names_in(folder)
        if name.lower().endswith(MARKDOWN) and (folder / name).is_file()
    ]
    for count, repository in enumerate(_repositories(folder)):
        if count >= MAX_CARDS:
            raise CardError(f"{folder} holds more than {MAX_CARDS} cards; name its parts", "too-large")
        relative = _printable(repository.relative_to(folder).as_posix())
        found.append(CardPlace(repository, CARD, relative, holds_model(repository)))
    return sorted(found, key=lambda place: place.relative)


def _repositories(folder: Path) -> Iterator[Path]:
    """Folders below with a README.md; nothing below such a folder is another card."""
    for count, (here, inner, files) in enumerate(os.walk(folder)):
        if count >= MAX_FOLDERS:
            raise CardError(f"{folder} holds more than {MAX_FOLDERS} folders; name its parts", "too-large")
        path = Path(here)
        depth = len(path.relative_to(folder).parts)
        if depth and CARD in files:
            inner.clear()
            yield path
        elif depth >= MAX_DEPTH:
            inner.clear()
        inner[:] = sorted(n for n in inner if not n.startswith("."))


def repository_of(folder: Path) -> tuple[str | None, str | None]:
    """(repo id, commit) of a folder, each None where not known: a snapshot in the Hub client's cache, or a
    Git clone whose remote "origin" is on the Hub. Git itself is never run.
    """
    where = folder.absolute()
    if where.parent.name == "snapshots" and where.parent.parent.name.startswith("models--"):
        repo_id = where.parent.parent.name.removeprefix("models--").replace("--", "/")
        if is_repo_id(repo_id):
            return repo_id, where.name if _COMMIT.fullmatch(where.name) else None
    return _origin(folder / ".git" / "config"), None


def _origin(config: Path) -> str | None:
    try:
        with config.open("rb") as file:
            lines = file.read(65_536).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    inside = False
    for line in lines:
        line = line.strip()
        if line.startswith("["):
            inside = _SECTION.match(line) is not None
        elif inside and (url := _URL.match(line)) and (remote := _HUB_REMOTE.match(url[1])):
            repo_id = remote[1].removesuffix(".git")
            return repo_id if is_repo_id(repo_id) else None
    return None


def _printable(name: str) -> str:
    """A file name as text that can be printed anywhere: control characters and stray bytes as escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
