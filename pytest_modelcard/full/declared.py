"""The recipe to replay: the one found in the weights, else the one that the card prints as a mergekit configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..card.records import Card
from ..errors import CannotTell
from ..lineage.recipe import recipe_config

MAX_CONFIGURATION = 20_000
Origin = Literal["found", "declared"]
_COPIES = ("copy", "quantised-copy")


def recipe_to_replay(lineage: Mapping[str, Any] | None, card: Card) -> tuple[Mapping[str, Any], Origin]:
    """A mergekit configuration and where it comes from; CannotTell where there is none."""
    if lineage is not None:
        parents = lineage.get("parents") or ()
        if lineage.get("verdict") in _COPIES and parents:
            return {"merge_method": "passthrough", "models": [{"model": parents[0]["id"]}]}, "found"
        if (found := recipe_config(lineage)) is not None:
            return found, "found"
    printed = printed_recipes(card)
    if len(printed) == 1:
        return printed[0], "declared"
    if printed:
        raise CannotTell(
            f"the card prints {len(printed)} mergekit configurations; which of them made the weights?"
        )
    verdict = (
        f"the verdict from sampled weights is {lineage['verdict']}" if lineage else "no weights were compared"
    )
    raise CannotTell(
        f"there is no recipe to replay: {verdict}, and the card prints no mergekit configuration"
    )


def printed_recipes(card: Card) -> list[Mapping[str, Any]]:
    """The mergekit configurations that the card prints."""
    return [said for block in card.code if (said := _configuration(block.text)) is not None]


def _configuration(text: str) -> Mapping[str, Any] | None:
    if "merge_method" not in text or len(text) > MAX_CONFIGURATION or "&" in text:
        return None
    import yaml

    try:
        data: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("merge_method"), str) else None
