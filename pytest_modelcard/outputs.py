"""What a run of cards leaves on disk when its tests are done: certificates, decided runs, reports, recipes, pictures."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from .card.slugs import slug
from .report.lineage import certificate_line

if TYPE_CHECKING:
    from .session import CardSession


def write_all(session: CardSession) -> None:
    """Everything that was asked for; certificates first, since the reports hold them."""
    _certify(session)
    _publish(session)
    option = session.config.getoption
    if path := option("--modelcard-json"):
        from .report.json import write_json

        write_json(Path(path), session.reports())
    if path := option("--modelcard-sarif"):
        from .report.sarif import write_sarif

        write_sarif(Path(path), [(r, _folder(session, r.card.source)) for r in session.reports()])
    if session.lineages and (path := option("--modelcard-recipe")):
        from .lineage.recipe import recipe_text

        texts = [recipe_text(lineage, _replayed(lineage)) for lineage in session.lineages.values()]
        Path(path).write_text("\n---\n".join(t for t in texts if t), "utf-8")
    if session.lineages and (path := option("--modelcard-plot")):
        from .lineage.plot import draw

        draw(next(iter(session.lineages.values())), Path(path))


def _certify(session: CardSession) -> None:
    """Replay each card's recipe over all of its weights, where that was asked for."""
    options = session.policy.full
    if options is None:
        return
    from .full.run import full_coverage

    for label, evidence in session.cards.items():
        lineage = session.lineages.get(label)
        file = options.for_card(label, len(session.cards) > 1)
        found = full_coverage(evidence, lineage, options, file, session.tell)
        if lineage is not None:
            session.lineages[label] = {**lineage, "certificate": found}
        else:
            session.tell(f"full coverage of {label}: {certificate_line(found)}")


def _replayed(lineage: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The configuration of a certificate that found every element equal."""
    certificate = lineage.get("certificate") or {}
    if not certificate.get("reproduced"):
        return None
    config: Mapping[str, Any] = json.loads(Path(certificate["file"]).read_text("utf-8"))["recipe"]["mergekit"]
    return config


def _publish(session: CardSession) -> None:
    """Write the decided runs of each card for others, where that was asked for; of several cards each in a folder."""
    for option, form in (
        ("--modelcard-write-eval-results", "eval_results"),
        ("--modelcard-write-every-eval-ever", "every_eval_ever"),
    ):
        folder = session.config.getoption(option)
        if folder is None or session.policy.evidence.runs is None:
            continue
        from .evals import publish

        for label, evidence in session.cards.items():
            runs = tuple(session.runs.get(label, {}).values())
            below = Path(folder) / slug(label) if len(session.cards) > 1 else Path(folder)
            if not runs:
                session.tell(f"{option}: no run of {label} ended")
                continue
            publish.write(below, publish.published(form, evidence, runs), session.tell)


def _folder(session: CardSession, label: str) -> str:
    """What stands before the paths of a card's files: its folder below the current one, else the model's id."""
    source = session.cards[label].source
    root = getattr(source, "root", None)
    inner = PurePath(os.path.relpath(root)).as_posix() if root is not None else ""
    if inner == ".":
        return ""
    return f"{source.repo_id or label}/" if not inner or inner.startswith("../") else f"{inner}/"
