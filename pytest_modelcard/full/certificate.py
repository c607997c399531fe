"""What came out, as a file of its own: the public contract of `schemas/certificate-v1.json`; and as an in-toto Statement,
so that whoever made or checked the model can sign it with tools they have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..whole import write_whole
from .statistics import Statistics

if TYPE_CHECKING:
    from .plan import Plan
    from .settings import Result
    from .snapshot import Snapshot

VERSION = 1
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:pytest-modelcard:certificate:1"


@dataclass(frozen=True, slots=True)
class Run:
    """What was done for a certificate, beside the numbers. bytes_resumed: done by an earlier run that was broken off."""

    created: str  #: time, ISO 8601, UTC
    engine: str
    seconds: float
    bytes_read: int
    bytes_resumed: int = 0


def certificate(
    recipe: Mapping[str, Any],
    origin: str,
    plan: Plan,
    models: Mapping[str, Snapshot],
    name: str,
    results: Sequence[Result],
    run: Run,
) -> dict[str, Any]:
    """Plain data for JSON. `name`: the candidate's id or path, as it was asked for."""
    tensors = {key: value for result in results for key, value in result.tensors.items()}
    digests = {key: value for result in results for key, value in result.digests.items()}
    tasks = {task.name: task for group in plan.groups for task in group.tasks}
    rows = []
    for key in sorted(tensors):
        task = tasks[key]
        rows.append(
            {
                "name": key,
                "dtype": task.own.tensor.dtype,
                "shape": list(task.own.tensor.shape),
                "file": task.own.tensor.file,
                "method": task.program.method,
                "sources": list(dict.fromkeys(view.model for view in task.program.sources)),
                "weights": list(task.program.weights[: len(task.program.sources)]),
                **tensors[key].as_dict(),
            }
        )
    total = (
        sum(tensors.values(), start=Statistics())
        if _alike(tensors.values())
        else _without_gram(tensors.values())
    )
    left = sum(elements for _, elements, _ in plan.left_out)
    described = {id: _model(id or name, models[id], plan, digests, id) for id in models}
    return {
        "version": VERSION,
        "tool": {"name": "pytest-modelcard", "version": __version__},
        "created": run.created,
        "candidate": described[""],
        "parents": [described[id] for id in models if id],
        "recipe": {"origin": origin, "mergekit": recipe},
        "elements": plan.elements,
        "reproduced": total.equal == plan.elements and not left,
        "totals": total.as_dict(),
        "tensors": rows,
        "left_out": [{"name": n, "elements": e, "reason": why} for n, e, why in plan.left_out],
        "run": {
            "engine": run.engine,
            "devices": sorted({result.device for result in results}),
            "seconds": round(run.seconds, 3),
            "bytes_read": run.bytes_read,
            "bytes_resumed": run.bytes_resumed,
            "notes": list(dict.fromkeys(note for result in results for note in result.notes)),
        },
    }


def _model(
    shown: str, model: Snapshot, plan: Plan, digests: Mapping[tuple[str, str], str], id: str
) -> dict[str, Any]:
    files = []
    for path, size in sorted(plan.files.get(id, {}).items()):
        found, told = digests.get((id, path)), model.expected.get(path)
        signed = model.signature.files.get(path) if model.signature is not None else None
        files.append(
            {
                "path": path,
                "size": size,
                "sha256": found,
                "as_published": None if told is None else told == found,
                "as_signed": None if signed is None else signed == found,
            }
        )
    signature = model.signature.as_dict() if model.signature is not None else None
    return {"id": shown, "revision": model.revision, "files": files, "signature": signature}


def _alike(found: Any) -> bool:
    return len({len(one.gram) for one in found}) == 1


def _without_gram(found: Any) -> Statistics:
    """Totals over tensors made from different numbers of models, whose Gram matrices do not add."""
    from dataclasses import replace

    return sum((replace(one, gram=()) for one in found), start=Statistics())


def statement(made: Mapping[str, Any]) -> dict[str, Any]:
    """The certificate as an in-toto Statement on the candidate's files, and on the model as its own signature names it
    where all those files are as signed.
    """
    subject = [
        {"name": file["path"], "digest": {"sha256": file["sha256"]}}
        for file in made["candidate"]["files"]
        if file["sha256"]
    ]
    signature = made["candidate"]["signature"]
    if signature and signature["digest"] and all(file["as_signed"] for file in made["candidate"]["files"]):
        subject.append({"name": signature["name"], "digest": {"sha256": signature["digest"]}})
    return {"_type": STATEMENT, "subject": subject, "predicateType": PREDICATE, "predicate": dict(made)}


def summary(made: Mapping[str, Any], file: str, statement_file: str) -> dict[str, Any]:
    """What the report says of a certificate."""
    totals = made["totals"]
    return {
        "file": file,
        "statement": statement_file,
        "recipe": made["recipe"]["origin"],
        "reproduced": made["reproduced"],
        "elements": made["elements"],
        **{key: totals[key] for key in ("equal", "beside", "elsewhere", "telling", "telling_equal")},
        "left_out": sum(one["elements"] for one in made["left_out"]),
        "files_as_published": _all_as(made, "as_published"),
        "files_as_signed": _all_as(made, "as_signed"),
        **{key: made["run"][key] for key in ("engine", "devices", "seconds", "bytes_read")},
    }


def _all_as(made: Mapping[str, Any], where: str) -> bool | None:
    """Whether all files have the digest that their repository, or their signature, tells; None where none is told."""
    told = [f[where] for m in (made["candidate"], *made["parents"]) for f in m["files"]]
    known = [one for one in told if one is not None]
    return all(known) if known else None


def write(data: Mapping[str, Any], path: Path) -> None:
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
