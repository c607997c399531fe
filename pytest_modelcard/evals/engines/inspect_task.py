"""A task of inspect-ai, loaded: its samples in an order that stays, and a checksum of what is asked."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ...errors import CannotTell

INSTALL = "install pytest-modelcard[inspect]"
_MARKUP = re.compile(r"\[/?bold\]")


@dataclass(frozen=True)
class Loaded:
    task: Any
    samples: tuple[Any, ...]
    dataset: str  #: its name, or where it comes from
    revision: str  #: checksum of all samples


def load(name: str, arguments: Mapping[str, Any]) -> Loaded:
    """The task of this name ("inspect_evals/gsm8k", "hf/org/data", "file.py@name"). Raises CannotTell."""
    try:
        import inspect_ai  # noqa: F401
        from inspect_ai._eval.loader import load_task_spec
    except ImportError as error:
        raise CannotTell(f"inspect-ai is not installed (or lacks {error.name}): {INSTALL}") from error
    try:
        found = load_task_spec(name, dict(arguments))
    except Exception as error:  # a task's own code: it may download, import or compile anything
        raise CannotTell(f"inspect-ai cannot load {name}: {one_line(error)}") from error
    if len(found) != 1:
        raise CannotTell(f"{name} names {len(found)} tasks in inspect-ai, not one")
    task = found[0]
    samples = list(task.dataset)
    if not samples:
        raise CannotTell(f"{name} has no samples")
    boxes = [box for box in (task.sandbox, *(s.sandbox for s in samples)) if box]
    if any(box.type == "local" for box in boxes):
        raise CannotTell(f"{name} runs what the model writes on this very machine (sandbox local)")
    if boxes and shutil.which("docker") is None:
        raise CannotTell(
            f"{name} runs code in a sandbox, and docker is not at hand; where it is: inspect eval {name} "
            "--sample-shuffle 1 --limit N"
        )
    identities = [_identity(s) for s in samples]
    if getattr(task.dataset, "shuffled", False):
        # a shuffle without a seed gives another order each time; an index has to mean the same question for good
        samples = [s for _, s in sorted(zip(identities, samples, strict=True), key=lambda pair: pair[0])]
    digest = hashlib.sha256("\n".join(sorted(identities)).encode("utf-8", "surrogatepass"))
    dataset = str(task.dataset.location or task.dataset.name or name)
    return Loaded(task, tuple(samples), plain_name(dataset), f"sha256:{digest.hexdigest()}")


def _identity(sample: Any) -> str:
    """What a sample asks, whatever its place and the order of its choices."""
    asked = sample.input if isinstance(sample.input, str) else [m.text for m in sample.input]
    return json.dumps([asked, sorted(sample.choices or ())], ensure_ascii=False)


def plain_name(text: str) -> str:
    """A file by its name alone: where it lies on this machine is nobody's business."""
    path = PurePath(text.partition("@")[0])
    return text[len(str(path.parent)) :].lstrip("/") if path.is_absolute() else text


def one_line(error: object) -> str:
    return " ".join(_MARKUP.sub("", str(error)).split())[:300] or type(error).__name__
