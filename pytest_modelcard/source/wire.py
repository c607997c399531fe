"""GET requests to one Hub, over the Hub client's own session: bounded in time and size, counted, and silent
about tokens.

The client's higher functions are not used here: their listings and downloads retry for over 20 seconds on a
dead network, have no time limit on a slow server, and ask the Hub about the calling program on the way. Its
session (proxies, certificates, offline switch) and its token are.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ..errors import CardError
from .trouble import Subject, again_after, status_trouble

if TYPE_CHECKING:
    from types import TracebackType

MAX_REDIRECTS = 5
CHUNK = 65_536
_SECRET = re.compile(r"(?i)\b(?:hf_|api_org_)[A-Za-z0-9]{6,}|bearer\s+\S+|://[^/@\s]+@|(?<=\?)\S+")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a Hub; all in seconds."""

    connect: float = 5.0
    read: float = 10.0  #: for the next bytes
    total: float = 20.0  #: for one request with its redirects, retries and waits
    bytes_per_second: float = 1e6  #: `total` grows by the expected size over this
    tries: int = 3
    backoff: float = 0.4  #: before the second try; doubles
    longest_wait: float = 8.0  #: a longer Retry-After is not waited for
    lost: float = 25.0  #: spent on requests that failed; from then on the Hub counts as down
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer."""

    body: bytes
    headers: Mapping[str, str]  #: of the last answer, names in lower case
    first: Mapping[str, str]  #: of the first answer, where a redirect was followed


class _Retry(Exception):
    """This try failed, another may not; `wait` is what the server asked for."""

    def __init__(self, trouble: CardError, wait: float | None = None) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
        self.wait = wait


class Wire:
    """The connection of one run to one Hub; safe to share between threads.

    `down` is set once the Hub cannot be reached: every later request fails at once with the same message.
    """

    def __init__(self, endpoint: str | None = None, *, patience: Patience | None = None) -> None:
        self._endpoint = endpoint.rstrip("/") if endpoint else None
        self.patience = patience or Patience()
        self.requests = 0
        self.bytes_read = 0
        self.down: CardError | None = None
        self._lost = 0.0
        self._answered = False
        self._lock = threading.Lock()

    @property
    def endpoint(self) -> str:
        """Where the Hub is: as given, else the client's (HF_ENDPOINT)."""
        if self._endpoint is None:
            from huggingface_hub import constants

            self._endpoint = str(constants.ENDPOINT).rstrip("/")
        return self._endpoint

    def json(self, path: str, subject: Subject, *, limit: int) -> tuple[Any, Reply]:
        """The parsed JSON answer; `path` begins with "/"."""
        reply = self.get(path, subject, limit=limit)
        try:
            return json.loads(reply.body), reply
        except (ValueError, RecursionError):
            raise CardError(
                f"{subject.name}: {self._host} does not answer like a Hub (no JSON); is HF_ENDPOINT right, "
                "and does the network ask for a login?",
                "bad-data",
            ) from None

    def get(self, path: str, subject: Subject, *, limit: int, span: tuple[int, int] | None = None) -> Reply:
        """The answer to a GET: at most `limit` bytes, or exactly the bytes [start, end) of `span`."""
        if self.down is not None:
            raise CardError(str(self.down), self.down.reason)
        started = time.monotonic()
        size = span[1] - span[0] if span else 0
        deadline = started + self.patience.total + size / self.patience.bytes_per_second
        try:
            return self._tries(path, subject, limit, span, deadline)
        except CardError as error:
            self._lose(error, time.monotonic() - started)
            raise

    def _lose(self, error: CardError, seconds: float) -> None:
        if error.reason not in ("network", "busy"):
            return
        with self._lock:
            self._lost += seconds
            if self._lost > self.patience.lost and self.down is None:
                self.down = CardError(f"{self._host} is too slow or unreliable: not asked again", "network")

    def _tries(
        self, path: str, subject: Subject, limit: int, span: tuple[int, int] | None, deadline: float
    ) -> Reply:
        backoff = self.patience.backoff
        for attempt in range(1, self.patience.tries + 1):
            try:
                return self._follow(path, subject, limit, span, deadline)
            except _Retry as retry:
                wait = backoff if retry.wait is None else retry.wait
                late = time.monotonic() + wait > deadline or wait > self.patience.longest_wait
                if attempt == self.patience.tries or late:
                    raise retry.trouble from None
            self.patience.sleep(wait)
            backoff *= 2
        raise AssertionError("unreachable: the last try returns or raises")

    def _follow(
        self, path: str, subject: Subject, limit: int, span: tuple[int, int] | None, deadline: float
    ) -> Reply:
        """One try, redirects followed; the token goes to the Hub's own origin only."""
        url = self.endpoint + path
        first: Mapping[str, str] | None = None
        for _ in range(MAX_REDIRECTS + 1):
            with _Exchange(self, url, span, deadline, subject) as exchange:
                headers = exchange.headers
                first = headers if first is None else first
                if exchange.status in (301, 302, 303, 307, 308) and "location" in headers:
                    url = self._redirected(url, headers["location"], subject)
                    continue
                if exchange.status not in (200, 206):
                    wait = again_after(exchange.status, headers)
                    trouble = status_trouble(exchange.status, headers, subject, self._has_token)
                    if wait is not False:
                        raise _Retry(trouble, None if wait is True else wait)
                    raise trouble
                return Reply(exchange.body(limit), headers, first)
        raise CardError(f"{subject.name}: {self._host} redirects without end", "bad-data")

    def _redirected(self, url: str, location: str, subject: Subject) -> str:
        target = urljoin(url, location)
        scheme = urlsplit(target).scheme
        if scheme != "https" and scheme != urlsplit(self.endpoint).scheme:
            raise CardError(f"{subject.name}: {self._host} redirects to what is not https", "bad-data")
        return target

    @property
    def _host(self) -> str:
        return scrub(self.endpoint)

    @property
    def _has_token(self) -> bool:
        return _token() is not None

    def _count(self, requests: int = 0, size: int = 0) -> None:
        with self._lock:
            self.requests += requests
            self.bytes_read += size


