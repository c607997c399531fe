"""GET requests to one Hub, over the Hub client's own session: bounded in time and size, counted, and silent
about tokens.

The client's higher functions are not used here: their listings and downloads retry for over 20 seconds on a
dead network, have no time limit on a slow server, and ask the Hub about the calling program on the way. Its
session (proxies, certificates, offline switch) and its token are.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import CardError
from .exchange import Exchange, Retry, origin_of
from .moved import REFUSED, Moved, Place
from .tokens import scrub, token
from .trouble import Subject, again_after, status_trouble

MAX_REDIRECTS = 5
#: Requests under way at once, however many threads ask: few enough connections to be polite, enough to hide latency.
AT_ONCE = 16
REDIRECTS = (301, 302, 303, 307, 308)


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
        self.answered = False  #: whether anything ever came back
        self._moved = Moved()
        self._slots = threading.BoundedSemaphore(AT_ONCE)
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
                f"{subject.name}: {self.host} does not answer like a Hub (no JSON); is HF_ENDPOINT right, "
                "and does the network ask for a login?",
                "bad-data",
            ) from None

    def get(self, path: str, subject: Subject, *, limit: int, span: tuple[int, int] | None = None) -> Reply:
        """The answer to a GET: at most `limit` bytes, or exactly the bytes [start, end) of `span`."""
        with self._slots:
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
                self.down = CardError(f"{self.host} is too slow or unreliable: not asked again", "network")

    def _tries(
        self, path: str, subject: Subject, limit: int, span: tuple[int, int] | None, deadline: float
    ) -> Reply:
        backoff = self.patience.backoff
        for attempt in range(1, self.patience.tries + 1):
            try:
                return self._follow(path, subject, limit, span, deadline)
            except Retry as retry:
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
        """One try, redirects followed; the token goes to the Hub's own origin only.

        A range of a file whose content server is known goes straight there. Where that refuses or fails, the Hub is
        asked again.
        """
        place = self._moved.get(path) if span else None
        if place is None:
            return self._ask(path, subject, limit, span, deadline)
        try:
            with Exchange(self, place.url, span, deadline, subject) as exchange:
                if exchange.status in (200, 206):
                    return Reply(exchange.body(limit), exchange.headers, place.first)
                if exchange.status not in REFUSED and exchange.status not in REDIRECTS:
                    raise self._refusal(exchange, subject)
                exchange.drain()
        except (Retry, CardError):
            self._moved.forget(path, place)
            raise
        self._moved.forget(path, place)
        return self._ask(path, subject, limit, span, deadline)

    def _ask(
        self, path: str, subject: Subject, limit: int, span: tuple[int, int] | None, deadline: float
    ) -> Reply:
        url = self.endpoint + path
        first: Mapping[str, str] | None = None
        for _ in range(MAX_REDIRECTS + 1):
            with Exchange(self, url, span, deadline, subject) as exchange:
                headers = exchange.headers
                first = headers if first is None else first
                if exchange.status in REDIRECTS and "location" in headers:
                    url = self._redirected(url, headers["location"], subject)
                    exchange.drain()
                    continue
                if exchange.status not in (200, 206):
                    raise self._refusal(exchange, subject)
                body = exchange.body(limit)
                elsewhere = origin_of(url) != origin_of(self.endpoint)
                if span and elsewhere and first.get("x-repo-commit") == subject.revision:
                    self._moved.keep(path, Place(url, first))
                return Reply(body, headers, first)
        raise CardError(f"{subject.name}: {self.host} redirects without end", "bad-data")

    def _refusal(self, exchange: Exchange, subject: Subject) -> Exception:
        """What to raise for an answer that is neither contents nor a redirect: Retry where another try may help."""
        wait = again_after(exchange.status, exchange.headers)
        trouble = status_trouble(exchange.status, exchange.headers, subject, self._has_token)
        return trouble if wait is False else Retry(trouble, None if wait is True else wait)

    def _redirected(self, url: str, location: str, subject: Subject) -> str:
        try:
            target = urljoin(url, location)
            scheme = urlsplit(target).scheme
        except ValueError:
            raise CardError(f"{subject.name}: {self.host} redirects to no address", "bad-data") from None
        if scheme != "https" and scheme != urlsplit(self.endpoint).scheme:
            raise CardError(f"{subject.name}: {self.host} redirects to what is not https", "bad-data")
        return target

    @property
    def host(self) -> str:
        return scrub(self.endpoint)

    @property
    def _has_token(self) -> bool:
        return token() is not None

    def count(self, requests: int = 0, size: int = 0) -> None:
        with self._lock:
            self.requests += requests
            self.bytes_read += size
