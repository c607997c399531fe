"""Git LFS pointer files: a clone without `git lfs pull` holds these few lines in place of a large file."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Pointers are about 130 bytes; the specification caps them at 1,024.
MAX_POINTER_BYTES = 1024

_POINTER = re.compile(
    rb"\Aversion https://git-lfs\.github\.com/spec/v1\r?\n"
    rb"(?:ext-[^\n]{0,200}\n){0,4}"
    rb"oid sha256:([0-9a-f]{64})\r?\n"
    rb"size (\d{1,18})\r?\n?\Z"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer says of the object it stands for."""

    sha256: str
    size: int  #: bytes


def read_pointer(raw: bytes) -> Pointer | None:
    """The pointer these bytes are, None where they are anything else."""
    found = _POINTER.match(raw) if len(raw) <= MAX_POINTER_BYTES else None
    return Pointer(found[1].decode("ascii"), int(found[2])) if found else None