class _Exchange:
    """One request and its answer, as a context manager; turns every failure of the transport into `CardError`
    (or `_Retry`) whose text holds no token.
    """

    def __init__(
        self, wire: Wire, url: str, span: tuple[int, int] | None, deadline: float, subject: Subject
    ) -> None:
        self._wire, self._url, self._span = wire, url, span
        self._deadline, self._subject = deadline, subject
        self._context: Any = None
        self._response: Any = None
        self.status = 0
        self.headers: Mapping[str, str] = {}

    def __enter__(self) -> _Exchange:
        from huggingface_hub import get_session

        wire, patience = self._wire, self._wire.patience
        headers = {"Accept-Encoding": "identity", "User-Agent": _user_agent()}
        if self._span:
            headers["Range"] = f"bytes={self._span[0]}-{self._span[1] - 1}"
        wire._count(requests=1)
        left = max(0.1, self._deadline - time.monotonic())
        read, connect = min(patience.read, left), min(patience.connect, left)
        try:
            self._context = get_session().stream(
                "GET",
                self._url,
                headers=headers,
                auth=_sign if _origin(self._url) == _origin(wire.endpoint) else None,
                timeout=(connect, read, read, connect),
                follow_redirects=False,
            )
            self._response = self._context.__enter__()
        except Exception as error:
            raise self._unreached(error) from None
        wire._answered = True
        self.status = int(self._response.status_code)
        self.headers = {str(k).lower(): str(v) for k, v in self._response.headers.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.__exit__(kind, error, trace)

    def body(self, limit: int) -> bytes:
        """The whole body; with a span exactly that many bytes, of exactly that place."""
        name, span = self._subject.name, self._span
        if span is not None:
            self._check_range(span)
            limit = span[1] - span[0]
        stated = self.headers.get("content-length", "")
        if stated.isdigit() and int(stated) > limit and "content-encoding" not in self.headers:
            raise CardError(f"{name} is larger than {limit} bytes ({stated})", "too-large")
        parts, size = [], 0
        try:
            for part in self._response.iter_bytes(CHUNK):
                size += len(part)
                self._wire._count(size=len(part))
                if size > limit:
                    raise CardError(f"{name} is larger than {limit} bytes", "too-large")
                if time.monotonic() > self._deadline:
                    raise CardError(f"{name}: {self._wire._host} sends too slowly", "network")
                parts.append(part)
        except CardError:
            raise
        except Exception as error:
            raise self._broken(error) from None
        if span is not None and size != limit:
            raise _Retry(CardError(f"{name}: {size} bytes came where {limit} were asked for", "network"))
        return b"".join(parts)

    def _check_range(self, span: tuple[int, int]) -> None:
        """A server or proxy that ignores Range, or answers another one, would give wrong bytes silently."""
        name, host = self._subject.name, self._wire._host
        if self.status != 206:
            told = f"answer {self.status} where 206 is due"
            raise CardError(f"{name}: {host} ignores byte ranges ({told})", "bad-data")
        if self.headers.get("content-encoding", "identity") != "identity":
            raise CardError(f"{name}: {host} sends an encoded byte range", "bad-data")
        stated = self.headers.get("content-range", "")
        if not re.fullmatch(rf"bytes {span[0]}-{span[1] - 1}/(?:\d+|\*)", stated.strip()):
            raise CardError(
                f"{name}: {host} sends another byte range ({scrub(stated)[:60]}) than the one asked for "
                f"({span[0]}-{span[1] - 1})",
                "bad-data",
            )

    def _unreached(self, error: Exception) -> Exception:
        """No answer at all: what to raise instead of the transport's own exception."""
        kind, host = type(error).__name__, self._wire._host
        if kind == "OfflineModeIsEnabled":
            return CardError(f"{self._subject.name} was not looked up: HF_HUB_OFFLINE is set", "offline")
        dropped = kind in ("RemoteProtocolError", "ReadError", "WriteError")
        if dropped:
            return _Retry(CardError(f"{host} breaks off the connection", "network"))
        slow = "Timeout" in kind
        detail = "no answer in time" if slow else scrub(str(error))[:200] or kind
        trouble = CardError(f"cannot reach the Hub at {host}: {detail}", "network")
        if not (kind == "ReadTimeout" and self._wire._answered):
            self._wire.down = trouble
        return trouble

    def _broken(self, error: Exception) -> Exception:
        """The answer broke off."""
        name, host = self._subject.name, self._wire._host
        if "Timeout" in type(error).__name__:
            return CardError(f"{name}: {host} stops sending", "network")
        detail = scrub(str(error))[:120]
        return _Retry(CardError(f"{name}: {host} breaks off in the middle ({detail})", "network"))


def scrub(text: str) -> str:
    """Text without tokens, passwords in addresses, or signed queries."""
    token = _token()
    return _SECRET.sub("***", text.replace(token, "***") if token else text)


def _sign(request: Any) -> Any:
    """Adds the token to a request: a callable, so that no header with it lies about in our own frames."""
    token = _token()
    if token:
        request.headers["Authorization"] = f"Bearer {token}"
    return request


def _token() -> str | None:
    """The user's token, found the client's usual way."""
    from huggingface_hub import constants, get_token

    if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN:
        return None
    try:
        return get_token()
    except Exception:  # keyless logins and refreshes fail in many ways; the Hub then says what it refuses
        return None


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(scheme)


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"pytest-modelcard/{version('pytest-modelcard')}"
    except PackageNotFoundError:
        return "pytest-modelcard"
