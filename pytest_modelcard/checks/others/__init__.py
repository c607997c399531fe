"""Rules about the card against other models' cards (MC25x)."""

from __future__ import annotations

from ..base import Rule
from .benchmark_version_mixed import BenchmarkVersionMixed
from .differs_from_base_card import DiffersFromBaseCard
from .differs_from_competitor_card import DiffersFromCompetitorCard
from .merge_scores_below_parent import MergeScoresBelowParent

RULES: tuple[type[Rule], ...] = (
    DiffersFromBaseCard,
    DiffersFromCompetitorCard,
    BenchmarkVersionMixed,
    MergeScoresBelowParent,
)
