"""Long reading says how far it is, short reading says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_modelcard.lineage.progress import EVERY, Progress
from tests.lineage.repos import BASE, card, files
from tests.weights import made


def test_a_line_now_and_then() -> None:
    now, said = [0.0], list[str]()
    progress = Progress(said.append, lambda: now[0])
    reading = progress.reading("reading a/b")
    for second in range(int(3 * EVERY)):
        now[0] = float(second)
        reading(second, 100, second * 10**6)
    assert said == ["reading a/b: 10 of 100 ranges, 10.0 MB", "reading a/b: 20 of 100 ranges, 20.0 MB"]
    Progress(None, lambda: 1e9).say("nobody listens")


@pytest.mark.slow
def test_lines_reach_the_terminal_past_the_capturing(tmp_path: Path) -> None:
    model = made.base(layers=2)
    for name, content in (("base", model), ("mine", made.fine_tune(model, 4e-4, 1))):
        folder = tmp_path / name
        folder.mkdir()
        for path, raw in files(content, **{"README.md": card(BASE)}).items():
            (folder / path).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    (tmp_path / "impatient.py").write_text(
        "from pytest_modelcard.lineage import progress\nprogress.EVERY = 0.0\n", "utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "impatient"]
    options = ["--modelcard=mine", f"--modelcard-map={BASE}=base", "--modelcard-offline"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    for more, shown in ((["--modelcard-select=MC302"], True), (["--modelcard-select=MC302", "-qq"], False)):
        done = subprocess.run(
            [*command, *options, *more],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("modelcard: reading weights of mine and 1 more: " in done.stdout) is shown
