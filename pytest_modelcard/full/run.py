"""From a card and its verdict to a certificate on disk."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell, CardError
from ..lineage.progress import Progress
from ..source.ids import is_repo_id
from .declared import Origin, printed_recipes, recipe_to_replay
from .open_recipes import chosen, is_open, possible
from .options import FullOptions
from .programs import Recipe

if TYPE_CHECKING:
    from ..evidence import Evidence
    from .engine import Engine

Tell = Callable[[str], None]


def full_coverage(
    evidence: Evidence,
    lineage: Mapping[str, Any] | None,
    options: FullOptions,
    file: Path,
    tell: Tell | None = None,
    engine: Engine | None = None,
) -> dict[str, Any]:
    """Replay the recipe over all weights, write certificate and statement; what the report says of it.

    {"missing": reason} where it could not be done. `lineage`: the report's, from sampled weights.
    """
    try:
        if missing := options.missing():
            raise CannotTell(missing)
        return _certify(evidence, lineage, options, file, tell, engine)
    except (CannotTell, CardError) as error:
        return {"missing": str(error)}
    except OSError as error:
        return {"missing": f"a file could not be read or written: {error.strerror or error}"}


def _certify(
    evidence: Evidence,
    lineage: Mapping[str, Any] | None,
    options: FullOptions,
    file: Path,
    tell: Tell | None,
    engine: Engine | None,
) -> dict[str, Any]:
    from .certificate import Run, certificate, statement, summary, write
    from .plan import make_plan, total_size
    from .settings import usual_settings
    from .snapshot import snapshots
    from .state import State, fingerprint

    config, origin = _recipe(evidence, lineage, options, tell)
    recipe = Recipe(config)
    models = {"": evidence, **{id: _other(evidence, id) for id in recipe.models}}
    _same_revisions(config, models)
    found = snapshots(models, options.download, tell)
    folders = {id: one.folder for id, one in found.items()}
    others = {id: one.weights for id, one in found.items() if id}
    plan = make_plan(recipe, found[""].weights, others, folders)
    size = total_size(plan)
    if tell is not None:
        tell(
            f"replaying the {origin} recipe over {plan.elements:,} elements, {size / 1e9:.2f} GB in {len(found)} models"
        )
    runner = engine or make_engine(options)
    before = fingerprint(plan, dict(config))
    state = State(file.with_name(f"{file.name}.state"), before)
    file.parent.mkdir(parents=True, exist_ok=True)
    results = state.finished()
    kept = sum(one.bytes_read for one in results.values())
    told: set[str] = set()
    started = time.monotonic()
    left = [group for group in plan.groups if group.name not in results]
    for group, result in runner.map(left, usual_settings(folders, size), _progress(tell, size, kept)):
        state.add(group.name, result)
        results[group.name] = result
        for note in result.notes:
            if tell is not None and note not in told:
                tell(note)
            told.add(note)
    if fingerprint(plan, dict(config)) != before:
        raise CannotTell("a file changed while it was read")
    ordered = [results[group.name] for group in plan.groups]
    run = Run(
        created=datetime.datetime.now(tz=datetime.UTC).isoformat(timespec="seconds"),
        engine=runner.name,
        seconds=time.monotonic() - started,
        bytes_read=sum(one.bytes_read + one.reread for one in ordered) - kept,
        bytes_resumed=kept,
    )
    name = evidence.source.repo_id or evidence.source.label
    made = certificate(dict(config), origin, plan, found, name, ordered, run)
    beside = file.with_name(f"{file.stem}.intoto.json")
    write(made, file)
    write(statement(made), beside)
    state.remove()
    return summary(made, str(file), str(beside))


def _recipe(
    evidence: Evidence, lineage: Mapping[str, Any] | None, options: FullOptions, tell: Tell | None
) -> tuple[Mapping[str, Any], Origin]:
    """The configuration to replay. Where samples leave several, those and the card's are tried on some tensors."""
    try:
        usual, why = recipe_to_replay(lineage, evidence.card), None
    except CannotTell as reason:
        usual, why = None, reason
    if lineage is not None and is_open(lineage):
        from .snapshot import snapshots

        usual_first = [usual] if usual is not None else []
        printed: list[tuple[Mapping[str, Any], Origin]] = [
            (c, "declared") for c in printed_recipes(evidence.card)
        ]
        tried = [*usual_first, *printed, *((config, "found") for config in possible(lineage))]
        ids = [str(parent["id"]) for parent in lineage.get("parents") or ()]
        found = snapshots({"": evidence, **{id: _other(evidence, id) for id in ids}}, options.download, tell)
        folders = {id: one.folder for id, one in found.items()}
        others = {id: one.weights for id, one in found.items() if id}
        number = chosen([config for config, _ in tried], found[""].weights, others, folders)
        if number is not None:
            return tried[number]
    if usual is None:
        assert why is not None
        raise why
    return usual


def make_engine(options: FullOptions) -> Engine:
    """The engine that was asked for."""
    if options.engine == "ray":
        from .ray_engine import RayEngine

        return RayEngine()
    from .engine import LocalEngine

    return LocalEngine()


def _other(evidence: Evidence, id: str) -> Evidence:
    if not is_repo_id(id):
        raise CannotTell(f"the recipe names {id[:100]!r}, which is no repository id (org/name)")
    return evidence.other(id)


def _same_revisions(config: Mapping[str, Any], models: Mapping[str, Evidence]) -> None:
    """A recipe may pin revisions; CannotTell where another one is open."""
    for id, wanted in _pinned(config):
        have = models[id].source.revision if id in models else None
        if have is not None and not have.startswith(wanted):
            raise CannotTell(f"the recipe is for revision {wanted[:12]} of {id}, and {have[:12]} was opened")


def _pinned(value: Any) -> list[tuple[str, str]]:
    """(id, revision) of every model named as "id@revision"."""
    if isinstance(value, Mapping):
        own = [m for key in ("model", "base_model") if isinstance(m := value.get(key), str) and "@" in m]
        pairs = [(id, revision) for m in own for id, _, revision in [m.partition("@")]]
        return pairs + [pair for inner in value.values() for pair in _pinned(inner)]
    if isinstance(value, list):
        return [pair for inner in value for pair in _pinned(inner)]
    return []


def _progress(tell: Tell | None, size: int, kept: int) -> Callable[[int], None]:
    """Lines now and then on the bytes done, with what is left at this speed."""
    telling, done, started = Progress(tell), [kept], time.monotonic()

    def progress(more: int) -> None:
        done[0] += more
        seconds = max(1e-9, time.monotonic() - started)
        rate = (done[0] - kept) / seconds
        left = (size - done[0]) / rate / 60 if rate else 0.0
        telling.say(
            f"full coverage: {done[0] / 1e9:.1f} of {size / 1e9:.1f} GB, {rate / 1e9:.2f} GB/s, {left:.0f} min left"
        )

    return progress
