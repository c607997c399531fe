"""Where a link of the card leads: to a file of its own repository, to a heading, or outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from ...errors import CannotTell
from ...evidence import Evidence

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:|^//")
_HUB = re.compile(
    r"^(?:https?:)?//(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]+/[\w.-]+)/(?:resolve|blob|raw"
    r"|tree)/([^/?#]+)/?([^?#]*)"
)
_PLACEHOLDER = re.compile(r"[{}<>$]|\.\.\.|^(?:url|link|path|image|todo)$|^your[ _-]", re.I)


@dataclass(frozen=True, slots=True)
class Target:
    """A place within the card's own repository. `path` is "" for the card itself."""

    path: str
    anchor: str


def own_target(target: str, card_path: str, repo_id: str | None) -> Target | None:
    """The place in its own repository that a link of the card leads to; None for everything else."""
    target = target.strip()
    if not target or len(target) > 2_000 or "\x00" in target:
        return None
    if _SCHEME.match(target):
        m = _HUB.match(target)
        if m is None or repo_id is None or m[1].lower() != repo_id.lower() or m[2] not in ("main", "HEAD"):
            return None
        return Target(unquote(m[3]).rstrip("/"), "")
    if target.startswith("/") or "://" in target or _PLACEHOLDER.search(target):
        return None  # the site's root, or a name to be filled in
    plain, _, anchor = target.partition("#")
    plain = plain.partition("?")[0]
    if not plain:
        return Target("", unquote(anchor)) if anchor else None
    path = normpath(join(dirname(card_path), unquote(plain).replace("\\", "/")))
    if path.startswith("..") or path == ".":
        return None  # above the repository, or the repository itself
    return Target(path, unquote(anchor))


def known_files(evidence: Evidence) -> list[str]:
    """The repository's files; raises CannotTell where there is nothing but Markdown beside the card."""
    files = [f.path for f in evidence.files()]
    if all(f.lower().endswith((".md", ".markdown", ".mdx")) for f in files):
        raise CannotTell(
            "there is nothing but Markdown beside the card, so this is no copy of its repository"
        )
    return files


def nearest(path: str, files: list[str]) -> str:
    """A file that may be meant instead: other case, other folder, or a similar name; "" if there is none."""
    from difflib import get_close_matches

    lowered = path.lower()
    for file in files:
        if file.lower() == lowered:
            return file
    name = lowered.rsplit("/", 1)[-1]
    for file in files:
        if file.lower().rsplit("/", 1)[-1] == name:
            return file
    close = get_close_matches(path, files[:2_000], 1, 0.75)
    return close[0] if close else ""


def hint(path: str, files: list[str]) -> str:
    """A sentence about a file that may be meant instead, "" if there is none."""
    near = nearest(path, files)
    if not near:
        return ""
    if near.lower() == path.lower():
        return f" There is {near}: upper and lower case count."
    return f" There is {near}."
