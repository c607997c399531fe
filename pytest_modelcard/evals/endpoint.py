"""A client for OpenAI-compatible chat endpoints (vLLM, SGLang, llama.cpp, providers), over the HTTP library that
huggingface_hub brings.

Rate limits, time-outs, server errors and broken connections are tried again and counted; what is lost for good is
`Lost`, never an answer. The key comes from the environment and goes to this endpoint's own origin alone:
redirects are not followed.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import CannotTell
from .address import base_url, is_loopback

MAX_REPLY_BYTES = 8 * 1024 * 1024
#: Statuses that another try may mend, and those that no request to this endpoint will overcome.
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
FATAL = frozenset({401, 402, 403, 404, 405, 501})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an endpoint; seconds."""

    connect: float = 10.0
    answer: float = 600.0  #: for one whole answer; models that think take minutes
    tries: int = 6
    backoff: float = 0.5  #: before the second try; doubles, with up to half of it added by chance
    longest_wait: float = 60.0  #: a longer Retry-After is cut to this


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `cut_off`: it ended because no more tokens were allowed."""

    text: str
    cut_off: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model: str = ""
    tries: int = 1


class Lost(Exception):
    """An answer that could not be had; `tries` is how often it was asked for. refused: the endpoint took the request
    and would not answer it, so that asking again is of no use."""

    def __init__(self, reason: str, tries: int, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.tries = tries
        self.refused = refused


class _Again(Exception):
    """This try failed, another may not."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Endpoint:
    """Talks to one endpoint. Its coroutines belong to one event loop; the counts may be read from any thread."""

    def __init__(self, url: str, *, key: str | None = None, patience: Patience | None = None) -> None:
        self.url = base_url(url)
        self.patience = patience or Patience()
        self.requests = 0
        self.retries = 0
        self.troubles: dict[str, int] = {}  #: what went wrong, and how often
        self._key = key
        self._client: Any = None
        self._not_before = 0.0  #: an endpoint that asked for a pause gets it from all requests
        self._jitter = random.Random()

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    async def served(self) -> list[str]:
        """The names of the models that the endpoint lists."""
        data, _ = await self._exchange("GET", "/models", None, tries=min(3, self.patience.tries))
        listed = data.get("data") if isinstance(data, dict) else None
        found = [m.get("id") for m in listed if isinstance(m, dict)] if isinstance(listed, list) else []
        return [str(name) for name in found if isinstance(name, str) and name]

    async def chat(
        self, model: str, messages: Sequence[Mapping[str, str]], settings: Mapping[str, Any]
    ) -> Reply:
        """One answer. Raises Lost, or CannotTell where no request to this endpoint can work."""
        body = {**settings, "model": model, "messages": list(messages), "stream": False}
        data, tries = await self._exchange("POST", "/chat/completions", body)
        return _reply(data, tries)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The reply to any other request, as parsed; tried again as often as a chat."""
        data, _ = await self._exchange("POST", path, body)
        return data

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    # --- one request with its further tries

    async def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, tries: int | None = None
    ) -> tuple[Any, int]:
        trouble, tries = _Again("not tried"), tries or self.patience.tries
        for attempt in range(1, tries + 1):
            if attempt > 1:
                self.retries += 1
                await asyncio.sleep(self._pause(attempt, trouble.wait))
            await self._turn()
            try:
                return await asyncio.wait_for(
                    self._once(method, path, body, attempt), self.patience.answer
                ), attempt
            except _Again as error:
                trouble = error
            except TimeoutError:
                trouble = _Again(f"no answer in {self.patience.answer:g} s")
            self.troubles[str(trouble)] = self.troubles.get(str(trouble), 0) + 1
        raise Lost(str(trouble), tries)

    def _pause(self, attempt: int, asked: float | None) -> float:
        wait: float = self.patience.backoff * 2.0 ** (attempt - 2) * (1 + self._jitter.random() / 2)
        wait = min(max(wait, asked or 0.0), self.patience.longest_wait)
        if asked:
            self._not_before = max(self._not_before, time.monotonic() + wait)
        return wait

    async def _turn(self) -> None:
        """Wait until the endpoint wants to hear of us again."""
        while (left := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(min(left, self.patience.longest_wait))

    async def _once(self, method: str, path: str, body: Mapping[str, Any] | None, attempt: int) -> Any:
        client = self._open()
        self.requests += 1
        try:
            async with client.stream(method, self.url + path, json=body) as response:
                status, headers = int(response.status_code), response.headers
                raw = await self._body(response)
        except (_Again, Lost, CannotTell):
            raise
        except self._errors as error:
            raise _Again(_transport(error)) from None
        if status in AGAIN:
            raise _Again(_status(status), _retry_after(headers.get("retry-after")))
        if status in FATAL:
            raise CannotTell(f"the endpoint {self.host} answers {_status(status)}{self._said(raw)}")
        if 300 <= status < 400:
            raise CannotTell(
                f"the endpoint {self.host} redirects ({status}); give the address it redirects to"
            )
        if status != 200:
            raise Lost(f"{_status(status)}{self._said(raw)}", attempt, refused=True)
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            if raw.lstrip()[:1] == b"<":
                raise CannotTell(
                    f"{self.host} answers with a web page, not JSON: is {self.url} the address of its API?"
                ) from None
            raise _Again("an answer that is not valid JSON") from None

    def _said(self, raw: bytes) -> str:
        """What the endpoint says of an error: its message where it is JSON, else nothing; one line, short, no key."""
        try:
            data = json.loads(raw[:65536])
        except (ValueError, RecursionError):
            return ""
        error = data.get("error", data) if isinstance(data, dict) else None
        message = error.get("message") if isinstance(error, dict) else error
        if not isinstance(message, str) or not message:
            return ""
        return (
            f": {' '.join(message.replace(self._key, '***').split() if self._key else message.split())[:200]}"
        )

    async def _body(self, response: Any) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > MAX_REPLY_BYTES:
                raise Lost(f"an answer of more than {MAX_REPLY_BYTES:,} bytes", 1, refused=True)
            parts.append(part)
        return b"".join(parts)

    def _open(self) -> Any:
        if self._client is None:
            httpx = _library()
            self._errors: tuple[type[Exception], ...] = (httpx.HTTPError, httpx.StreamError, OSError)
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(self.patience.answer, connect=self.patience.connect),
                follow_redirects=False,
                headers={"User-Agent": "pytest-modelcard", "Accept": "application/json"},
                auth=self._sign,
                trust_env=not is_loopback(self.url),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
            )
        return self._client

    def _sign(self, request: Any) -> Any:
        """Adds the key to a request: a callable, so that no header with it lies about in our own frames."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _library() -> Any:
    """The HTTP library: `httpx2` comes with huggingface_hub 2, `httpx` with 1."""
    for name in ("httpx2", "httpx"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise CannotTell("no HTTP library was found: install httpx")


def _reply(data: Any, tries: int) -> Reply:
    choice = data.get("choices") if isinstance(data, dict) else None
    first = choice[0] if isinstance(choice, list) and choice and isinstance(choice[0], dict) else None
    message = first.get("message") if first else None
    if first is None or not isinstance(message, dict):
        raise Lost("an answer that holds no message", tries, refused=True)
    text = message.get("content")
    if isinstance(text, list):  # parts, as some providers send them
        text = "".join(str(p.get("text", "")) for p in text if isinstance(p, dict))
    usage = data.get("usage") if isinstance(data.get("usage"), dict) else {}
    return Reply(
        text=text if isinstance(text, str) else "",
        cut_off=first.get("finish_reason") == "length",
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        model=str(data.get("model") or "")[:200],
        tries=tries,
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12 else 0


def _status(status: int) -> str:
    words = {
        401: "401 (no valid key)",
        403: "403 (forbidden)",
        404: "404 (not found)",
        429: "429 (too many requests)",
    }
    return words.get(status, str(status))


def _transport(error: Exception) -> str:
    kind = type(error).__name__
    if "Timeout" in kind:
        return "no answer in time"
    if "Connect" in kind:
        return "no connection"
    return "a broken connection"


def _retry_after(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 < seconds < 86_400 else None
