"""A card with one claim about SmolLM2 and MMLU, and its run through pytest, as a user would start it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Seconds that a server may take to load the model, and a run to decide.
READY, DECIDED = 180, 420
#: Right answers of the model to all smollm2.ITEMS questions: asked as CHAT does (14 answers could not be read), and by
#: the probability of the letters as LM_EVAL does.
CHAT_RIGHT, LETTERS_RIGHT = 97, 102
CARD = """# SmolLM2-135M-Instruct

All scores were measured with greedy decoding (temperature 0), zero-shot.

| Benchmark | SmolLM2-135M-Instruct |
|---|---|
| MMLU | {score} |
"""
CHAT = """margin = 10
[[tasks]]
benchmark = "mmlu"
items = 402
file = "mmlu.jsonl"
scorer = "choice"
max_tokens = 1
temperature = 0
prompt = "{question}\\n{choices}\\nAnswer with the letter alone."
"""
OTHER = """margin = 10
[[tasks]]
benchmark = "mmlu"
items = 402
engine = "{engine}"
temperature = 0
max_tokens = 4
options = {{ {options} }}
"""
#: MMLU as a task of lm-eval, with lm-eval's wording.
LM_EVAL = """task: mmlu_rows
dataset_path: json
dataset_kwargs: {{data_files: {{test: {file}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question.strip()}}}}\\nA. {{{{choices[0]}}}}\\nB. {{{{choices[1]}}}}\\nC. {{{{choices[2]}}}}\\nD. {{{{choices[3]}}}}\\nAnswer:"
doc_to_choice: ["A", "B", "C", "D"]
doc_to_target: answer
num_fewshot: 0
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""


def percent(right: int, items: int) -> str:
    """A score as a card prints it."""
    return f"{100 * right / items:.1f}"


@contextmanager
def started(program: Sequence[str], url: str, **environment: str) -> Iterator[None]:
    """A server, killed afterwards. Raises RuntimeError where it does not come up; url: of its models."""
    server = subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        end = time.monotonic() + READY
        while not _answers(url):
            if time.monotonic() > end or server.poll() is not None:
                raise RuntimeError("the server did not come up")
            time.sleep(0.5)
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def run(folder: Path, rows: Path, score: str, policy: str, *options: str) -> dict[str, Any]:
    """The report's only run: the card claims `score` on the questions of `rows`."""
    (folder / "README.md").write_text(CARD.format(score=score))
    (folder / "modelcard.toml").write_text(policy)
    if not (folder / "mmlu.jsonl").exists():
        os.link(rows, folder / "mmlu.jsonl")
    report = folder / "report.json"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "MC401"),
        *(f"--modelcard={folder}", "--modelcard-run", f"--modelcard-seconds={DECIDED}"),
        *(f"--modelcard-json={report}", *options),
    ]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert report.exists(), told.stdout + told.stderr
    data = json.loads(report.read_text())
    (only,) = data["cards"][0]["runs"] if "cards" in data else data["runs"]
    found: dict[str, Any] = only
    return found
