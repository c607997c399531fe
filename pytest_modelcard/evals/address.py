"""Where a model answers: addresses as people give them, and the key that goes there."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ..errors import PolicyError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def base_url(text: str, where: str = "--modelcard-endpoint") -> str:
    """The address that "/chat/completions" is put behind; "/v1" is added where no path is given.

    Raises PolicyError for what is no address, or carries a password: keys come from the environment.
    """
    parts = urlsplit(text.strip())
    try:
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise PolicyError(f"{where}: not an address such as http://localhost:8000/v1")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise PolicyError(
            f"{where}: give the address alone, without user, password or query; "
            "a key is read from the environment (MODELCARD_API_KEY)"
        )
    path = parts.path.rstrip("/")
    for tail in ("/chat/completions", "/completions", "/models"):
        path = path.removesuffix(tail)
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"


def is_loopback(url: str) -> bool:
    """Whether the address is this machine."""
    return (urlsplit(url).hostname or "") in _LOOPBACK


def key_for(url: str, variable: str | None = None) -> str | None:
    """The key for an endpoint, from the named variable, else MODELCARD_API_KEY, else OPENAI_API_KEY.

    The last is set on many machines for another purpose: it is not sent in the clear over a network.
    """
    if variable is not None:
        return os.environ.get(variable) or None
    own = os.environ.get("MODELCARD_API_KEY")
    if own:
        return own
    safe = url.startswith("https://") or is_loopback(url)
    return (os.environ.get("OPENAI_API_KEY") or None) if safe else None
