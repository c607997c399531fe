"""What the user decided: which rules run, how severe they are, what is waived and until when."""

from .file import PROFILES, load_policy
from .records import Policy, Waiver

__all__ = ["PROFILES", "Policy", "Waiver", "load_policy"]
