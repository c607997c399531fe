"""Merges by the real mergekit, from the YAML a person would write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions

#: How results are computed and stored: in bfloat16 throughout, or in float32 with one rounding at the end.
PLAIN = {"dtype": "bfloat16"}
ONE_ROUNDING = {"dtype": "float32", "out_dtype": "bfloat16"}


def merge(recipe: Mapping[str, Any], out: Path, *, seed: int = 0) -> None:
    """Run a recipe (mergekit's configuration, models named by folder) into `out`, without a card."""
    options = MergeOptions(
        copy_tokenizer=False, write_model_card=False, quiet=True, random_seed=seed, lazy_unpickle=True
    )
    run_merge(MergeConfiguration.model_validate(dict(recipe)), str(out), options)
    (out / "mergekit_config.yml").unlink(missing_ok=True)


def linear(
    parents: Mapping[Path, Any], precision: Mapping[str, str], method: str = "linear", **extra: Any
) -> Any:
    """A recipe whose models differ by weight alone; `extra` goes to the top (base_model, parameters)."""
    models = [{"model": str(p), "parameters": {"weight": w}} for p, w in parents.items()]
    return {"merge_method": method, "models": models, **precision, **extra}


def sparse(
    method: str, base: Path, parents: Mapping[Path, tuple[float, float]], precision: Mapping[str, str]
) -> Any:
    """Task arithmetic's relatives on changes of which only a share, the density, is kept."""
    models = [{"model": str(p), "parameters": {"weight": w, "density": d}} for p, (w, d) in parents.items()]
    return {"merge_method": method, "base_model": str(base), "models": models, **precision}


def stack(slices: list[tuple[Path, int, int]], precision: Mapping[str, str] = PLAIN) -> Any:
    """Layers [start, end) of several models, one upon the other."""
    sources = [{"sources": [{"model": str(p), "layer_range": [a, b]}]} for p, a, b in slices]
    return {"merge_method": "passthrough", "slices": sources, **precision}
