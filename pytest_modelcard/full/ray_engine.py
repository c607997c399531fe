"""The same map on a Ray cluster: one task a group, a GPU each where there are any, done again where a worker dies.

Files are read where they lie: nodes are asked which of them they hold, and a group goes to a node that holds all of
its own, if there is one. Folders must have the same path on all nodes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell

if TYPE_CHECKING:
    from .engine import Progress
    from .plan import Group
    from .settings import Result, Settings

#: How often a group is begun again after its worker died, or a file could not be read for the moment.
RETRIES = 4
#: Cores that a task on a CPU takes.
CORES = 2
#: Seconds that a node has to tell which files it holds.
PATIENCE = 60.0


class RayEngine:
    """Runs groups on the cluster that RAY_ADDRESS names; without it on one of this machine's own, for the time."""

    name = "ray"

    def map(
        self, groups: Sequence[Group], settings: Settings, progress: Progress | None
    ) -> Iterator[tuple[Group, Result]]:
        import ray

        mine = not ray.is_initialized()
        if mine:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            ray.init(log_to_driver=False, logging_level="ERROR")
        try:
            yield from self._map(groups, settings, progress)
        finally:
            if mine:
                ray.shutdown()

    def _map(
        self, groups: Sequence[Group], settings: Settings, progress: Progress | None
    ) -> Iterator[tuple[Group, Result]]:
        import ray

        have = ray.cluster_resources()
        gpus = have.get("GPU", 0) >= 1
        cores = max(1, min(CORES, int(have.get("CPU", 1))))
        options: dict[str, Any] = {"num_gpus": 1, "num_cpus": 1} if gpus else {"num_cpus": cores}
        # A worker that dies is the system's failure and always tried again; of our own errors only those of reading.
        options |= {"max_retries": RETRIES, "retry_exceptions": [OSError]}
        theirs = replace(settings, device="cuda" if gpus else "cpu", threads=4 if gpus else cores)
        handed = ray.put(theirs)
        task = ray.remote(_work)
        places = _places(groups, settings)
        pending = {}
        for group in groups:
            where = _near(places.get(group.name))
            pending[task.options(**options, **where).remote(group, handed)] = group
        try:
            while pending:
                ready, _ = ray.wait(list(pending), num_returns=1)
                for reference in ready:
                    group = pending.pop(reference)
                    result = _result(ray.get, reference, group)
                    if progress is not None:
                        progress(result.bytes_read)
                    yield group, result
        finally:
            for reference in pending:
                ray.cancel(reference, force=True)


def _result(get: Any, reference: Any, group: Group) -> Result:
    import ray

    try:
        found: Result = get(reference)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        raise (cause if isinstance(cause, (OSError, CannotTell)) else error) from error
    except ray.exceptions.RayError as error:
        raise CannotTell(
            f"{group.name} was not done, after {RETRIES} more tries: {str(error)[:300]}"
        ) from error
    return found


def _work(group: Group, settings: Settings) -> Result:
    """What a worker does; its GPU is the only one that it sees."""
    from .kernels import Kernels
    from .work import work

    return work(group, settings, _KERNELS.setdefault(settings.compiled, Kernels(settings.compiled)))


#: A worker's compiled kernels, kept from one group to the next.
_KERNELS: dict[bool, Any] = {}


def _files(group: Group, settings: Settings) -> list[str]:
    """The files that a group reads."""
    found = {settings.folders[""] / task.own.tensor.file for task in group.tasks}
    for task in group.tasks:
        found |= {settings.folders[p.model] / p.tensor.file for s in task.segments for p in s.sources}
    found |= {settings.folders[model] / path for model, path in group.digests}
    return sorted(map(str, found))


def _held(files: Sequence[str]) -> list[bool]:
    """Which of the files a node holds."""
    return [Path(file).is_file() for file in files]


def _places(groups: Sequence[Group], settings: Settings) -> Mapping[str, str]:
    """The node that each group goes to; groups that all nodes can do are left to Ray. Evenly, by bytes."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    nodes = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
    if len(nodes) < 2:
        return {}
    wanted = {group.name: _files(group, settings) for group in groups}
    files = sorted({file for found in wanted.values() for file in found})
    asking = {
        ray.remote(_held)
        .options(num_cpus=0, scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False))
        .remote(files): node
        for node in nodes
    }
    ready, _ = ray.wait(list(asking), num_returns=len(asking), timeout=PATIENCE)
    holding = {asking[reference]: set(_chosen(files, ray.get(reference))) for reference in ready}
    load = dict.fromkeys(holding, 0)
    out = {}
    for group in sorted(groups, key=lambda one: -one.size):
        able = [node for node, held in holding.items() if held.issuperset(wanted[group.name])]
        if able and len(able) < len(nodes):
            node = min(able, key=load.__getitem__)
            load[node] += group.size
            out[group.name] = node
        elif not able:
            raise CannotTell(f"no node of the cluster holds all files of {group.name}")
    return out


def _chosen(files: Sequence[str], held: Sequence[bool]) -> list[str]:
    return [file for file, here in zip(files, held, strict=True) if here]


def _near(node: str | None) -> dict[str, Any]:
    """Options that send a task to a node, or elsewhere once that node is gone."""
    if node is None:
        return {"scheduling_strategy": "SPREAD"}
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return {"scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=True)}
