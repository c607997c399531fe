"""Cards and repositories built to hurt, each given to the tool in a process of its own.

    python benchmarks/hostile.py [--size 4000000] [--limit 60] [--select NAME ...] [--growth]

Every case must end without a traceback, within the limit, in less than a gibibyte. `--growth` also runs each
case at half the size: a case whose time more than triples from half to full size is marked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.hostile_cards import CARDS, HEAD
from benchmarks.hostile_files import REPOSITORIES, files_of


def write(name: str, folder: Path, size: int) -> None:
    """Lay the case down in a folder."""
    folder.mkdir()
    if name in CARDS:
        text = CARDS[name](size)
        raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        (folder / "README.md").write_bytes(raw[: 4 * 1024 * 1024])
        return
    (folder / "README.md").write_text(HEAD + "Acme-7B has 7B parameters and a context length of 8K tokens.\n")
    for path, content in files_of(name, size).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())


def run(folder: Path, limit: float) -> tuple[int, float, int, str]:
    """(exit status, seconds, peak KiB, output) of a run on the folder; status -1 beyond the limit."""
    script = (
        "import resource, sys; import pytest; "
        "status = pytest.main(sys.argv[1:]); "
        "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(status)"
    )
    where = folder.parent
    command = [
        sys.executable,
        "-c",
        script,
        "-q",
        "-p",
        "no:cacheprovider",
        "-rs",
        f"--rootdir={where}",
        "-c",
        os.devnull,
        "--modelcard-offline",
        "--modelcard-profile=release",
        f"--modelcard={folder}",
        f"--modelcard-json={where / 'report.json'}",
        f"--junitxml={where / 'junit.xml'}",
    ]
    start = time.perf_counter()
    try:
        done = subprocess.run(command, cwd=where, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return -1, limit, 0, ""
    taken = time.perf_counter() - start
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    peak = text.rpartition("PEAK ")[2].split()
    return done.returncode, taken, int(peak[0]) if peak and peak[0].isdigit() else 0, text


def trouble(status: int, peak: int, text: str, where: Path) -> str:
    """What is wrong with a run's outcome, "" for nothing."""
    import xml.etree.ElementTree as ET

    if status == -1:
        return "did not end"
    if status not in (0, 1):
        return f"exit status {status}: {text[-300:]}"
    for word in ("Traceback", "INTERNALERROR", "bug of pytest-modelcard", "MemoryError"):
        if word in text:
            at = text.index(word)
            return f"{word}: {text[max(at - 600, 0) : at + 300]}"
    bad = {
        c
        for c in text
        if (ord(c) < 32 and c not in "\n\r\t")
        or 127 <= ord(c) < 160
        or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b"
    }
    if bad:
        return f"control characters on the terminal: {sorted(map(ascii, bad))}"
    if peak > 1 << 20:
        return f"{peak >> 10} MiB"
    try:
        json.loads((where / "report.json").read_bytes().decode("utf-8"))
        ET.parse(where / "junit.xml")
    except (OSError, ValueError, ET.ParseError) as error:
        return f"a report is broken: {error}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=4_000_000)
    parser.add_argument("--limit", type=float, default=60)
    parser.add_argument("--select", nargs="*", default=[])
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    failed = 0
    for name in [*CARDS, *REPOSITORIES]:
        if options.select and name not in options.select:
            continue
        times = []
        for size in (options.size // 2, options.size) if options.growth else (options.size,):
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place) / "model"
                write(name, folder, size)
                status, taken, peak, text = run(folder, options.limit)
                wrong = trouble(status, peak, text, Path(place))
            times.append(taken)
        summary = next(
            (ln for ln in reversed(text.splitlines()) if " in " in ln and ("passed" in ln or "failed" in ln)),
            "",
        )
        steep = options.growth and times[1] > 3 * times[0] and times[1] > 3
        failed += bool(wrong)
        marks = f"  STEEP (half: {times[0]:.1f} s)" if steep else ""
        marks += f"  WRONG: {wrong}" if wrong else ""
        print(f"{name:24} {times[-1]:6.1f} s {peak >> 10:5} MiB  {summary[:60]}{marks}", flush=True)
    print(f"{failed} cases went wrong")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
