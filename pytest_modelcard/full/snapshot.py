"""Every model's weight files as files of this machine: a mapped folder, the Hub client's cache, or a download."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CannotTell
from ..lineage.structure import tied
from ..lineage.traces import cache_folder
from ..source.hub_cache import HubCache
from ..weights.opened import Weights, open_weights
from .signed import Signature, signature_of

if TYPE_CHECKING:
    from ..evidence import Evidence


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A model's tensors and the folder that holds their files. expected: SHA-256 by path, as the repository tells.
    signature: what the model's own signature says of its files.
    """

    weights: Weights
    folder: Path
    expected: Mapping[str, str]
    revision: str | None
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class _Absent:
    evidence: Evidence
    weights: Weights
    size: int
    files: tuple[str, ...]


def snapshots(
    models: Mapping[str, Evidence], download: int | None, tell: Callable[[str], None] | None
) -> dict[str, Snapshot]:
    """All models on disk. download: bytes that may be fetched in all, None for none.

    Raises CannotTell where files are missing and may not be fetched (it says how large they are), CardError where a
    model cannot be opened.
    """
    opened = {id: _open(id, evidence) for id, evidence in models.items()}
    absent = [
        found for id, evidence in models.items() if (found := _absent(evidence, opened[id])) is not None
    ]
    if absent:
        _fetch(absent, download, tell)
    out = {}
    for id, evidence in models.items():
        expected = {e.path: e.sha256 for e in evidence.source.files() if e.sha256}
        signature = signature_of(evidence.source)
        out[id] = Snapshot(opened[id], _folder(evidence), expected, evidence.source.revision, signature)
    return out


def _open(id: str, evidence: Evidence) -> Weights:
    source, options = evidence.source, evidence.options
    cache = cache_folder(source, options.cache)
    return open_weights(source, model=id or None, tied=tied(evidence), cache=cache)


def _folder(evidence: Evidence) -> Path:
    source = evidence.source
    root = getattr(source, "root", None)
    if root is not None:
        return Path(root)
    return HubCache(source.repo_id or "").folder / "snapshots" / (source.revision or "")


def _absent(evidence: Evidence, weights: Weights) -> _Absent | None:
    """What of a Hub model is not in the client's cache; None where all is there."""
    if getattr(evidence.source, "root", None) is not None:
        return None
    folder = _folder(evidence)
    sizes = {e.path: e.size for e in evidence.source.files()}
    wanted = sorted({t.file for t in weights.tensors.values()})
    missing = [path for path in wanted if not _holds(folder / path, sizes.get(path))]
    return (
        _Absent(evidence, weights, sum(sizes.get(p) or 0 for p in missing), tuple(missing))
        if missing
        else None
    )


def _holds(path: Path, size: int | None) -> bool:
    try:
        return path.is_file() and (size is None or path.stat().st_size == size)
    except OSError:
        return False


def _fetch(absent: Iterable[_Absent], download: int | None, tell: Callable[[str], None] | None) -> None:
    absent = tuple(absent)
    total = sum(one.size for one in absent)
    what = ", ".join(f"{one.evidence.source.repo_id} {one.size / 1e9:.1f} GB" for one in absent)
    if download is None:
        raise CannotTell(
            f"{total / 1e9:.1f} GB of weights are not on this machine ({what}); map folders that hold them "
            "(--modelcard-map org/name=PATH), or allow the download (--modelcard-full-download=SIZE)"
        )
    if total > download:
        raise CannotTell(
            f"{total / 1e9:.1f} GB would have to be downloaded ({what}), more than the {download / 1e9:.1f} GB allowed"
        )
    from huggingface_hub import constants, snapshot_download

    place = Path(constants.HF_HUB_CACHE)
    place.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(place).free
    if total > free:
        raise CannotTell(
            f"{total / 1e9:.1f} GB would have to be downloaded, and {free / 1e9:.1f} GB are free there"
        )
    for one in absent:
        source = one.evidence.source
        if tell is not None:
            tell(f"downloading {one.size / 1e9:.1f} GB of {source.repo_id}")
        try:
            snapshot_download(
                source.repo_id or "",
                revision=source.revision,
                allow_patterns=list(one.files),
                endpoint=getattr(source, "origin", None),
            )
        except Exception as error:  # of many kinds: network, access, disk
            raise CannotTell(
                f"{source.repo_id} was not downloaded: {str(error).splitlines()[0][:300]}"
            ) from error
