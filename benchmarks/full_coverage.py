"""How fast full coverage is, beside what else could be done with the same files, paired in the same run.

Makes three models of the Llama shape in a folder (two parents, and their merge), warms the page cache, and measures
rounds: each round does everything once, in turn, so that load from outside meets all alike. Told are medians and the
spread between the least and the largest, in GB of weight files a second (all models together), and of each way the
ratio to torch's reading and summing in the same round, by the clock and by the processor time that was used, which others'
load on the machine changes less.

    python -m benchmarks.full_coverage FOLDER [--rounds 5] [--layers 4] [--format bf16] [--mergekit] [--modeldna]

Needs torch and safetensors; fastsafetensors, runai-model-streamer, mergekit and modeldna are measured where they are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from pytest_modelcard.full.kernels import Kernels
from pytest_modelcard.full.plan import Plan, make_plan
from pytest_modelcard.full.programs import Recipe
from pytest_modelcard.full.reading import Mapping as Mapped
from pytest_modelcard.full.reading import Reading
from pytest_modelcard.full.settings import CPU_BLOCK, Settings, usual_settings
from pytest_modelcard.full.work import work
from pytest_modelcard.source.local import LocalSource
from pytest_modelcard.weights.opened import open_weights

MODELS = ("merged", "one", "two")
SHARES = {"one": 0.4, "two": 0.6}
THREADS = 2


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--format", choices=("bf16", "fp16", "fp32", "fp8"), default="bf16")
    parser.add_argument("--mergekit", action="store_true", help="merge again and compare, too (once)")
    parser.add_argument("--modeldna", action="store_true", help="modeldna's full fingerprints, too (once)")
    parser.add_argument(
        "--eager", action="store_true", help="the pass without a compiler, too, which is slow"
    )
    parser.add_argument("--json", type=Path, help="write what was measured")
    asked = parser.parse_args()
    if not (asked.folder / "merged").is_dir():
        make(asked.folder, asked.layers, asked.format)
    files = {m: sorted((asked.folder / m).glob("*.safetensors")) for m in MODELS}
    size = sum(p.stat().st_size for found in files.values() for p in found)
    plan = planned(asked.folder, asked.format)
    print(
        f"{plan.elements:,} elements, {size / 1e9:.2f} GB in three models, {torch.get_num_threads()} threads of torch"
    )
    ways = {**passes(plan, asked.eager), **others(files, asked.format)}
    for name, way in ways.items():  # page cache, compilers
        print(f"warming {name}", flush=True)
        way()
    found: dict[str, list[float]] = {name: [] for name in ways}
    used: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(asked.rounds):
        for name, way in ways.items():
            started, before = time.perf_counter(), time.process_time()
            way()
            found[name].append(time.perf_counter() - started)
            used[name].append(time.process_time() - before)
    rows = told(found, used, size)
    once: dict[str, Callable[[Path], float]] = {}
    if asked.mergekit:
        once["mergekit merges again, then compared (once)"] = again
    if asked.modeldna:
        once["modeldna, full fingerprints (once)"] = fingerprints
    for name, slow in once.items():
        seconds = slow(asked.folder)
        rows.append({"way": name, "seconds": seconds, "gb_s": size / seconds / 1e9})
        print(f"{name:<44}{rows[-1]['gb_s']:>8.2f}")
    if asked.json:
        asked.json.write_text(
            json.dumps({"bytes": size, "elements": plan.elements, "rows": rows}, indent=1) + "\n"
        )


def make(folder: Path, layers: int, stored: str) -> None:
    """Three models of the Llama shape, four files each; the merge is mergekit's sum."""
    wide, inner, words = 2048, 5632, 32_000
    shapes: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (words, wide),
        "lm_head.weight": (words, wide),
    }
    shapes["model.norm.weight"] = (wide,)
    for n in range(layers):
        at = f"model.layers.{n}."
        shapes |= {f"{at}self_attn.{p}_proj.weight": (wide, wide) for p in "qkvo"}
        shapes |= {f"{at}mlp.{p}_proj.weight": (inner, wide) for p in ("gate", "up")}
        shapes |= {f"{at}mlp.down_proj.weight": (wide, inner)}
        shapes |= {f"{at}{p}_layernorm.weight": (wide,) for p in ("input", "post_attention")}
    names = sorted(shapes)
    config = {
        **{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": wide},
        **{"intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": 16},
        **{
            "num_key_value_heads": 16,
            "vocab_size": words,
            "torch_dtype": "bfloat16",
            "tie_word_embeddings": False,
        },
    }
    file = "model-{:05}-of-00004.safetensors"
    for model in MODELS:
        (folder / model).mkdir(parents=True, exist_ok=True)
        (folder / model / "config.json").write_text(json.dumps(config))
    maps: dict[str, dict[str, str]] = {model: {} for model in MODELS}
    for part in range(4):
        shards: dict[str, dict[str, torch.Tensor]] = {model: {} for model in MODELS}
        for name in names[part::4]:
            one = torch.randn(shapes[name]) * 0.02
            two = one + torch.randn(shapes[name]) * 0.001
            held = [_stored(name, value, stored) for value in (one, two)]
            first, second = (_value(name, tensors) for tensors in held)
            total = torch.zeros(shapes[name]).addcmul_(first, torch.tensor(SHARES["one"]))
            merged = total.addcmul_(second, torch.tensor(SHARES["two"]))
            if stored == "fp8":  # a merge tool's bfloat16, quantised afterwards
                merged = merged.bfloat16().float()
            for model, tensors in zip(MODELS, (_stored(name, merged, stored), *held), strict=True):
                shards[model] |= tensors
        for model in MODELS:
            save_file(shards[model], folder / model / file.format(part + 1), {"format": "pt"})
            maps[model] |= dict.fromkeys(shards[model], file.format(part + 1))
    for model in MODELS:
        (folder / model / "model.safetensors.index.json").write_text(
            json.dumps({"metadata": {}, "weight_map": maps[model]})
        )


def _stored(name: str, value: torch.Tensor, stored: str) -> dict[str, torch.Tensor]:
    """A tensor as the format stores it; fp8 with a scale for each block of 128 x 128, vectors and embeddings in bf16."""
    if stored != "fp8" or "_proj" not in name:
        return {name: value.to({"fp32": torch.float32, "fp16": torch.float16}.get(stored, torch.bfloat16))}
    rows, columns = (-(-n // 128) for n in value.shape)
    blocks = value.view(rows, 128, columns, 128)
    scales = blocks.abs().amax(dim=(1, 3)) / 448
    codes = (blocks / scales[:, None, :, None]).clamp(-448, 448).to(torch.float8_e4m3fn)
    return {name: codes.view(value.shape), f"{name}_scale_inv": scales}


def _value(name: str, tensors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    value, scales = tensors[name].float(), tensors.get(f"{name}_scale_inv")
    if scales is None:
        return value
    wide = scales.repeat_interleave(128, 0).repeat_interleave(128, 1)
    return (value * wide).bfloat16().float()


def recipe(models: Mapping[str, str], stored: str) -> dict[str, Any]:
    sources = [{"model": models[m], "parameters": {"weight": w}} for m, w in SHARES.items()]
    formats = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32", "fp8": "bfloat16"}
    computed = "bfloat16" if stored == "fp8" else "float32"
    return {
        "merge_method": "linear",
        "models": sources,
        "dtype": computed,
        "out_dtype": formats[stored],
    }


def planned(folder: Path, stored: str = "bf16") -> Plan:
    found = Recipe(recipe({m: m for m in SHARES}, stored))
    folders = {"": folder / "merged", **{m: folder / m for m in SHARES}}
    opened = {
        id: open_weights(LocalSource(path, label=id or "merged"), model=id or "merged")
        for id, path in folders.items()
    }
    return make_plan(found, opened.pop(""), opened, folders)


def passes(plan: Plan, eager: bool) -> dict[str, Callable[[], None]]:
    """The pass in its variants; each checks that it found the merge reproduced."""
    usual = (
        replace(usual_settings(plan.folders, 2**40), block=CPU_BLOCK)
        if not torch.cuda.is_available()
        else usual_settings(plan.folders, 2**40)
    )
    compiled = Kernels(True)

    def run(settings: Settings, reader: type[Reading] | type[Mapped], kernels: Kernels) -> Callable[[], None]:
        def way() -> None:
            equal = 0
            for group in plan.groups:
                result = work(group, settings, kernels, reader())
                equal += sum(one.equal for one in result.tensors.values())
            if equal != plan.elements:
                raise SystemExit(
                    f"{equal} of {plan.elements} elements are equal; all should be {result.notes}"
                )

        return way

    bare = replace(usual, digests=False)
    ways = {
        "full pass, pread": run(bare, Reading, compiled),
        "full pass, mapped": run(bare, Mapped, compiled),
        "full pass with SHA-256 of all files": run(usual, Mapped, compiled),
    }
    if eager:
        ways["full pass, not compiled"] = run(replace(bare, compiled=False), Mapped, Kernels(False))
    return ways


def others(files: Mapping[str, list[Path]], stored: str = "bf16") -> dict[str, Callable[[], None]]:
    """What else reads these files: torch sums, NumPy, other loaders."""
    every = [path for found in files.values() for path in found]

    def summed(path: Path) -> float:
        with safe_open(path, "pt") as file:
            return sum(_sum(file.get_tensor(name)) for name in file.keys())  # noqa: SIM118

    def torch_sums() -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(summed, every))
        torch.set_num_threads(before)

    def numpy_pass() -> None:
        for group in zip(*(files[m] for m in MODELS), strict=True):
            tables = [_offsets(path) for path in group]
            raw = [np.memmap(path, np.uint8, "r") for path in group]
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(lambda name, tables=tables, raw=raw: _numpy(name, tables, raw), tables[0]))

    ways: dict[str, Callable[[], None]] = {
        "torch reads and sums": torch_sums,
    }
    if stored == "bf16":
        ways["NumPy, equal elements alone"] = numpy_pass
    if importlib.util.find_spec("fastsafetensors"):
        ways["fastsafetensors reads, torch sums"] = lambda: _fast(every)
    if importlib.util.find_spec("runai_model_streamer"):
        ways["runai-model-streamer reads, torch sums"] = lambda: _streamed(every)
    return ways


def _sum(tensor: torch.Tensor) -> float:
    # torch sums no fp8, so those are widened on the way
    return float((tensor.float() if tensor.dtype == torch.float8_e4m3fn else tensor).sum())


def _offsets(path: Path) -> dict[str, tuple[int, int]]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    return {
        n: (8 + length + e["data_offsets"][0], 8 + length + e["data_offsets"][1]) for n, e in header.items()
    }


def _numpy(name: str, tables: list[dict[str, tuple[int, int]]], raw: list[Any], step: int = 2**17) -> int:
    """Equal elements of one tensor, in float32 and cache-sized pieces: less than the pass counts."""
    bits = [r[slice(*t[name])].view(np.uint16) for r, t in zip(raw, tables, strict=True)]
    equal = 0
    for at in range(0, len(bits[0]), step):
        found, one, two = (b[at : at + step] for b in bits)
        first, second = ((b.astype(np.uint32) << 16).view(np.float32) for b in (one, two))
        total = np.float32(SHARES["one"]) * first + np.float32(SHARES["two"]) * second
        wide = total.view(np.uint32)
        rounded = (wide + 0x7FFF + ((wide >> 16) & 1)) >> 16
        equal += int(np.count_nonzero(rounded.astype(np.uint16) == found))
    return equal


def _fast(files: list[Path]) -> None:
    from fastsafetensors import SafeTensorsFileLoader, SingleGroup

    for path in files:
        loader = SafeTensorsFileLoader(SingleGroup(), torch.device("cpu"), nogds=True)
        loader.add_filenames({0: [str(path)]})
        buffers = loader.copy_files_to_device()
        for name in loader.get_keys():
            _sum(buffers.get_tensor(name))
        buffers.close()
        loader.close()


def _streamed(files: list[Path]) -> None:
    from runai_model_streamer import SafetensorsStreamer

    with SafetensorsStreamer() as streamer:
        for path in files:
            streamer.stream_file(str(path))
            for _, tensor in streamer.get_tensors():
                _sum(tensor)


def told(
    found: Mapping[str, list[float]], used: Mapping[str, list[float]], size: int
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    print(f"{'':<44}{'GB/s':>8}{'least':>8}{'most':>8}{'beside torch':>14}{'processor':>11}")
    for name, seconds in found.items():
        rates = [size / s / 1e9 for s in seconds]
        clock, processor = (
            statistics.median(t / m for t, m in zip(times["torch reads and sums"], times[name], strict=True))
            for times in (found, used)
        )
        row = {"way": name, "gb_s": statistics.median(rates), "least": min(rates), "most": max(rates)}
        rows.append(row | {"beside_torch": clock, "beside_torch_processor": processor})
        print(
            f"{name:<44}{row['gb_s']:>8.2f}{row['least']:>8.2f}{row['most']:>8.2f}{clock:>13.2f}x{processor:>10.2f}x"
        )
    return rows


def fingerprints(folder: Path) -> float:
    """Seconds for modeldna's fingerprints of the three models in its full mode, which judge whole models by spectra."""
    from modeldna.fingerprint.extract import extract_fingerprint
    from modeldna.io.source import open_source

    started = time.perf_counter()
    for model in MODELS:
        extract_fingerprint(open_source(str(folder / model)), mode="full", model_id=model, revision="main")
    return time.perf_counter() - started


def again(folder: Path) -> float:
    """Seconds for mergekit to make the merge again, and for comparing the files."""
    out = folder / "again"
    config = folder / "recipe.yml"
    config.write_text(json.dumps(recipe({m: str(folder / m) for m in SHARES}, "bf16")))
    script = (
        "import sys, json; from mergekit.config import MergeConfiguration; from mergekit.merge import run_merge; "
        "from mergekit.options import MergeOptions; run_merge(MergeConfiguration.model_validate(json.load(open(sys.argv[1]))),"
        " sys.argv[2], MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True, lazy_unpickle=True))"
    )
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, str(config), str(out)], check=True, capture_output=True)
    # mergekit deals tensors to files its own way, so all of the files' bytes are compared, tensor by tensor.
    stored = {n: path for path in (folder / "merged").glob("*.safetensors") for n in _offsets(path)}
    for path in sorted(out.glob("*.safetensors")):
        raw = np.memmap(path, np.uint8, "r")
        for name, (begin, end) in _offsets(path).items():
            there = np.memmap(stored[name], np.uint8, "r")
            if not np.array_equal(raw[begin:end], there[slice(*_offsets(stored[name])[name])]):
                raise SystemExit(f"mergekit gives another {name}")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
