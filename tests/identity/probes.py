"""A card's probe against a fake endpoint, without the pytest front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_modelcard.evals.options import Place, RunOptions
from pytest_modelcard.evidence import Evidence, EvidenceOptions
from tests.evals.server import Fake
from tests.identity.personas import PLAIN
from tests.support import Files, evidence_for


def evidence(
    text: str,
    fake: Fake | None,
    *,
    files: Files | None = None,
    others: Mapping[str, Files] | None = None,
    repo_id: str | None = "acme/Harbour-7B",
    knows_files: bool = True,
    suspects: tuple[str, ...] = (),
    weights: bool = False,
    **options: Any,
) -> Evidence:
    """Of a card beside a plain chat template, ready to be probed; `options` are RunOptions."""
    shared = options.pop("shared", None)
    made = evidence_for(
        text,
        files={"chat_template.jinja": PLAIN, **(files or {})},
        others=others,
        repo_id=repo_id,
        knows_files=knows_files,
        offline=True,
    )
    runs = RunOptions(**{"place": Place(fake.url) if fake else None, "concurrency": 8, **options})
    made.options = replace(EvidenceOptions(weights=weights, suspects=suspects, shared=shared), identity=runs)
    return made
