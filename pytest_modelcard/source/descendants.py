"""Models that the Hub knows to be made from another: its `base_model:` tags, most used first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .ids import is_repo_id
from .trouble import Subject

if TYPE_CHECKING:
    from .wire import Wire

MAX_LIST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Descendant:
    """One model as the Hub's list tells it."""

    id: str
    downloads: int
    relation: str | None  #: "finetune", "merge", "quantized", "adapter"; None where the tags do not say


def descendants(wire: Wire, repo_id: str, limit: int = 200) -> tuple[Descendant, ...]:
    """At most `limit` models tagged `base_model:repo_id`, most downloaded first; raises CardError.

    The Hub computes these tags from the cards' `base_model`.
    """
    path = f"/api/models?filter={quote(f'base_model:{repo_id}', safe='')}&sort=downloads&direction=-1&limit={limit}"
    told, _ = wire.json(path, Subject(repo_id), limit=MAX_LIST_BYTES)
    found = [_read(one, repo_id) for one in told[:limit]] if isinstance(told, list) else []
    return tuple(sorted((d for d in found if d is not None), key=lambda d: -d.downloads))


def _read(told: Any, repo_id: str) -> Descendant | None:
    if not isinstance(told, dict):
        return None
    id = told.get("id") or told.get("modelId")
    if not isinstance(id, str) or not is_repo_id(id) or id.lower() == repo_id.lower():
        return None
    downloads = told.get("downloads")
    relation = None
    for tag in told.get("tags") or ():
        parts = tag.split(":") if isinstance(tag, str) else []
        if len(parts) == 3 and parts[0] == "base_model" and parts[2].lower() == repo_id.lower():
            relation = parts[1]
    return Descendant(id, downloads if isinstance(downloads, int) else 0, relation)
