"""Rules about claimed scores against runs of the benchmarks themselves (MC4xx)."""

from __future__ import annotations

from ..base import Rule
from .gain_refuted import GainRefuted
from .other_score_understated import OtherScoreUnderstated
from .recorded_run_contradicts import RecordedRunContradicts
from .score_refuted import ScoreRefuted

RULES: tuple[type[Rule], ...] = (
    ScoreRefuted,
    GainRefuted,
    OtherScoreUnderstated,
    RecordedRunContradicts,
)
