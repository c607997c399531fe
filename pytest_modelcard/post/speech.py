"""What a command says on its streams. Tokens are taken out of every line, whatever error it came from."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import TextIO

from ..report.safe import visible
from ..source.tokens import scrub

#: Environment variables whose values are never printed.
_SECRETS = re.compile(r"(?i)(?:token|secret|password|passwd|credential|private_?key|api_?key)")
_KNOWN = re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{10,}|github_pat_\w{10,})")


def without_secrets(text: str, environment: Mapping[str, str] | None = None) -> str:
    """Text with the values of secret environment variables, and whatever looks like a token, as ***."""
    for name, value in (os.environ if environment is None else environment).items():
        if len(value) >= 6 and _SECRETS.search(name) and not value.isalpha():
            text = text.replace(value, "***")
    return scrub(_KNOWN.sub("***", text))


def say(text: str, stream: TextIO | None = None) -> None:
    """Print one line; nothing in it commands a CI runner."""
    print(visible(without_secrets(text), 4000), file=stream or sys.stdout, flush=True)


def complain(text: str) -> None:
    say(text, sys.stderr)
