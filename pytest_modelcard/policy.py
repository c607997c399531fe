"""What the user decided: which rules run, how severe they are, what is waived and until when."""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import PolicyError
from .evidence import EvidenceOptions
from .full.options import FullOptions, full_options
from .model import Finding, Report, Severity
from .source.ids import is_repo_id

if TYPE_CHECKING:
    from .card.benchmarks import Benchmark
    from .card.records import Card
    from .checks.base import Rule
    from .evals.options import RunOptions

PROFILES = ("default", "release", "eu-gpai")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
_KEYS = {
    *("profile", "select", "ignore", "map", "offline", "severity", "waivers", "benchmarks"),
    *("weights", "suspect", "suspects", "budget", "index"),
    *("full", "full-download", "engine"),  # of full coverage, read by full/options.py
    # of sampled runs, read by evals/options.py
    *("run", "endpoint", "served-model", "model", "calls", "seconds", "concurrency", "alpha", "tolerance"),
    *("store", "margin", "noise", "seed", "tasks", "endpoints", "eval-logs"),
    "identity",
}
MAX_POLICY_BYTES = 1024 * 1024
#: Rules of sampled runs' family that run nothing.
_WITHOUT_RUN = frozenset(("MC404",))


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that the user accepts for now. `finding` is `MC203` or `MC203[key]`, with * and ? as wildcards."""

    finding: str
    reason: str
    expires: datetime.date
    card: str = "*"  #: the card's id or path as typed, with wildcards

    def matches(self, finding: Finding, card: str) -> bool:
        return (finding.rule == self.finding or _glob(finding.id, self.finding)) and fnmatch.fnmatchcase(
            card, self.card
        )


def _glob(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of one run. `select` and `ignore` hold rule ids or prefixes of them (`MC2`)."""

    profile: str = "default"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    maps: Mapping[str, Path] = field(default_factory=dict)
    offline: bool = False
    benchmarks: tuple[Benchmark, ...] = ()
    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    full: FullOptions | None = None  #: full coverage of the weights; None: not asked for

    def selects(self, rule: type[Rule]) -> bool:
        """Whether a rule runs: named by `select`, or of the profile where nothing is selected; never if ignored."""
        if self.select:
            chosen = any(rule.id.startswith(s) for s in self.select)
        else:
            chosen = "default" in rule.profiles or self.profile in rule.profiles
        return chosen and not any(rule.id.startswith(s) for s in self.ignore)

    def severity(self, rule: Rule) -> Severity:
        """The severity set for the rule's id or the longest prefix of it, else the rule's own."""
        for n in range(len(rule.id), 1, -1):
            if rule.id[:n] in self.severities:
                return self.severities[rule.id[:n]]
        return rule.severity

    def waive(self, finding: Finding, card: Card) -> Finding:
        """The finding as it counts: a fault under a valid waiver becomes a skip that gives the reason."""
        if finding.outcome not in ("fail", "warn"):
            return finding
        for waiver in self.waivers:
            if not waiver.matches(finding, card.identity.source):
                continue
            if waiver.expires >= _today():
                return replace(finding, outcome="skip", waived=f"until {waiver.expires}: {waiver.reason}")
            return replace(finding, help=f"{finding.help} (its waiver expired on {waiver.expires})")
        return finding

    def unused_waivers(self, reports: Sequence[Report]) -> list[str]:
        """Waivers that no fault of these reports needs."""
        faults = [
            (f, r.card.source)
            for r in reports
            for f in r.findings
            if f.waived or f.outcome in ("fail", "warn")
        ]
        return [w.finding for w in self.waivers if not any(w.matches(f, card) for f, card in faults)]

    def in_checklist(self, rule_id: str) -> bool:
        """Whether a rule belongs to the chosen profile's checklist beside the checks that always run."""
        from .checks import ALL_RULES

        return any(
            r.id == rule_id and "default" not in r.profiles and self.profile in r.profiles for r in ALL_RULES
        )


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def load_policy(folder: Path, root: Path, options: Mapping[str, Any]) -> Policy:
    """The policy of the nearest `modelcard.toml` or `[tool.modelcard]`, with command-line options over it.

    Looked for in `folder` (where pytest was started) and its parents up to `root` (pytest's rootdir), never in a
    card's folder as such: a model repository must not waive its own findings. Raises PolicyError naming file and key.
    """
    folders = [folder, *folder.parents] if folder.is_relative_to(root) else [root]
    data, where, root = _nearest(folders[: folders.index(root) + 1])
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise PolicyError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    profile = options.get("profile") or data.get("profile", "default")
    if profile not in PROFILES:
        raise PolicyError(f"unknown profile {profile!r}; known are {', '.join(PROFILES)}")
    select = _ids(options.get("select"), "--modelcard-select") or _ids(data.get("select"), f"{where}: select")
    ignore = _ids(options.get("ignore"), "--modelcard-ignore") + _ids(data.get("ignore"), f"{where}: ignore")
    offline = options.get("offline")
    offline = bool(data.get("offline", False)) if offline is None else bool(offline)
    runs = _runs(data, options, root, where, offline=offline)
    logs = _logs(data, options, root, where)
    if (
        runs is None
        and select
        and all(s.startswith("MC4") and s not in _WITHOUT_RUN for s in select)
        and not logs
    ):
        raise PolicyError(f"{', '.join(select)} runs benchmarks: give --modelcard-run, too")
    identity = _identity(data, options, root, where, offline=offline)
    if identity is None and select and all(s.startswith("MC5") for s in select):
        raise PolicyError(f"{', '.join(select)} asks the model who it is: give --modelcard-identity, too")
    return Policy(
        profile=profile,
        select=select,
        ignore=ignore,
        severities=_severities(data.get("severity", {}), where),
        waivers=tuple(_waiver(w, where) for w in _list(data.get("waivers", []), where, "waivers")),
        maps=_maps(data.get("map", {}), root, where) | _map_options(options.get("map") or []),
        offline=offline,
        benchmarks=_benchmarks(data.get("benchmarks", []), where),
        evidence=replace(
            _evidence(data, options, where),
            index=_index(data, options, root, where),
            runs=runs,
            identity=identity,
            logs=logs,
            served=options.get("served-model") or data.get("served-model"),
        ),
        full=full_options(data, options, where, _bytes),
    )


