"""Rules about who a model says it is when no system prompt tells it (MC5xx)."""

from __future__ import annotations

from ..base import Rule
from .own_name_only_prompted import OwnNameOnlyPrompted
from .undeclared_identity import UndeclaredIdentity

RULES: tuple[type[Rule], ...] = (UndeclaredIdentity, OwnNameOnlyPrompted)
