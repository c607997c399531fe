"""Suspects from an index of sketches: the models most like the candidate, and those that changed the base alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CannotTell, CardError
from .index import Entry, Near, nearest, read_index
from .suspects import Suspect, declared_bases

if TYPE_CHECKING:
    from ..weights.sketch import Sketch
    from .search import Search

#: Models taken from an index by likeness, and as many by the direction of their change.
MOST = 4
#: Independent models have 0.00 +- 0.05.
LEAST_SIMILAR = 0.5
#: Three standard errors of a cosine over the few hundred elements of a sketch that change in ordinary fine-tunes.
LEAST_CHANGE = 0.15


def indexed_suspects(search: Search) -> list[Suspect]:
    """Models of the user's index that the candidate may come from; notes say what could not be used.

    The declared bases are open already. Folders become known to the catalog under their id in the index, which no
    repository can have, so that an index cannot put a folder in the place of a model that a card names.
    """
    from ..weights.sketch import key_of

    path = search.evidence.options.index
    if path is None:
        return []
    try:
        entries = [e for e in read_index(path) if not _is_candidate(e, path, search)]
        key = key_of(search.candidate.tensors)
        if all(e.key != key for e in entries):  # nothing to read for
            search.notes.append(f"none of the {len(entries)} models of the index has the same architecture")
            return []
        candidate = _sketch(search, None)
    except (CannotTell, CardError) as error:
        search.notes.append(f"the index was not searched: {error}")
        return []
    known = {id.lower() for id in search.opened}
    base = next((id for id in declared_bases(search.evidence.card) if id in search.opened), None)
    try:
        found = nearest(entries, candidate, _sketch(search, base) if base else None)
    except (CannotTell, CardError):
        found = nearest(entries, candidate)
    chosen = [n.entry for n in chosen_of([n for n in found if n.entry.id.lower() not in known])]
    for entry in chosen:
        if entry.local:
            search.evidence.catalog.maps.setdefault(entry.id, path.parent / entry.id)
    search.notes.append(
        f"{len(found)} of {len(entries)} models of the index have the same architecture; compared were "
        f"{', '.join(e.id for e in chosen) or 'none'}"
    )
    return [Suspect(e.id, "index") for e in chosen]


def chosen_of(found: list[Near]) -> list[Near]:
    """The most similar ones, and those with the most similar change, without repetition."""
    alike = [n for n in found if n.similarity >= LEAST_SIMILAR][:MOST]
    changed = sorted(found, key=lambda n: abs(n.change or 0.0), reverse=True)
    alike += [n for n in changed if abs(n.change or 0.0) >= LEAST_CHANGE][:MOST]
    return list({n.entry.id: n for n in alike}.values())


def _sketch(search: Search, id: str | None) -> Sketch:
    from ..weights.sketch import sketch

    return sketch(search.candidate if id is None else search.opened[id])


def _is_candidate(entry: Entry, index: Path, search: Search) -> bool:
    """Whether an entry is the candidate itself, which would be found a copy of it."""
    source = search.evidence.source
    if not entry.local:
        return entry.id.lower() == (source.repo_id or "").lower()
    root: Path | None = getattr(source, "root", None)
    try:
        return root is not None and (index.parent / entry.id).resolve() == root.resolve()
    except (OSError, RuntimeError):
        return False
