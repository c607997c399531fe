"""Which model cards a list of changed files speaks of."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..source.folders import CARD, MARKDOWN, names_in

#: More cards than this in one pull request are not checked one by one.
MAX_CARDS = 50
_HEAD_BYTES = 64 * 1024

WEIGHTS = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".h5", ".msgpack")
#: Files of a repository that a rule may read, or that a card shows.
_PARTS = (
    *(*WEIGHTS, ".json", ".jinja", ".model", ".tiktoken"),
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"),
)
_NAMES = ("merges.txt", "vocab.txt", "license", "license.md", "license.txt", "mergekit_config.yml")
_CODE = re.compile(r"(?:configuration|modeling|tokenization|processing)_\w{1,80}\.py")
_MODEL_MARKS = ("config.json", "adapter_config.json", "model_index.json", "params.json")
#: Front matter that only a model's card has, and what any card on the Hub may have.
_OF_MODELS = re.compile(
    r"^(?:base_model|base_model_relation|library_name|pipeline_tag|model-index|model_name|model_type)\s*:",
    re.MULTILINE,
)
_OF_CARDS = re.compile(r"^(?:license|license_name|language|datasets|metrics)\s*:", re.MULTILINE)
_OF_OTHERS = re.compile(
    r"^(?:layout|task_categories|task_ids|size_categories|dataset_info|configs|sdk|permalink)\s*:",
    re.MULTILINE,
)


def is_card(path: Path) -> bool:
    """Whether a Markdown file is a model card: by its front matter, or as README.md beside a model."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            text = file.read(_HEAD_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError:
        return False
    if path.name == CARD and _holds_model(path.parent):
        return True
    lines = text.replace("\r\n", "\n")
    if not lines.startswith("---\n"):
        return False
    header = lines[4:].split("\n---", 1)[0]
    if _OF_MODELS.search(header):
        return True
    return _OF_CARDS.search(header) is not None and _OF_OTHERS.search(header) is None


def _holds_model(folder: Path) -> bool:
    names = names_in(folder)
    return any(m in names for m in _MODEL_MARKS) or any(n.lower().endswith(WEIGHTS) for n in names)


def is_part(path: str) -> bool:
    """Whether a file can be part of a model's repository: card, configuration, template, code, weights, figure."""
    name = PurePosixPath(path).name.lower()
    if ".eval_results" in PurePosixPath(path).parts[:-1]:
        return name.endswith((".yaml", ".yml"))
    return name.endswith((*_PARTS, *MARKDOWN)) or name in _NAMES or _CODE.fullmatch(name) is not None


def touched_cards(changed: Iterable[str], root: Path) -> list[str]:
    """Paths of the cards below `root` that these changed files are, or belong to: the card of the nearest folder
    above that has one. Sorted; files in hidden folders count only where the Hub reads them.
    """
    found = set()
    for path in changed:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not is_part(path):
            continue
        if any(p.startswith(".") and p != ".eval_results" for p in pure.parts[:-1]):
            continue
        if pure.suffix.lower() in MARKDOWN:
            if is_card(root / path):
                found.add(path)
            continue
        for folder in pure.parents:
            card = (folder / CARD).as_posix()
            if is_card(root / card):
                found.add(card)
                break
    return sorted(found)
