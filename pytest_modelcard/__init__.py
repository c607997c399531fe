"""Turns every claim of a model card into a test.

>>> from pytest_modelcard import verify
>>> report = verify("org/name")          # doctest: +SKIP
>>> [f.message for f in report.findings if f.outcome == "fail"]  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .api import verify as verify
    from .card.records import Card as Card
    from .model import Claim as Claim
    from .model import Finding as Finding
    from .model import Report as Report

_WHERE = {"verify": "api", "Card": "card.records", "Claim": "model", "Finding": "model", "Report": "model"}
__all__ = ["Card", "Claim", "Finding", "Report", "__version__", "verify"]


def __getattr__(name: str) -> Any:
    """Load on first use: importing the package costs a pytest run that uses no card nothing."""
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f".{_WHERE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
