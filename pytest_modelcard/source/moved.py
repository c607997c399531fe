"""Where the Hub's redirects led: the signed addresses of large files, used again until they are refused.

The Hub answers a request for a large file with the address of a content server, signed for an hour or so and for any
range of the file. Its limits count what the Hub itself is asked, so hundreds of ranges of a file should ask it once.
The Hub client, too, goes on with the same address when a download is resumed (`file_download.http_get`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

#: Addresses kept; the one used longest ago goes first.
MAX_KEPT = 4_096
#: How a content server says that an address is no longer good: S3 with 400 or 403, CloudFront with 403.
REFUSED = (400, 401, 403, 404, 410)


@dataclass(frozen=True, slots=True)
class Place:
    """A content server's address of a file, and the headers of the Hub's answer that led there."""

    url: str
    first: Mapping[str, str]


class Moved:
    """Addresses by the path that was asked of the Hub; safe to share between threads."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str) -> Place | None:
        with self._lock:
            place = self._places.get(path)
            if place is not None:
                self._places.move_to_end(path)
            return place

    def keep(self, path: str, place: Place) -> None:
        with self._lock:
            self._places[path] = place
            self._places.move_to_end(path)
            while len(self._places) > MAX_KEPT:
                self._places.popitem(last=False)

    def forget(self, path: str, place: Place) -> None:
        """Drop this address; a newer one, found by another thread meanwhile, stays."""
        with self._lock:
            if self._places.get(path) is place:
                del self._places[path]