def _nearest(folders: Sequence[Path]) -> tuple[dict[str, Any], str, Path]:
    for folder in folders:
        data, where = _read(folder)
        if data is not None:
            return data, where, folder
    return {}, "modelcard.toml", folders[-1]


def _evidence(data: Mapping[str, Any], options: Mapping[str, Any], where: str) -> EvidenceOptions:
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
    listed = [*_list(data.get("suspect", []), where, "suspect"), *(options.get("suspect") or [])]
    for id in listed:
        if not isinstance(id, str) or not is_repo_id(id):
            raise PolicyError(f"{where}: suspect {id!r} is no repository id (org/name)")
    return EvidenceOptions(
        weights=weights == "on",
        suspects=tuple(dict.fromkeys(listed)),
        auto=auto == "auto",
        budget=_bytes(options.get("budget") or data.get("budget", "64MiB"), where),
    )


def _runs(
    data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str, *, offline: bool
) -> RunOptions | None:
    """What sampled runs may do; None, and nothing imported for it, where none are asked for."""
    if not (options.get("run") or data.get("run")):
        # an endpoint in the policy file is a standing setting, one on the command line a wish to run
        named = ("endpoint", "model", "calls", "seconds", "store", "write-eval-results", "write-every-eval-ever")
        given = [k for k in named if options.get(k) is not None]
        if given and not (options.get("identity") or data.get("identity")):
            raise PolicyError(
                f"--modelcard-{given[0]} is for sampled runs: give --modelcard-run, too (or --modelcard-identity)"
            )
        return None
    from .evals.options import options_from

    return options_from(data, options, root, where, offline=offline)


def _logs(data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str) -> tuple[Path, ...]:
    """Places with logs of earlier runs: those of the file count from its folder, those of the command line from the
    current one."""
    written = data.get("eval-logs", [])
    listed = [written] if isinstance(written, str) else _list(written, where, "eval-logs")
    if not all(isinstance(path, str) for path in listed):
        raise PolicyError(f"{where}: eval-logs must be a list of paths")
    found = [(root / path, f"{where}: eval-logs") for path in listed]
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
    from .identity.options import identity_options

    return identity_options(data, options, root, where, offline=offline)


