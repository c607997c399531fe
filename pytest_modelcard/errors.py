"""The few errors this package raises on purpose. Anything else is a bug of ours."""

from __future__ import annotations

from typing import Literal

#: Why something cannot be read. Only "missing" says something about the card; the rest is "cannot tell".
Reason = Literal["missing", "gated", "network", "too-large", "bad-data", "offline", "busy", "other"]


class ModelCardError(Exception):
    """Base class: one clear sentence for a person, no traceback needed."""


class CardError(ModelCardError):
    """A card or its repository cannot be read; `reason` says which kind of trouble it is."""

    def __init__(self, message: str, reason: Reason = "other") -> None:
        super().__init__(message)
        self.reason: Reason = reason


class UnknownCard(CardError):
    """What the user typed names no card at all (pytest exit code 4)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "missing")


class PolicyError(ModelCardError):
    """`modelcard.toml`, `[tool.modelcard]` or an option is wrong; names file and key."""


class CannotTell(ModelCardError):
    """Raised while a rule gathers evidence: what it needs is not to be had, and why.

    The engine turns it into a `skip` finding with this reason: never a pass, never a failure.
    """
