"""What the user decided on full coverage. No torch here: the policy is read in every run."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..errors import PolicyError

#: Where the certificate goes if no file is named.
FILE = "modelcard-certificate.json"
EngineName = Literal["local", "ray"]
_ENGINES: tuple[EngineName, ...] = ("local", "ray")
_NEEDED = {"local": ("numpy", "torch"), "ray": ("numpy", "torch", "ray")}


@dataclass(frozen=True, slots=True)
class FullOptions:
    """file: of the certificate. download: bytes that may be downloaded in all, None for none. engine: who computes."""

    file: Path = Path(FILE)
    download: int | None = None
    engine: EngineName = "local"

    def missing(self) -> str:
        """What is not installed, as a sentence; "" where all is there."""
        lacking = [name for name in _NEEDED[self.engine] if importlib.util.find_spec(name) is None]
        if not lacking:
            return ""
        extra = "ray" if "ray" in lacking else "full"
        return f"full coverage needs {' and '.join(lacking)}: pip install 'pytest-modelcard[{extra}]'"

    def for_card(self, label: str, several: bool) -> Path:
        """The certificate's file; where a run has several cards each has its own, named after it."""
        if not several:
            return self.file
        plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in label)[-120:].strip("-.") or "card"
        return self.file.with_name(f"{self.file.stem}-{plain}{self.file.suffix}")


def full_options(
    data: Mapping[str, Any], options: Mapping[str, Any], where: str, size: Callable[[Any, str], int]
) -> FullOptions | None:
    """The options of a policy file with those of the command line over them; None where nothing is asked for.

    size: reads "64MiB". Raises PolicyError naming file and key.
    """
    file = options.get("full") or data.get("full")
    if file is None or file is False:
        return None
    if not isinstance(file, str) and file is not True:
        raise PolicyError(f"{where}: full is {file!r}; use true or the certificate's file")
    engine = options.get("engine") or data.get("engine", "local")
    if engine not in _ENGINES:
        raise PolicyError(f"{where}: engine is {engine!r}; use {' or '.join(_ENGINES)}")
    download = options.get("full-download") or data.get("full-download")
    bound = None if download is None else size(download, where)
    return FullOptions(Path(FILE if file is True else file), bound, engine)
