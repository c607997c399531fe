"""Rules about declared base models against the weights (MC3xx)."""

from __future__ import annotations

from ..base import Rule
from .base_model_no_ancestor import BaseModelNoAncestor
from .copy_under_new_name import CopyUnderNewName
from .incomplete_base_model import IncompleteBaseModel
from .relation_against_weights import RelationAgainstWeights
from .share_against_weights import ShareAgainstWeights
from .training_claimed_for_merge import TrainingClaimedForMerge
from .undeclared_weight_parent import UndeclaredWeightParent

RULES: tuple[type[Rule], ...] = (
    BaseModelNoAncestor,
    UndeclaredWeightParent,
    IncompleteBaseModel,
    RelationAgainstWeights,
    TrainingClaimedForMerge,
    ShareAgainstWeights,
    CopyUnderNewName,
)
