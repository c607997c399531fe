"""One request to a Hub and its answer, every failure of the transport turned into one sentence."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import CardError
from .tokens import scrub, sign
from .trouble import Subject

if TYPE_CHECKING:
    from types import TracebackType

    from .wire import Wire

#: Bytes of a body that is read although nobody wants it.
_SHORT = 16_384


class Retry(Exception):
    """This try failed, another may not; `wait` is what the server asked for."""

    def __init__(self, trouble: CardError, wait: float | None = None) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
        self.wait = wait


class Exchange:
    """One request and its answer, as a context manager; turns every failure of the transport into `CardError`
    (or `Retry`) whose text holds no token.
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

    def __enter__(self) -> Exchange:
        from huggingface_hub import get_session

        wire, patience = self._wire, self._wire.patience
        headers = {"Accept-Encoding": "identity", "User-Agent": _user_agent()}
        if self._span:
            headers["Range"] = f"bytes={self._span[0]}-{self._span[1] - 1}"
        wire.count(requests=1)
        left = max(0.1, self._deadline - time.monotonic())
        read, connect = min(patience.read, left), min(patience.connect, left)
        try:
            self._context = get_session().stream(
                "GET",
                self._url,
                headers=headers,
                auth=sign if origin_of(self._url) == origin_of(wire.endpoint) else None,
                timeout=(connect, read, read, connect),
                follow_redirects=False,
            )
            self._response = self._context.__enter__()
        except Exception as error:
            raise self._unreached(error) from None
        wire.answered = True
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
            for part in self._response.iter_bytes():  # as they come: a trickle must not fill a buffer first
                size += len(part)
                self._wire.count(size=len(part))
                if size > limit:
                    raise CardError(f"{name} is larger than {limit} bytes", "too-large")
                if time.monotonic() > self._deadline:
                    raise CardError(f"{name}: {self._wire.host} sends too slowly", "network")
                parts.append(part)
        except CardError:
            raise
        except Exception as error:
            raise self._broken(error) from None
        if span is not None and size != limit:
            raise Retry(CardError(f"{name}: {size} bytes came where {limit} were asked for", "network"))
        return b"".join(parts)

    def drain(self) -> None:
        """Read a short body that nobody wants: a connection can be used again only once its answer is read."""
        stated = self.headers.get("content-length", "")
        if stated.isdigit() and int(stated) <= _SHORT:
            with contextlib.suppress(Exception):  # the connection is then closed, as it would be without this
                self._response.read()

    def _check_range(self, span: tuple[int, int]) -> None:
        """A server or proxy that ignores Range, or answers another one, would give wrong bytes silently."""
        name, host = self._subject.name, self._wire.host
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
        kind, host = type(error).__name__, self._wire.host
        if kind == "OfflineModeIsEnabled":
            return CardError(f"{self._subject.name} was not looked up: HF_HUB_OFFLINE is set", "offline")
        dropped = kind in ("RemoteProtocolError", "ReadError", "WriteError")
        if dropped:
            return Retry(CardError(f"{host} breaks off the connection", "network"))
        slow = "Timeout" in kind
        detail = "no answer in time" if slow else scrub(str(error))[:200] or kind
        trouble = CardError(f"cannot reach the Hub at {host}: {detail}", "network")
        if not (kind == "ReadTimeout" and self._wire.answered):
            self._wire.down = trouble
        return trouble

    def _broken(self, error: Exception) -> Exception:
        """The answer broke off."""
        name, host = self._subject.name, self._wire.host
        if "Timeout" in type(error).__name__:
            return CardError(f"{name}: {host} stops sending", "network")
        detail = scrub(str(error))[:120]
        return Retry(CardError(f"{name}: {host} breaks off in the middle ({detail})", "network"))


def origin_of(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(scheme)


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"pytest-modelcard/{version('pytest-modelcard')}"
    except PackageNotFoundError:
        return "pytest-modelcard"
