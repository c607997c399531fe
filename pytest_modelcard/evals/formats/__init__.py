"""Results that somebody already measured, read as evidence for a claim, and ours written for others to read.

Read: `.eval_results/*.yaml`, `model-index`, a data set's `eval.yaml`, logs of inspect-ai and lm-eval. Written:
`.eval_results/*.yaml` and every-eval-ever JSON. Whatever is read is a stranger's: bounded, and never executed.
"""

from .compare import Comparison, compare
from .gather import logs_in, prior_results
from .records import PriorItem, PriorResult

__all__ = ["Comparison", "PriorItem", "PriorResult", "compare", "logs_in", "prior_results"]
