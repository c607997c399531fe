"""Repositories that hold an adapter alone: its matrices against the shapes of the declared base, by headers only.

An adapter is a difference; of which model, its numbers do not tell. What can be told is whether every pair of its
matrices fits a matrix of the declared base, and which base its own configuration names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell
from ..source.ids import is_repo_id
from ..weights import names
from ..weights.header import Tensor, read_header
from ..weights.records import Lineage, Parent

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..weights.opened import Weights

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_HALF = re.compile(r"(?P<module>.+)\.lora_(?:embedding_)?(?P<half>[AB])(?:\.[\w-]+)*")


@dataclass(frozen=True, slots=True)
class Adapter:
    """The matrices of an adapter by module: shapes of A [rank, in] and B [out, rank]. named: the base in its own
    configuration, where that is a repository's id.
    """

    pairs: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    named: str | None
    kind: str

    @property
    def rank(self) -> int:
        return max((min(a) for a, _ in self.pairs.values()), default=0)


def is_adapter(evidence: Evidence) -> bool:
    """Whether a repository holds an adapter and no model."""
    paths = {f.path for f in evidence.files()}
    whole = any(
        p.startswith("model") and p.endswith((".safetensors", ".safetensors.index.json")) for p in paths
    )
    return CONFIG in paths and not whole


def read_adapter(evidence: Evidence) -> Adapter:
    """Configuration and header; raises CannotTell where they are not of LoRA's kind, CardError where unreadable."""
    entry = next((f for f in evidence.files() if f.path == WEIGHTS), None)
    if entry is None or entry.pointer:
        raise CannotTell(f"an adapter without {WEIGHTS}" + (" (only a Git LFS pointer)" if entry else ""))
    config = evidence.json(CONFIG)
    told: Mapping[str, Any] = config if isinstance(config, dict) else {}
    header = read_header(
        lambda start, end: evidence.source.read_range(WEIGHTS, start, end), entry.size, WEIGHTS
    )
    halves: dict[str, dict[str, Tensor]] = {}
    for tensor in header.tensors:
        found = _HALF.fullmatch(tensor.name)
        if found:
            halves.setdefault(names.canonical(found["module"]), {})[found["half"]] = tensor
    pairs = {m: (t["A"].shape, t["B"].shape) for m, t in halves.items() if t.keys() == {"A", "B"}}
    kind = str(told.get("peft_type") or "unknown")[:40]
    if not pairs:
        raise CannotTell(f"an adapter of a kind ({kind}) that is not compared with a base model")
    named = told.get("base_model_name_or_path")
    return Adapter(
        pairs, named if isinstance(named, str) and is_repo_id(named) and "/" in named else None, kind
    )


def misfits(adapter: Adapter, base: Mapping[str, Tensor]) -> tuple[list[str], list[str]]:
    """Modules that have no matrix in the base, and those whose matrix has another shape, in words."""
    shapes = {names.canonical(t.name).removesuffix(".weight"): t.shape for t in base.values()}
    absent, wrong = [], []
    for module, (a, b) in adapter.pairs.items():
        shape = shapes.get(module)
        if shape is None:
            absent.append(module)
        elif len(a) == len(b) == len(shape) == 2 and {a[1], b[0]} != set(shape):
            wrong.append(f"{module} takes [{b[0]}, {a[1]}], the base has {list(shape)}")
        elif math.prod(shape) == 0:
            wrong.append(f"{module} is empty in the base")
    return absent, wrong


def judge(candidate: str, adapter: Adapter, bases: Mapping[str, Weights], declared: Sequence[str]) -> Lineage:
    """The verdict on an adapter among the declared bases that could be opened."""
    problems = []
    fitting = []
    for id, weights in bases.items():
        absent, wrong = misfits(adapter, weights.tensors)
        if wrong:
            problems.append(f"{len(wrong)} of its matrices do not fit {id} ({wrong[0]})")
        elif absent:
            problems.append(f"{len(absent)} of its modules have no matrix in {id} ({absent[0]})")
        else:
            fitting.append(id)
    named = adapter.named or ""
    own = next((id for id in fitting if id.lower() == named.lower()), None)
    base = own or (fitting[0] if len(fitting) == 1 else None)
    if base is None:
        missing = "; ".join(problems) or "it fits several of the declared bases alike"
        return Lineage(
            candidate,
            "cannot-tell",
            f"What the adapter {candidate} belongs to cannot be told: {missing}.",
            missing=missing,
            candidates=tuple(bases),
        )
    says = (
        "its configuration names it, too"
        if own
        else "its configuration names no model that could be compared"
    )
    if named and own is None:
        says = f"its configuration names {named} instead, perhaps another copy of it"
    return Lineage(
        candidate,
        "adapter",
        f"{candidate} is an adapter ({adapter.kind}, rank {adapter.rank}) for {len(adapter.pairs)} matrices, all of "
        f"which {base} has with these shapes; {says}. An adapter's numbers do not tell which of the models of one "
        "shape it was trained on.",
        parents=(Parent(base, bases[base].revision, None, None, base in declared),),
        declared_complete=True if own or not named else None,
        candidates=tuple(bases),
    )
