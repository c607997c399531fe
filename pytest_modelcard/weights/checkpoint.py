"""All tensors of a model: which files hold it, their headers, and the index checked against them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from posixpath import normpath
from typing import Any

from ..errors import CannotTell, CardError
from .header import FIRST_READ, MAX_TENSORS, Header, Tensor, UnsoundWeights, read_header

INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
MAX_SHARDS = 1_000
#: Headers read at once: polite to a server, and enough to hide its latency.
THREADS = 8
#: Bytes for the first reads of all headers together where no index tells how long they may be.
FIRST_READS = 1_000_000
LEAST_FIRST_READ = 8_192
#: Bytes of a header for one tensor beside its name, seldom more: dtype, shape, offsets.
_ENTRY_BYTES = 100

_SHARD = re.compile(r"model-(\d{5,6})(?:-of-(\d{5,6}))?\.safetensors")


@dataclass(frozen=True, slots=True)
class Index:
    """A checked `model.safetensors.index.json`."""

    weight_map: Mapping[str, str]  #: tensor name -> shard, paths inside the repository
    total_size: int | None  #: bytes of all tensors, as its author wrote it

    @property
    def shards(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.weight_map.values())))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tensors of a model, from the headers of its safetensors files."""

    files: tuple[str, ...]
    tensors: tuple[Tensor, ...]
    requests: int


def parse_index(text: str) -> Index:
    """The index; raises UnsoundWeights where it is broken or a path leaves the repository."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnsoundWeights(f"{INDEX} is not valid JSON: {str(error)[:200]}") from error
    weight_map = data.get("weight_map") if isinstance(data, dict) else None
    if not isinstance(weight_map, dict) or not weight_map:
        raise UnsoundWeights(f"{INDEX} has no weight_map")
    if len(weight_map) > MAX_TENSORS:
        raise CardError(f"{INDEX} lists {len(weight_map)} tensors, more than {MAX_TENSORS}", "too-large")
    for path in set(map(str, weight_map.values())):
        if path.startswith("/") or "\\" in path or "\0" in path or normpath(path).startswith(".."):
            raise UnsoundWeights(f"{INDEX} names {path[:100]!r}, which leaves the repository")
    if not all(isinstance(v, str) and v for v in weight_map.values()):
        raise UnsoundWeights(f"{INDEX} maps a tensor to something that is no file name")
    metadata: Any = data.get("metadata")
    total = metadata.get("total_size") if isinstance(metadata, dict) else None
    return Index(weight_map, int(total) if isinstance(total, (int, float)) and 0 < total < 2**63 else None)


def weight_files(paths: Iterable[str], index: Index | None) -> tuple[str, ...]:
    """The safetensors files that hold the model, as the transformers library would choose them.

    Raises CannotTell where there are none, or several sets and no way to know which; UnsoundWeights
    where the index names files that are not there.
    """
    present = set(paths)
    top = {p for p in present if "/" not in p and p.endswith(".safetensors")}
    if "model_index.json" in present:
        raise CannotTell(
            "a pipeline of several models (model_index.json); which of them the card means is not known"
        )
    if SINGLE in present:
        return (SINGLE,)
    if index is not None:
        missing = [s for s in index.shards if s not in present]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise UnsoundWeights(f"{INDEX} names {missing[0]}{more}, but there is no such file")
        return index.shards
    if "adapter_config.json" in present:
        raise CannotTell("an adapter: its weights are only the difference to the base model")
    shards = sorted(p for p in top if _SHARD.fullmatch(p))
    if shards:
        total = _SHARD.fullmatch(shards[0])
        expected = int(total[2]) if total and total[2] else None
        if expected not in (None, len(shards)):
            raise CannotTell(f"{len(shards)} of {expected} weight shards are there, and no index")
        return tuple(shards)
    if len(top) == 1:
        return tuple(top)
    if not top:
        raise CannotTell("the repository has no safetensors weights")
    raise CannotTell(f"{len(top)} safetensors files and no index: which of them are the model is not known")


def read_checkpoint(
    files: Mapping[str, int | None], read_range: Callable[[str, int, int], bytes], index: Index | None = None
) -> Checkpoint:
    """The headers of all `files` (path -> size), a few read at once by `read_range(path, start, end)`.

    Raises UnsoundWeights where a header is unsound, or files contradict each other or the index; CardError
    beyond the bounds.
    """
    if len(files) > MAX_SHARDS:
        raise CardError(f"{len(files)} weight shards, more than the {MAX_SHARDS} read here", "too-large")

    first = first_reads(files, index)

    def one(path: str) -> Header:
        return read_header(
            lambda start, end: read_range(path, start, end), files[path], path, first_read=first[path]
        )

    if len(files) <= 2:
        headers = [one(path) for path in files]
    else:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="headers") as pool:
            headers = _results(pool, one, files)
    holders: dict[str, str] = {}
    for header in headers:
        for tensor in header.tensors:
            if tensor.name in holders:
                raise UnsoundWeights(
                    f"tensor {tensor.name[:80]!r} is both in {holders[tensor.name]} and {header.file}"
                )
            holders[tensor.name] = header.file
        if len(holders) > MAX_TENSORS:
            raise CardError(f"the weights hold more than {MAX_TENSORS} tensors", "too-large")
    if index is not None:
        for name, path in index.weight_map.items():
            if path in files and holders.get(name) != path:
                raise UnsoundWeights(f"{INDEX} says that {path} holds {name[:80]!r}; it does not")
    return Checkpoint(
        tuple(files), tuple(t for h in headers for t in h.tensors), sum(h.requests for h in headers)
    )


def first_reads(files: Iterable[str], index: Index | None) -> dict[str, int]:
    """Bytes to read first of each file, so that one read mostly suffices and little is read in vain."""
    paths = list(files)
    each = max(LEAST_FIRST_READ, min(FIRST_READ, FIRST_READS // max(1, len(paths))))
    if index is None:
        return dict.fromkeys(paths, each)
    lengths = dict.fromkeys(paths, 256)
    for name, path in index.weight_map.items():
        if path in lengths:
            lengths[path] += len(name.encode("utf-8", "replace")) + _ENTRY_BYTES
    return {path: min(max(FIRST_READ, each), length) for path, length in lengths.items()}


def _results(pool: ThreadPoolExecutor, one: Callable[[str], Header], files: Iterable[str]) -> list[Header]:
    futures = [pool.submit(one, path) for path in files]
    try:
        return [future.result() for future in futures]
    except BaseException:
        # The first failure decides: what has not begun is not read.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
