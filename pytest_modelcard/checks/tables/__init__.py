"""Rules about tables and sentences, compared within the card (MC2xx)."""

from __future__ import annotations

from ..base import Rule
from .average_miscomputed import AverageMiscomputed
from .bold_not_best import BoldNotBest
from .contradictory_scores import ContradictoryScores
from .difference_miscomputed import DifferenceMiscomputed
from .false_precision import FalsePrecision
from .gain_within_noise import GainWithinNoise
from .impossible_score import ImpossibleScore
from .mixed_scales import MixedScales
from .rank_miscomputed import RankMiscomputed
from .score_out_of_range import ScoreOutOfRange
from .selective_gains import SelectiveGains
from .state_of_the_art_contradicted import StateOfTheArtContradicted
from .surpasses_base_contradicted import SurpassesBaseContradicted

RULES: tuple[type[Rule], ...] = (
    ScoreOutOfRange,
    MixedScales,
    BoldNotBest,
    DifferenceMiscomputed,
    AverageMiscomputed,
    RankMiscomputed,
    ContradictoryScores,
    ImpossibleScore,
    FalsePrecision,
    SelectiveGains,
    SurpassesBaseContradicted,
    GainWithinNoise,
    StateOfTheArtContradicted,
)
