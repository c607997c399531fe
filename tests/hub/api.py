"""The loopback Hub's JSON answers, as huggingface_hub 2.x reads them."""

from __future__ import annotations

from typing import Any

from .contents import Content, blob_id, pointer
from .repos import Discussion, Hub, Repo

WHEN = "2025-01-01T00:00:00.000Z"
Query = dict[str, list[str]]


def model_info(repo: Repo, commit: str, query: Query) -> dict[str, Any]:
    """`api/models/{id}[/revision/{rev}]`, with `blobs`, `expand` and `securityStatus`."""
    files = repo.commits[commit]
    info: dict[str, Any] = {
        "_id": "0" * 24,
        "id": repo.id,
        "modelId": repo.id,
        "author": repo.id.split("/")[0],
        "sha": commit,
        "private": repo.private,
        "gated": "manual" if repo.gated else False,
        "disabled": repo.disabled,
        "lastModified": WHEN,
        "createdAt": WHEN,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": [_sibling(p, c, "blobs" in query) for p, c in sorted(files.items())],
        **repo.info,
    }
    if "securityStatus" in query:
        info["securityRepoStatus"] = {"scansDone": True, "filesWithIssues": []}
    if "expand" in query:
        info = {k: v for k, v in info.items() if k in ("_id", "id", "modelId", *query["expand"])}
    return info


def _sibling(path: str, content: Content, blobs: bool) -> dict[str, Any]:
    if not blobs:
        return {"rfilename": path}
    told: dict[str, Any] = {"rfilename": path, "size": content.size, "blobId": blob_id(content)}
    if content.sha256 is not None:
        told["lfs"] = {"sha256": content.sha256, "size": content.size, "pointerSize": len(pointer(content))}
    return told


def tree(repo: Repo, commit: str, folder: str, recursive: bool) -> list[dict[str, Any]]:
    """`api/models/{id}/tree/{rev}/{folder}`: files, and folders where not recursive."""
    prefix = f"{folder}/" if folder else ""
    told: dict[str, dict[str, Any]] = {}
    for path, content in sorted(repo.commits[commit].items()):
        if not path.startswith(prefix):
            continue
        inner, slash, _ = path[len(prefix) :].partition("/")
        if slash:
            told.setdefault(
                prefix + inner, {"type": "directory", "oid": "0" * 40, "size": 0, "path": prefix + inner}
            )
        if recursive or not slash:
            entry = {"type": "file", "oid": blob_id(content), "size": content.size, "path": path}
            if content.sha256 is not None:
                entry["lfs"] = {
                    "oid": content.sha256,
                    "size": content.size,
                    "pointerSize": len(pointer(content)),
                }
            told[path] = entry
    return list(told.values())


def refs(repo: Repo) -> dict[str, Any]:
    """`api/models/{id}/refs`."""
    told: dict[str, Any] = {"branches": [], "converts": [], "tags": [], "pullRequests": []}
    for name, commit in repo.refs.items():
        if name.startswith("refs/pr/"):
            told["pullRequests"].append({"name": name.split("/")[-1], "ref": name, "targetCommit": commit})
        elif name in repo.tags:
            told["tags"].append({"name": name, "ref": f"refs/tags/{name}", "targetCommit": commit})
        else:
            told["branches"].append({"name": name, "ref": f"refs/heads/{name}", "targetCommit": commit})
    return told


#: What an entry of `api/models` holds where neither `expand` nor `full` asks for more.
_LISTED = (
    "_id",
    "id",
    "modelId",
    "createdAt",
    "downloads",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "tags",
)
_FULL = (*_LISTED, "author", "disabled", "gated", "lastModified", "sha", "siblings")


def listing(hub: Hub, query: Query) -> list[dict[str, Any]]:
    """`api/models` with `filter`, `author`, `search`, `sort` and `direction`, `expand` or `full`."""
    repos = hub.models(query.get("filter", []))
    author, search = query.get("author", [""])[0], query.get("search", [""])[0].lower()
    infos = [
        model_info(repo, repo.refs["main"], {})
        for repo in repos
        if repo.id.startswith(f"{author}/" if author else "") and search in repo.id.lower()
    ]
    if "sort" in query:
        field = query["sort"][0]
        infos.sort(key=lambda info: info.get(field) or 0, reverse=query.get("direction", ["-1"])[0] == "-1")
    if "expand" in query:
        kept: tuple[str, ...] = ("_id", "id", "modelId", *query["expand"])
    else:
        kept = _FULL if "full" in query or "cardData" in query else _LISTED
        kept += ("cardData",) if "cardData" in query else ()
    return [{k: v for k, v in info.items() if k in kept} for info in infos]


def discussion(repo: Repo, found: Discussion, *, details: bool) -> dict[str, Any]:
    """`api/models/{id}/discussions/{n}`, or an entry of the list."""
    told: dict[str, Any] = {
        "num": found.num,
        "title": found.title,
        "status": "open",
        "isPullRequest": found.is_pull_request,
        "author": {"name": found.events[0]["author"]["name"]} if found.events else {"name": "someone"},
        "createdAt": WHEN,
        "repo": {"name": repo.id, "type": "model"},
    }
    if details:
        told |= {
            "events": found.events,
            "diff": "",
            "changes": {"base": "refs/heads/main"},
            "filesWithConflicts": [],
        }
    return told


def comment(number: int, author: str, text: str) -> dict[str, Any]:
    """A comment event."""
    return {
        "id": f"{number:024x}",
        "type": "comment",
        "createdAt": WHEN,
        "author": {"name": author},
        "data": {"edited": False, "hidden": False, "latest": {"raw": text, "html": "", "updatedAt": WHEN}},
    }


def open_discussion(hub: Hub, repo: Repo, author: str, told: dict[str, Any]) -> Discussion:
    """A new discussion with its description as first comment."""
    with hub.lock:
        num = max(repo.discussions, default=0) + 1
        found = Discussion(num, str(told.get("title", "")), bool(told.get("pullRequest")))
        found.events.append(comment(num * 1000, author, str(told.get("description", ""))))
        repo.discussions[num] = found
        if found.is_pull_request:
            repo.refs.setdefault(f"refs/pr/{num}", repo.refs["main"])
    return found


def validate_yaml(told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """`api/validate-yaml`: status and answer. Knows only the refusals that tests need."""
    import yaml

    text = str(told.get("content", ""))
    header = text.split("\n---", 1)[0].removeprefix("---\n") if text.startswith("---\n") else ""
    errors: list[dict[str, str]] = []
    warnings: list[dict[str, str]] = []
    try:
        data = yaml.safe_load(header)
    except yaml.YAMLError as error:
        data = None
        errors.append({"message": f"YAML: {error}"})
    if data is None and not errors:
        warnings.append({"message": "empty or missing yaml metadata in repo card"})
    if isinstance(data, dict) and "license" in data and not isinstance(data["license"], (str, list)):
        errors.append({"message": '"license" must be a string'})
    return (400 if errors else 200), {"errors": errors, "warnings": warnings}
