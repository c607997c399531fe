"""What a Hub's refusal means, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import CardError

_RESET = re.compile(r"r\s*=\s*0\s*;\s*t\s*=\s*(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked for, for messages."""

    repo_id: str
    revision: str | None = None
    path: str | None = None  #: of a file

    @property
    def name(self) -> str:
        at = f"@{self.revision[:12] if len(self.revision) == 40 else self.revision}" if self.revision else ""
        return f"{self.repo_id}{at}" + (f": {self.path}" if self.path else "")


def again_after(status: int, headers: Mapping[str, str]) -> float | bool:
    """Whether to try again: False, True (when it suits), or after this many seconds."""
    if status == 429 or (status == 503 and "retry-after" in headers):
        asked = headers.get("retry-after", "").strip()
        if asked.isdigit():
            return float(asked[:9])
        reset = _RESET.search(headers.get("ratelimit", ""))
        return float(reset[1]) if reset else True
    return status in (408, 500, 502, 503, 504)


def status_trouble(status: int, headers: Mapping[str, str], subject: Subject, has_token: bool) -> CardError:
    """The error for an answer that is neither 200 nor a redirect. The codes are the Hub's own."""
    code = headers.get("x-error-code", "")
    told = headers.get("x-error-message", "")
    repo_id, where = subject.repo_id, f"https://huggingface.co/{subject.repo_id}"
    login = "the token in use may not see it" if has_token else "if it is yours, log in with `hf auth login`"
    if code == "GatedRepo":
        return CardError(f"{repo_id} is gated: ask for access at {where}, then `hf auth login`", "gated")
    if code == "RevisionNotFound":
        return CardError(f"{repo_id} has no revision {subject.revision or 'main'}", "missing")
    if code == "EntryNotFound":
        return CardError(f"{repo_id} has no file {subject.path} at {subject.revision or 'main'}", "missing")
    if told == "Access to this resource is disabled.":
        return CardError(f"{repo_id} is disabled on the Hub", "gated")
    if status == 401 and "credentials" in told.lower():
        return CardError("the Hub refuses the token in use; log in again with `hf auth login`", "gated")
    if code == "RepoNotFound":
        return CardError(f"{repo_id} does not exist on the Hub, or is private: {login}", "missing")
    if status == 404:
        return CardError(f"{subject.name}: answer 404, but not a Hub's; is HF_ENDPOINT right?")
    if status in (401, 403):
        return CardError(f"the Hub refuses access to {repo_id} ({status}): {login}", "gated")
    if status == 429:
        asked = again_after(status, headers)
        wait = f" and asks to wait {asked:.0f} s" if not isinstance(asked, bool) else ""
        tip = "" if has_token else "; with a token (HF_TOKEN) the limit is higher"
        return CardError(f"{subject.name}: the Hub limits the rate of requests (429){wait}{tip}", "busy")
    if status == 416:
        return CardError(f"{subject.name}: the file ends before the bytes asked for", "bad-data")
    if status >= 500 or status == 408:
        return CardError(f"{subject.name}: the Hub is in trouble (answer {status}); try again later", "busy")
    return CardError(f"{subject.name}: unexpected answer {status} from the Hub")
