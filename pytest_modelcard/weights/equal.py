"""What two repositories have in common before a weight is read: identical files, equal configurations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..source.base import FileEntry

_MAX_DEPTH = 20
#: Keys of config.json that say how a model was saved, not what it is.
SAVED_BY = frozenset(
    {"transformers_version", "_name_or_path", "torch_dtype", "dtype", "use_cache", "_commit_hash"}
)


@dataclass(frozen=True, slots=True)
class EqualFiles:
    """Files with the same contents, by their SHA-256. `unknown`: files of either side without a checksum."""

    pairs: tuple[tuple[str, str], ...]  #: (path here, path there)
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def all_equal(self) -> bool | None:
        """Whether both sides hold the same contents; None where checksums are missing."""
        if self.only_here or self.only_there:
            return False
        return None if self.unknown or not self.pairs else True


def equal_files(here: Iterable[FileEntry], there: Iterable[FileEntry]) -> EqualFiles:
    """Compare files, whatever their names; give it weight files only, or all."""
    mine, theirs = list(here), list(there)
    known = {f.sha256: f.path for f in theirs if f.sha256}
    sums = {f.sha256 for f in mine if f.sha256}
    unknown = [f.path for f in (*mine, *theirs) if not f.sha256]
    # a file without a checksum may be the equal of any: then nothing is surely on one side alone
    return EqualFiles(
        tuple((f.path, known[f.sha256]) for f in mine if f.sha256 in known),
        () if unknown else tuple(f.path for f in mine if f.sha256 not in known),
        () if unknown else tuple(f.path for f in theirs if f.sha256 not in sums),
        tuple(unknown),
    )


def different_keys(
    here: Mapping[str, Any], there: Mapping[str, Any], ignored: frozenset[str] = SAVED_BY
) -> tuple[str, ...]:
    """Dotted keys whose values differ between two parsed JSON objects, sorted."""
    return tuple(sorted(_different(here, there, ignored, "", 0)))


def _different(
    here: Mapping[str, Any], there: Mapping[str, Any], ignored: frozenset[str], prefix: str, depth: int
) -> Iterable[str]:
    absent = object()
    for key in here.keys() | there.keys():
        if key in ignored:
            continue
        a, b = here.get(key, absent), there.get(key, absent)
        if isinstance(a, Mapping) and isinstance(b, Mapping) and depth < _MAX_DEPTH:
            yield from _different(a, b, ignored, f"{prefix}{key}.", depth + 1)
        elif a != b:
            yield f"{prefix}{key}"
