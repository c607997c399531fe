"""Things that go wrong between a client and a Hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "status",  # answer `status` with `headers`
    "delay",  # answer `seconds` late
    "drop",  # close the connection before answering
    "truncate",  # full Content-Length, but only `size` bytes, then close
    "trickle",  # send `size` bytes at a time, `seconds` apart
    "no-range",  # answer 200 with the whole file to a Range request
    "wrong-range",  # answer 206 with the bytes after those asked for
    "short-range",  # answer 206 with fewer bytes than asked for, and say so
    "redirect",  # answer 307 to `location`
    "html",  # answer 200 with a page of HTML (a captive portal)
    "huge",  # answer 200 with `size` bytes of JSON
    "altered",  # flip the first byte of the body
    "no-commit",  # leave X-Repo-Commit out
    "other-commit",  # name another commit
]


@dataclass
class Fault:
    """One fault on requests whose "METHOD path?query" matches; `times` None = always."""

    kind: Kind
    match: str = ""
    times: int | None = None
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    size: int = 0
    location: str = ""

    def take(self, request: str) -> bool:
        """Whether this request meets the fault; counts it."""
        if self.times == 0 or not re.search(self.match, request):
            return False
        if self.times is not None:
            self.times -= 1
        return True
