"""Under which name an endpoint serves a model."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import CannotTell
from .endpoint import Endpoint, Lost
from .engine import Target
from .pool import Loop


def served_name(loop: Loop, endpoint: Endpoint, target: Target) -> str:
    """The name to ask for: as given, else the only one served. Raises CannotTell where that is not clear."""
    wanted = target.served
    try:
        served = loop.call(endpoint.served())
    except (CannotTell, Lost) as error:
        if wanted is not None and isinstance(error, CannotTell) and "404" in str(error):
            return wanted  # some servers list nothing
        if isinstance(error, Lost):
            raise CannotTell(f"{endpoint.host} does not answer: {error}") from None
        raise
    if wanted is not None:
        if served and wanted not in served:
            raise CannotTell(f"{endpoint.host} does not serve {wanted!r}, but {_listed(served)}")
        return wanted
    same = [name for name in served if name.lower() == target.id.lower()]
    if len(served) == 1 or len(same) == 1:
        return (same or served)[0]
    if not served:
        raise CannotTell(f"{endpoint.host} lists no model; name it with --modelcard-served-model")
    raise CannotTell(f"{endpoint.host} serves {_listed(served)}; name one with --modelcard-served-model")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
