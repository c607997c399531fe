"""The user's token: found the Hub client's usual way, sent to the Hub only, never shown."""

from __future__ import annotations

import re
from typing import Any

_SECRET = re.compile(r"(?i)\b(?:hf_|api_org_)[A-Za-z0-9]{6,}|(?<=bearer )\S+|(?<=://)[^/@\s]+@|(?<=\?)\S+")


def scrub(text: str) -> str:
    """Text without tokens, passwords in addresses, or signed queries."""
    secret = token()
    return _SECRET.sub("***", text.replace(secret, "***") if secret else text)


def sign(request: Any) -> Any:
    """Adds the token to a request: a callable, so that no header with it lies about in our own frames."""
    secret = token()
    if secret:
        request.headers["Authorization"] = f"Bearer {secret}"
    return request


def token() -> str | None:
    """The user's token, found the client's usual way."""
    from huggingface_hub import constants, get_token

    if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN:
        return None
    try:
        return get_token()
    except Exception:  # keyless logins and refreshes fail in many ways; the Hub then says what it refuses
        return None
