"""C made into functions: compiled in a folder of its own, loaded, and called through ctypes, which lets go of Python's lock."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: As the program says, on this machine's vectors: nothing merged into other roundings, sums in any order only where the program
#: says that (`omp simd`). Without the next where a compiler does not know it.
_FLAGS = [
    "-O3",
    "-fPIC",
    "-shared",
    "-fopenmp-simd",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
]
_NATIVE: tuple[list[str], ...] = (["-march=native"], ["-mcpu=native"], [])
_TIMEOUT = 120  # seconds
_INCLUDED = Path(__file__).parent


class CompilerError(Exception):
    """There is no C compiler, or it does not make the program; the message says which."""


def loaded(source: str) -> ctypes.CDLL:
    """The program of one file of C, compiled and loaded; raises CompilerError."""
    found = list(compilers())
    if not found:
        raise CompilerError("no C compiler was found (gcc, clang, or `pip install ziglang`)")
    said = ""
    with tempfile.TemporaryDirectory(prefix="pytest-modelcard-", ignore_cleanup_errors=True) as folder:
        text, made = Path(folder, "kernel.c"), Path(folder, "kernel.so")
        text.write_text(source, encoding="utf-8")
        for compiler in found:
            for native in _NATIVE:
                command = [*compiler, *_FLAGS, *native, f"-I{_INCLUDED}", str(text), "-o", str(made), "-lm"]
                try:
                    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT, cwd=folder)
                    return ctypes.CDLL(str(made))
                except subprocess.CalledProcessError as error:
                    said = said or _first_line(error.stderr)
                except (OSError, subprocess.TimeoutExpired) as error:
                    said = said or str(error)
                    break
    raise CompilerError(f"the C compiler {shlex.join(found[0])} failed: {said[:200]}")


def pointer(tensor: Any) -> ctypes.c_void_p:
    """Where a tensor's first element lies; the caller keeps the tensor."""
    return ctypes.c_void_p(tensor.data_ptr())


def compilers() -> Iterator[list[str]]:
    """Commands of C compilers that are there, the usual one first."""
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        words = shlex.split(name)
        if words and shutil.which(words[0]):
            yield words
    if importlib.util.find_spec("ziglang"):
        yield [sys.executable, "-m", "ziglang", "cc"]


def _first_line(raw: bytes) -> str:
    lines = raw.decode("utf-8", "replace").strip().splitlines()
    return next((line for line in lines if "error" in line), lines[0] if lines else "no message")
