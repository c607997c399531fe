"""Whole-process times of pytest runs, each beside its reference, in turn (A B A B ...).

    python benchmarks/run_time.py [--runs 9] [--card FILE]

- what the installed plugin costs a run that does not use it (reference: the same run with `-p no:modelcard`);
- one typical card, no network (reference: plain pytest on one empty test);
- folders of 125, 250, 500 and 1,000 cards in one run: seconds a card should stay level.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "honest"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def seconds(command: Sequence[str], folder: Path) -> float:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout.decode()}{done.stderr.decode()}"
        )
    return taken


def paired(name: str, command: Sequence[str], reference: Sequence[str], folder: Path, runs: int) -> None:
    """Print median and spread of both commands and of their difference, run by turns after one warm-up."""
    seconds(command, folder)
    seconds(reference, folder)
    pairs = [(seconds(command, folder), seconds(reference, folder)) for _ in range(runs)]
    ours, theirs = (sorted(column) for column in zip(*pairs, strict=True))
    extra = statistics.median(a - b for a, b in pairs)
    print(
        f"{name:34} {statistics.median(ours):6.3f} s ({ours[0]:.3f} to {ours[-1]:.3f})   reference "
        f"{statistics.median(theirs):6.3f} s ({theirs[0]:.3f} to {theirs[-1]:.3f})   difference {extra * 1000:+7.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--card", type=Path, help="a Markdown file to time instead of the honest example")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "test_empty.py").write_text("def test_empty(): pass\n")
        plain = [*PYTEST, "-p", "no:modelcard", "test_empty.py"]
        card = options.card.resolve() if options.card else EXAMPLE
        paired("plugin installed, not used", [*PYTEST, "test_empty.py"], plain, folder, options.runs)
        paired(
            f"one card ({card.name})",
            [*PYTEST, "--modelcard-offline", f"--modelcard={card}"],
            plain,
            folder,
            options.runs,
        )
        for count in (125, 250, 500, 1000):
            cards = folder / f"cards{count}"
            for n in range(count):
                shutil.copytree(EXAMPLE, cards / f"model-{n:04}", ignore=shutil.ignore_patterns("LICENSE"))
            taken = seconds([*PYTEST, "--modelcard-offline", f"--modelcard={cards}"], folder)
            print(f"{count:5} cards in one run: {taken:7.1f} s, {taken / count * 1000:6.1f} ms a card")
            shutil.rmtree(cards)


if __name__ == "__main__":
    main()
