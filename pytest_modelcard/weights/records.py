"""What is sampled from weights, and what it shows: plain frozen records, numpy arrays inside.

All values are float64 (every stored dtype up to F32 is exact in it). "Candidate" is the model whose origin is asked;
"others" are the models it may come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Verdict = Literal[
    "copy",
    "quantised-copy",
    "exact-merge",
    "merge-then-training",
    "fine-tune",
    "adapter",
    "pruned",
    "descendant",
    "permuted-copy",
    "unrelated",
    "cannot-tell",
]
Method = Literal["linear", "slerp", "task-arithmetic", "sparse", "layer-stack"]


@dataclass(frozen=True, slots=True)
class TensorSample:
    """The same element positions of one tensor in the candidate and in the other models.

    name: the candidate's tensor name. family: the name without layer and expert numbers. positions: flat
    element indices into the candidate's tensor, int64, shape (n,). candidate: values, shape (n,). others:
    values by model id, shape (n,), only models that have a comparable tensor. dtypes: stored dtype by model id
    ("BF16"), the candidate's own under "". scales: of models whose tensor is quantised, the scale of each element
    (value = stored number times scale), same keys as dtypes.
    """

    name: str
    family: str
    layer: int | None
    shape: tuple[int, ...]
    positions: NDArray[np.int64]
    candidate: Array
    others: Mapping[str, Array]
    dtypes: Mapping[str, str]
    scales: Mapping[str, Array] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The candidate's stored dtype."""
        return self.dtypes[""]


@dataclass(frozen=True, slots=True)
class Votes:
    """Where the blend weight of one parent may lie, judged by the elements of some tensors.

    An element votes if parent and base differ there. weight: middle of the interval [low, high] in which most
    votes agree. agreement: share of voting elements that contain it. fixed: elements where parent and base are
    equal; broken: how many of these differ from both in the candidate. unusable: elements left out because a
    value is not finite or not of its format. sharp: votes whose interval is at most 1/4 wide, the only ones
    that say much; sharp_agreement: the share of them that contain the weight; chance: the share of them that
    would, were the candidate's changes dealt to the elements at random. plausible: weights whose count of votes
    lies within three standard errors of the largest; [low, high] itself where all votes agree.
    """

    weight: float
    low: float
    high: float
    agreement: float
    voting: int
    fixed: int
    broken: int
    unusable: int = 0
    sharp: int = 0
    sharp_agreement: float = 0.0
    chance: float = 0.0
    plausible: tuple[float, float] = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights of several models (the base's last), the interval of each, and the share of elements reproduced."""

    ids: tuple[str, ...]
    weights: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    agreement: float
    elements: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Predicted against found, over elements where the prediction differs from every model it is made from.

    hit_rate: share equal to the prediction; neighbour_rate: share exactly one step of the grid beside it (mean of
    both sides). residual_over_rounding: energy of (candidate - unrounded prediction) over that of rounding alone.
    """

    hit_rate: float
    neighbour_rate: float
    residual_over_rounding: float
    elements: int


@dataclass(frozen=True, slots=True)
class Moments:
    """Least squares of (candidate - base) on (parent - base): the published, biased numbers."""

    slope: float
    cosine: float
    elements: int


@dataclass(frozen=True, slots=True)
class TensorEvidence:
    """One tensor's part in a verdict."""

    name: str
    family: str
    layer: int | None
    elements: int
    votes: Votes | None = None
    moments: Moments | None = None
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """A model that the candidate was made from. weight and interval are None where they cannot be told."""

    id: str
    revision: str | None
    weight: float | None
    interval: tuple[float, float] | None
    declared: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tensor that was not compared, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """The verdict on one candidate among the models offered."""

    candidate: str
    verdict: Verdict
    sentence: str  #: for a person: verdict, weights, how sure, "among these candidates"
    method: Method | None = None
    parents: tuple[Parent, ...] = ()
    declared_complete: bool | None = None  #: None where it cannot be told
    agreement: Agreement | None = None
    per_tensor: tuple[TensorEvidence, ...] = ()
    spectrum: tuple[tuple[float, float], ...] = ()  #: (weight, share of votes that contain it)
    recipe: Mapping[str, object] | None = (
        None  #: what a replay needs: method, weights by tensor where not one
    )
    missing: str = ""  #: for "cannot-tell": what is missing
    left_out: tuple[LeftOut, ...] = ()
    candidates: tuple[str, ...] = ()  #: ids of all models compared
    notes: tuple[str, ...] = field(default_factory=tuple)
    uncompared: float = 0.0  #: share of the matrices' elements that no parent has a counterpart of