_SIZE = re.compile(r"(\d{1,12})\s*(|k|m|g|ki|mi|gi)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def _index(data: Mapping[str, Any], options: Mapping[str, Any], root: Path, where: str) -> Path | None:
    """The file of sketches to look for suspects in; one that is named must be there."""
    given, written = options.get("index"), data.get("index")
    if written is not None and not isinstance(written, str):
        raise PolicyError(f"{where}: index must be a path")
    path = Path(given) if given else root / written if written else None
    if path is not None and not path.is_file():
        raise PolicyError(f"{'--modelcard-index' if given else f'{where}: index'}: {path} is no file")
    return path


def _bytes(value: Any, where: str) -> int:
    """A number of bytes, as an integer or "64MiB"."""
    match = _SIZE.fullmatch(str(value).strip())
    if match is None or isinstance(value, (bool, float)):
        raise PolicyError(f"{where}: budget {value!r} is no size such as 64MiB")
    return int(match[1]) * _UNITS[match[2].lower()]


def _read(root: Path) -> tuple[dict[str, Any] | None, str]:
    import tomllib

    for name, keys in (("modelcard.toml", ()), ("pyproject.toml", ("tool", "modelcard"))):
        path = root / name
        if not path.is_file():
            continue
        if path.stat().st_size > MAX_POLICY_BYTES:
            raise PolicyError(f"{name} is larger than {MAX_POLICY_BYTES} bytes")
        try:
            data: Any = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{name}: {error}") from error
        for key in keys:
            data = data.get(key) if isinstance(data, dict) else None
        if data is not None:
            if not isinstance(data, dict):
                raise PolicyError(f"{name}: [tool.modelcard] must be a table")
            return data, name
    return None, ""


def _list(value: Any, where: str, key: str) -> list[Any]:
    if not isinstance(value, list):
        raise PolicyError(f"{where}: {key} must be a list")
    return value


def _ids(value: Any, where: str) -> tuple[str, ...]:
    from .checks import ALL_RULES

    if value is None:
        return ()
    parts = value if isinstance(value, (list, tuple)) else [value]
    ids = [p.strip() for part in parts for p in str(part).split(",") if p.strip()]
    for id in ids:
        if not any(rule.id.startswith(id) for rule in ALL_RULES):
            raise PolicyError(f"{where}: no rule or family {id!r}; see python -m pytest_modelcard explain")
    return tuple(ids)


def _severities(value: Any, where: str) -> dict[str, Severity]:
    if not isinstance(value, dict):
        raise PolicyError(f"{where}: severity must be a table of rule id = severity")
    for rule, severity in value.items():
        _ids(rule, f"{where}: severity")
        if severity not in SEVERITIES:
            raise PolicyError(f"{where}: severity.{rule} is {severity!r}; use {', '.join(SEVERITIES)}")
    return dict(value)


def _waiver(value: Any, where: str) -> Waiver:
    if not isinstance(value, dict):
        raise PolicyError(f"{where}: each waiver must be a table")
    unknown = sorted(set(value) - {"finding", "reason", "expires", "card"})
    if unknown:
        raise PolicyError(f"{where}: unknown key {unknown[0]!r} in a waiver")
    for key in ("finding", "reason"):
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise PolicyError(f"{where}: a waiver needs {key} (text)")
    _ids(value["finding"].split("[")[0].rstrip("*?"), f"{where}: waivers.finding")
    expires = value.get("expires")
    if isinstance(expires, str):
        try:
            expires = datetime.date.fromisoformat(expires)
        except ValueError:
            expires = None
    if isinstance(expires, datetime.datetime):
        expires = expires.date()
    if not isinstance(expires, datetime.date):
        raise PolicyError(f"{where}: the waiver of {value['finding']} needs expires = YYYY-MM-DD")
    card = value.get("card", "*")
    if not isinstance(card, str):
        raise PolicyError(f"{where}: the waiver of {value['finding']}: card must be text")
    return Waiver(value["finding"], value["reason"].strip(), expires, card)


def _maps(value: Any, root: Path, where: str) -> dict[str, Path]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise PolicyError(f'{where}: map must be a table of "org/name" = "path"')
    return {k: _folder(root / v, f"{where}: map.{k}") for k, v in value.items()}


def _map_options(values: Sequence[str]) -> dict[str, Path]:
    maps = {}
    for value in values:
        repo_id, sign, path = value.partition("=")
        if not sign or not repo_id or not path:
            raise PolicyError(f"--modelcard-map {value!r} is not of the form org/name=PATH")
        maps[repo_id] = _folder(Path(path), "--modelcard-map")
    return maps


def _folder(path: Path, where: str) -> Path:
    if not path.is_dir():
        raise PolicyError(f"{where}: {path} is no folder")
    return path


def _benchmarks(value: Any, where: str) -> tuple[Benchmark, ...]:
    from .card.benchmarks import benchmarks_from_dicts

    return benchmarks_from_dicts(_list(value, where, "benchmarks"), where) if value else ()
