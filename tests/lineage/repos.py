"""Repositories of small made models, and the whole way from a card to the verdict on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.evidence import Evidence, EvidenceOptions
from pytest_modelcard.lineage.find import find_lineage
from pytest_modelcard.lineage.record import Found
from pytest_modelcard.source.catalog import Catalog
from pytest_modelcard.source.wire import Patience
from tests.hub import Hub
from tests.hub.contents import Bytes
from tests.support import Files, evidence_for
from tests.weights.made import Model
from tests.weights.models import bf16, file_bytes

OLD, NEW = "2024-01-01T00:00:00.000Z", "2025-06-01T00:00:00.000Z"
BASE, CHAT, CODE, SUMS = "lab/base", "lab/chat", "lab/code", "lab/sums"


def card(*bases: str, text: str = "") -> str:
    listed = "".join(f"- {base}\n" for base in bases)
    return f"---\nlicense: apache-2.0\nbase_model:\n{listed}---\n\n# Model\n\n{text}\n"


def stored(model: Model) -> bytes:
    """The model as one safetensors file in bfloat16."""
    return file_bytes({name: bf16(values) for name, values in model.tensors.items()})


def files(model: Model, **more: str | bytes) -> dict[str, str | bytes]:
    config = {"hidden_size": 64, "vocab_size": 192, "num_hidden_layers": 4}
    return {"config.json": json.dumps(config), "model.safetensors": stored(model), **more}


def evidence(
    text: str, candidate: Files, others: Mapping[str, Files], options: EvidenceOptions | None = None
) -> Evidence:
    """Only the declared models, those the text names, and the options' suspects are compared."""
    made = evidence_for(text, files=candidate, others=others)
    made.options = options or EvidenceOptions(auto=False)
    return made


def judged(
    candidate: Model, others: Mapping[str, Model], declared: Sequence[str] = (BASE,), seed: int = 0
) -> Found:
    """The verdict where all `others` are offered."""
    suspects = tuple(id for id in others if id not in declared)
    options = EvidenceOptions(auto=False, suspects=suspects, seed=seed)
    there = {id: files(model) for id, model in others.items()}
    return find_lineage(evidence(card(*declared), files(candidate), there, options))


def weights_of(found: Found) -> dict[str, float | None]:
    return {p.id: p.weight and float(np.round(p.weight, 3)) for p in found.lineage.parents}


def add(
    hub: Hub,
    id: str,
    model: Model,
    text: str = "# A\n",
    created: str = OLD,
    changed: str = OLD,
    **info: object,
) -> None:
    """A repository on the loopback Hub, its weights stored as large files."""
    hub.add(
        id,
        {**files(model), "README.md": text, "model.safetensors": Bytes(stored(model), lfs=True)},
        info={"createdAt": created, "lastModified": changed, **info},
    )


def on_the_hub(id: str, *suspects: str, **options: Any) -> Found:
    """The verdict on a model of the loopback Hub, by a run of its own."""
    return find_lineage(opened(id, *suspects, **options))


def opened(id: str, *suspects: str, patience: Patience | None = None, **options: Any) -> Evidence:
    catalog = Catalog(patience=patience or Patience(sleep=lambda _: None))
    (source,) = catalog.open(id)
    chosen = EvidenceOptions(**{"auto": False, "suspects": suspects, **options})
    return Evidence(source, catalog, Registry.default(), options=chosen)
