"""What may be gathered as evidence, and what it may cost: weights, sampled runs, logs of others' runs, the identity probe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from ..evidence import EvidenceOptions
from ..source.ids import is_repo_id
from .values import listed, size

if TYPE_CHECKING:
    from ..evals.options import RunOptions

#: Rules of sampled runs' family that run nothing.
_WITHOUT_RUN = frozenset(("MC404",))


def evidence_options(
    data: Mapping[str, Any],
    options: Mapping[str, Any],
    root: Path,
    where: str,
    select: Sequence[str],
    *,
    offline: bool,
) -> EvidenceOptions:
    """All of it. select: rules that were chosen, for which what they need must be asked for, too."""
    runs, logs = _runs(data, options, root, where, offline=offline), _logs(data, options, root, where)
    running = [s for s in select if s.startswith("MC4") and s not in _WITHOUT_RUN]
    if runs is None and select and len(running) == len(select) and not logs:
        raise PolicyError(f"{', '.join(select)} runs benchmarks: give --modelcard-run, too")
    identity = _identity(data, options, root, where, offline=offline)
    if identity is None and select and all(s.startswith("MC5") for s in select):
        raise PolicyError(f"{', '.join(select)} asks the model who it is: give --modelcard-identity, too")
    return replace(
        _weights(data, options, where),
        index=_index(data, options, root, where),
        runs=runs,
        identity=identity,
        logs=logs,
        served=options.get("served-model") or data.get("served-model"),
    )


def _weights(data: Mapping[str, Any], options: Mapping[str, Any], where: str) -> EvidenceOptions:
    """What may be gathered from weights."""
    weights = options.get("weights") or data.get("weights", "on")
    weights = {True: "on", False: "off"}.get(weights, weights)
    if weights not in ("on", "off"):
        raise PolicyError(f"{where}: weights is {weights!r}; use on or off")
    auto = options.get("suspects") or data.get("suspects", "auto")
    if auto not in ("auto", "off"):
        raise PolicyError(
            f'{where}: suspects is {auto!r}; use auto or off (single ones: suspect = ["org/name"])'
        )
    suspects = [*listed(data.get("suspect", []), where, "suspect"), *(options.get("suspect") or [])]
    for id in suspects:
        if not isinstance(id, str) or not is_repo_id(id):
            raise PolicyError(f"{where}: suspect {id!r} is no repository id (org/name)")
    return EvidenceOptions(
        weights=weights == "on",
        suspects=tuple(dict.fromkeys(suspects)),
        auto=auto == "auto",
        budget=size(options.get("budget") or data.get("budget", "64MiB"), where),
    )


def _runs(
    data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str, *, offline: bool
) -> RunOptions | None:
    """What sampled runs may do; None, and nothing imported for it, where none are asked for."""
    if not (options.get("run") or data.get("run")):
        # an endpoint in the policy file is a standing setting, one on the command line a wish to run
        named = (
            "endpoint",
            "model",
            "calls",
            "seconds",
            "store",
            "write-eval-results",
            "write-every-eval-ever",
        )
        given = [k for k in named if options.get(k) is not None]
        if given and not (options.get("identity") or data.get("identity")):
            raise PolicyError(
                f"--modelcard-{given[0]} is for sampled runs: give --modelcard-run, too (or --modelcard-identity)"
            )
        return None
    from ..evals.options import options_from

    return options_from(data, options, root, where, offline=offline)


def _logs(data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str) -> tuple[Path, ...]:
    """Places with logs of earlier runs: those of the file count from its folder, those of the command line from the
    current one."""
    written = data.get("eval-logs", [])
    paths = [written] if isinstance(written, str) else listed(written, where, "eval-logs")
    if not all(isinstance(path, str) for path in paths):
        raise PolicyError(f"{where}: eval-logs must be a list of paths")
    found = [(root / path, f"{where}: eval-logs") for path in paths]
    found += [(Path(path), "--modelcard-eval-logs") for path in options.get("eval-logs") or ()]
    for path, said in found:
        if not path.exists():
            raise PolicyError(f"{said}: {path} does not exist")
    return tuple(dict.fromkeys(path for path, _ in found))


def _identity(
    data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str, *, offline: bool
) -> RunOptions | None:
    """What the identity probe may do; None, and nothing imported for it, where none is asked for."""
    wanted = options.get("identity") or data.get("identity", False)
    if not isinstance(wanted, bool):
        raise PolicyError(f"{where}: identity must be true or false")
    if not wanted:
        return None
    from ..identity.options import identity_options

    return identity_options(data, options, root, where, offline=offline)


def _index(data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str) -> Path | None:
    """The file of sketches to look for suspects in; one that is named must be there."""
    given, written = options.get("index"), data.get("index")
    if written is not None and not isinstance(written, str):
        raise PolicyError(f"{where}: index must be a path")
    path = Path(given) if given else root / written if written else None
    if path is not None and not path.is_file():
        raise PolicyError(f"{'--modelcard-index' if given else f'{where}: index'}: {path} is no file")
    return path
