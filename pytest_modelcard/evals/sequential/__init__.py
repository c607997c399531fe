"""A claimed score decided with as few items as possible, and error rates that hold whenever one stops.

    claim = ScoreClaim.from_printed(70.8, 1, items=198)
    test = SequentialTest(claim, tolerance=Tolerance.run_noise(claim.middle, claim.items))
    todo = order(claim.items, seed="benchmark@revision:1")
    results = InOrder(lambda position, outcome: test.add(outcome, todo[position]))
    # workers ask item todo[i] and call results.put(i, Outcome.right()) until test.finished
    test.verdict()

A library of its own: the standard library only, no model, no network. `plan` says beforehand what a run will cost.
"""

from .alternatives import SHORTFALL, Alternatives
from .betting import Betting
from .claims import ScoreClaim
from .decision import SequentialTest
from .dispatch import InOrder, order
from .hypergeometric import Boundary, Shortfall
from .multiple import averaged, holm, mean_evidence
from .outcomes import Outcome
from .paired import PairedTest
from .planning import Forecast, Plan, plan
from .records import Decision, Verdict
from .tolerance import Tolerance, draws_needed, noise_share

__all__ = [
    "SHORTFALL",
    "Alternatives",
    "Betting",
    "Boundary",
    "Decision",
    "Forecast",
    "InOrder",
    "Outcome",
    "PairedTest",
    "Plan",
    "ScoreClaim",
    "SequentialTest",
    "Shortfall",
    "Tolerance",
    "Verdict",
    "averaged",
    "draws_needed",
    "holm",
    "mean_evidence",
    "noise_share",
    "order",
    "plan",
]
