"""The weights of a linear merge as a mergekit configuration printed in the card states them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..card.records import Card, CodeBlock
from ..model import Span

MAX_CONFIGURATION = 20_000


@dataclass(frozen=True, slots=True)
class PrintedRecipe:
    """shares: model id and its share of the whole, in printed order; they sum to one."""

    shares: tuple[tuple[str, float], ...]
    span: Span


def printed_recipes(card: Card) -> tuple[PrintedRecipe, ...]:
    """The linear merges with one weight a model that the card's code blocks configure; others are left out."""
    found = (_read(block) for block in card.code if "merge_method" in block.text[:MAX_CONFIGURATION])
    return tuple(recipe for recipe in found if recipe is not None)


def _read(block: CodeBlock) -> PrintedRecipe | None:
    import yaml

    if len(block.text) > MAX_CONFIGURATION or "&" in block.text:
        return None
    try:
        data: Any = yaml.safe_load(block.text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("merge_method") != "linear":
        return None
    weights = []
    models = data.get("models")
    for entry in models if isinstance(models, list) else ():
        parameters = entry.get("parameters") if isinstance(entry, dict) else None
        weight = parameters.get("weight") if isinstance(parameters, dict) else None
        model = entry.get("model") if isinstance(entry, dict) else None
        if not isinstance(model, str) or not isinstance(weight, (int, float)) or isinstance(weight, bool):
            return None
        weights.append((model, float(weight)))
    total = sum(w for _, w in weights)
    if len(weights) < 2 or total <= 0:
        return None
    return PrintedRecipe(tuple((model, w / total) for model, w in weights), block.span)
