"""What runs a benchmark's items: the interface that endpoints, inspect-ai and lm-eval stand behind.

An engine belongs to one task and one model. The runner decides which items are asked, in which order and when to
stop; the engine asks, reads the answers and scores them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .sequential import Outcome

#: Characters of an answer that are kept in the store; what was read from it is kept beside.
MAX_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """A model that is asked: behind an OpenAI-compatible endpoint, or in a local folder."""

    id: str  #: as the card or the user names it: "org/name"
    url: str | None = None  #: of the endpoint, up to and with its version: "http://localhost:8000/v1"
    served: str | None = None  #: the name it is served under; None: the one that the endpoint lists
    path: Path | None = None  #: folder of a local model

    @property
    def where(self) -> str:
        """For reports: where the model was asked, without a password that an address may carry."""
        if self.url is None:
            return str(self.path) if self.path else ""
        scheme, sign, rest = self.url.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}{sign}{host.rpartition('@')[2]}{slash}{path}".partition("?")[0]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came of one item. Texts stay on this machine: they go into the store and nowhere else.

    An item that failed for good (time-out, refused, broken connection) is a result with `Outcome.not_had()` and
    `error`; one whose answer no scorer could read has `Outcome.not_parsed()`. Neither is ever wrong.
    """

    index: int  #: of the item in the benchmark, from 0
    outcome: Outcome
    calls: int = 1  #: requests sent, those that were retried included
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0  #: from the first request to the last byte
    answers: tuple[str, ...] = ()  #: the model's own words, one a draw, cut to MAX_KEPT characters
    read: tuple[str | None, ...] = ()  #: what the scorer read from each ("C", "42"); None: not readable
    truncated: int = 0  #: answers that ended because no more tokens were allowed
    error: str = ""  #: why the item was never had, or what the scorer met


@dataclass(frozen=True, slots=True)
class Description:
    """Of an engine: what a report says and what decides whether kept results may be used again."""

    engine: str  #: "chat", "inspect-ai", "lm-eval"
    version: str
    task: str
    dataset: str  #: where the items come from: a file's name, a Hub id
    revision: str  #: of the data: "sha256:...", a commit; "" where it is not known
    model: str  #: as served
    settings: Mapping[str, Any] = field(default_factory=dict)  #: all that was sent or fixed; plain JSON


class Engine(Protocol):
    """One task asked of one model."""

    @property
    def name(self) -> str:
        """Of the kind of engine: "chat", "inspect-ai", "lm-eval"."""

    def items(self) -> int:
        """N of the benchmark. Raises CannotTell with what is missing (package, data, model)."""

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        """Asks these items and yields each result as it comes, in any order.

        `indices` is pulled one by one as there is room for a further request, never all at once: it ends when
        the verdict stands. An engine that works in chunks takes a small chunk at a time. Every index pulled is
        yielded exactly once. Closing the iterator (`close()`, Ctrl-C) drops what is under way. Raises CannotTell
        where going on is of no use (unknown model, refused key, no endpoint there).
        """

    def describe(self) -> Description:
        """May be asked before and after a run; sends nothing that costs."""
