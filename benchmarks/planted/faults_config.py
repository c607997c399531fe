"""What the card says against the repository's files."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from tests.checks.config.models import config, dense
from tests.weights.build import entries, safetensors, with_header

from .case import Case, Release


def cases(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    yield from _sizes(all_of)
    yield from _context(all_of)
    yield from _architecture(all_of)
    yield from _templates(all_of)
    yield from _frameworks(all_of)
    yield from _files(all_of)


def _silent(release: Release) -> Release:
    """Without what the release rightly says of its size, context and tensors: the lie stands alone."""
    for words in (
        "| Parameters | 8.05B |\n", "| Context length | 32,768 tokens |\n", "| Tensor type | BF16 |\n", "| Layers | 32 |\n",
        ", com 30B de parâmetros totais e 3B ativos por token", "\nA janela de contexto é de 65.536 tokens.", "，参数量为 13B", "，上下文长度为 16K",
    ):  # fmt: skip
        if words in release.text:
            release = release.swap(words, "")
    return release


def _named(release: Release, repo_id: str) -> Release:
    return Release(release.name, repo_id, release.text, release.files, release.others)


def _sizes(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, *_ = all_of.values()
    for said, host in (
        ("Skua 8B Instruct has 13B parameters.", skua),
        ("- **Parameters:** 13B", skua),
        ("It is a dense model with 70 billion parameters.", skua),
        ("Model size: 3B params", skua),
        ("A 14B-parameter decoder-only transformer.", skua),
        ("O modelo tem 70 bilhões de parâmetros.", pt),
        ("O Gaivota 30B A3B possui 47B de parâmetros totais.", pt),
        ("本模型参数规模为 70B。", zh),
        ("Jinque-13B 拥有 340 亿参数。", zh),
        ("模型总参数量：7B", zh),
    ):
        yield Case("MC601", said, _silent(host).say(said), said, also=("MC602",))
    yield Case(
        "MC601", "specification", skua.swap("| Parameters | 8.05B |", "| Parameters | 12.1B |"), "12.1B"
    )
    yield Case("MC601", "name", _named(skua, "lumen-labs/Skua-13B-Instruct"), 1, also=("MC207",))
    yield Case(
        "MC601",
        "name of a MoE",
        _named(pt, "mangue-ia/Gaivota-47B-A3B"),
        "# Gaivota",
        also=("MC112", "MC107", "MC111", "MC251"),
    )
    small = zh.file("model.safetensors", safetensors(dense(20, 5120, 13824)))
    yield Case("MC601", "half the weights", small, "参数量为 13B", also=("MC605", "MC601"))
    for said in (
        "3B ativos por token",
        "Apenas 9B de parâmetros ativos por token.",
        "Activated parameters: 12B",
        "It activates 12B parameters per token.",
        "每个 token 激活 12B 参数。",
        "- **Parâmetros ativos:** 9B",
        "The model has 12B active parameters.",
    ):
        if said.startswith("3B"):
            yield Case(
                "MC602", "introduction", pt.swap("3B ativos por token", "8B ativos por token"), "8B ativos"
            )
        else:
            yield Case("MC602", said, _silent(pt).say(said), said)
    yield Case("MC602", "name", _named(pt, "mangue-ia/Gaivota-30B-A9B"), "# Gaivota")
    spec = "| | |\n|---|---|\n| Total parameters | 30B |\n| Activated parameters | 6B |"
    yield Case("MC602", "specification", pt.say(spec), "| Activated parameters |")


def _context(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, _merlin, _ = all_of.values()
    for said, host in (
        ("The model supports a context window of 131,072 tokens.", skua),
        ("- **128K context length**", skua),
        ("Context: up to 1M tokens", skua),
        ("It handles inputs of up to 256K tokens of context.", skua),
        ("It has a 128k-token context window.", skua),
        ("O modelo suporta uma janela de contexto de 262.144 tokens.", pt),
        ("- Contexto de 256 mil tokens", pt),
        ("支持 128K 上下文长度。", zh),
        ("最大上下文长度为 131072。", zh),
        ("上下文窗口可达 100 万 token。", zh),
    ):
        yield Case("MC603", said, _silent(host).say(said), said, also=("MC604",))
    yield Case("MC603", "specification", skua.swap("32,768 tokens", "131,072 tokens"), "| Context length |")
    for said in (
        "vllm serve {id} --max-model-len 131072",
        "python -m sglang.launch_server --model-path {id} --context-length 131072",
        "llama-server -hf {id} -c 131072",
        "vllm serve {id} \\\n  --tensor-parallel-size 2 \\\n  --max-model-len=131072",
        "python -m vllm.entrypoints.openai.api_server --model {id} --max_model_len 131072",
        "vllm serve {id} --max-model-len 128k",
        "docker run vllm/vllm-openai --model {id} --max-model-len 131072",
    ):
        code = f"```bash\n{said.format(id=skua.repo_id)}\n```"
        yield Case(
            "MC604", said, skua.say(code), said.format(id=skua.repo_id).split("\n")[-1], also=("MC603",)
        )
    code = f'```python\nfrom vllm import LLM\nllm = LLM("{skua.repo_id}", max_model_len=131072)\n```'
    yield Case("MC604", "vllm.LLM", skua.say(code), "max_model_len=131072", also=("MC603",))


def _architecture(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, *_ = all_of.values()
    yield Case("MC605", "layers", skua.swap("| Layers | 32 |", "| Layers | 80 |"), "| Layers | 80 |")
    for row in (
        "| Hidden size | 8192 |",
        "| Vocabulary size | 151,936 |",
        "| Number of experts | 64 |",
        "| Architecture | Qwen2ForCausalLM |",
        "| Architecture | Mixture of Experts (MoE) |",
    ):
        yield Case("MC605", row, skua.swap("| Layers | 32 |", row), row)
    experts = "| | |\n|---|---|\n| Experts | {} |\n| Experts per token | {} |"
    yield Case("MC605", "experts", pt.say(experts.format(128, 1)), "| Experts | 128 |")
    yield Case("MC605", "active experts", pt.say(experts.format(16, 8)), "| Experts per token | 8 |")
    for said, host in (
        ("The model has 48 transformer layers.", skua),
        ("Skua 8B Instruct is a mixture-of-experts model.", skua),
        ("- **Number of Layers**: 64", skua),
        ("- 层数：64", zh),
        ("O modelo tem 128 especialistas, dos quais 8 são ativados.", pt),
        ("It is a mixture-of-experts model with 64 experts.", pt),
    ):
        yield Case("MC605", said, _silent(host).say(said), said)
    yield Case(
        "MC605",
        "pipeline tag",
        skua.front("pipeline_tag", "pipeline_tag: image-text-to-text"),
        "pipeline_tag: image",
    )
    f32 = skua.file("model.safetensors", safetensors(dense(dtype="F32"))).file(
        "config.json", config(max_position_embeddings=32768, torch_dtype="float32")
    )
    yield Case("MC606", "specification", f32, "| Tensor type | BF16 |", "warning")
    bare = f32.swap("| Tensor type | BF16 |\n", "")
    for said in (
        "Weights are stored in BF16.",
        "- **Precision:** bfloat16",
        "The weights are released in FP16.",
        "- Tensor type: BF16",
    ):
        yield Case("MC606", said, bare.say(said), said, "warning|note")
    half = skua.swap("| Tensor type | BF16 |", "| Precision | FP8 |")
    yield Case("MC606", "FP8", half, "| Precision | FP8 |", "warning")


def _templates(all_of: dict[str, Release]) -> Iterator[Case]:
    _skua, _pt, _zh, *_ = all_of.values()
    prompts = (
        ("skua", "You are Skua, created by Lumen Labs.", "chat_template.jinja"),
        ("skua", "You are a helpful assistant named Skua 8B.", "chat_template.jinja"),
        ("skua", "Your name is Skua and you were trained by Lumen Labs.", "tokenizer_config.json"),
        ("skua", "Você é o Skua, um assistente criado pela Lumen Labs.", "chat_template.jinja"),
        ("skua", "Seu nome é Skua.", "chat_template.jinja"),
        ("skua", "你是云雀（Skua），由 Lumen Labs 开发的人工智能助手。", "tokenizer_config.json"),
        ("skua", "我是 Skua，一个人工智能助手。", "chat_template.jinja"),
        ("skua", "I am Skua, a language model by Lumen Labs.", "chat_template.json"),
        ("skua", "You are an assistant. Your name: Skua.", "chat_template.jinja"),
    )
    for name, words, path in prompts:
        template = (
            "{%- if messages[0].role != 'system' %}{{ '<|system|>"
            + words
            + "' }}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}"
        )
        content = (
            template
            if path.endswith("jinja")
            else json.dumps({"chat_template": template}, ensure_ascii=False)
        )
        release = (
            all_of[name].file("chat_template.jinja", None) if not path.endswith("jinja") else all_of[name]
        )
        yield Case("MC607", words, release.file(path, content), words, "warning", path=path)


def _frameworks(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, *_ = all_of.values()
    for said, host in (
        (
            "Skua 8B Instruct features DualFlow, a reasoning framework that switches modes while decoding.",
            skua,
        ),
        ("- **SwiReasoning integration**: dynamic switching between explicit and latent reasoning", skua),
        ("It integrates TideThink, an inference-time framework for adaptive reasoning.", skua),
        ("- **DeepFlow integrated**: an inference framework", skua),
        ("The model ships with WaveDecode, our speculative decoding engine.", skua),
        ("O modelo integra o MareThink, um framework de inferência adaptativo.", pt),
        ("本模型内置 FlowThink 推理框架。", zh),
        ("本模型集成了 FlowThink 动态推理框架。", zh),
    ):
        yield Case("MC608", said, host.say(said), said, "warning")


def _files(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, _pt, zh, *_ = all_of.values()
    for said in (
        'hf_hub_download("{id}", filename="skua-8b.Q4_K_M.gguf")',
        'hf_hub_download(repo_id="{id}", filename="adapter_model.safetensors")',
        "llama-cli --hf-repo {id} --hf-file skua-8b-q8_0.gguf",
        "huggingface-cli download {id} skua.gguf --local-dir .",
        "wget https://huggingface.co/{id}/resolve/main/skua-8b.gguf",
        "hf download {id} tokenizer.model",
        'AutoModelForCausalLM.from_pretrained("{id}", gguf_file="skua-8b.Q4_0.gguf")',
    ):
        line = said.format(id=skua.repo_id)
        yield Case("MC609", said, skua.say(f"```\n{line}\n```"), line, "error")
    for n, path in enumerate(
        ("pytorch_model.bin", "model.pt", "weights/model.pth", "checkpoint.ckpt", "model.pkl")
    ):
        host = (skua, zh)[n % 2].file("model.safetensors", None)
        yield Case("MC610", path, host.file(path, b"PK\x03\x04" + b"\0" * 64), 1, "warning", path=path)
    for said in (
        "vllm serve {id} --trust-remote-code",
        'AutoModelForCausalLM.from_pretrained("{id}", trust_remote_code=True)',
        'AutoTokenizer.from_pretrained("{id}", trust_remote_code = True)',
        "python -m sglang.launch_server --model-path {id} --trust-remote-code",
        'pipeline("text-generation", model="{id}", trust_remote_code=True)',
    ):
        line = said.format(id=skua.repo_id)
        yield Case("MC611", said, skua.say(f"```\n{line}\n```"), line, "warning")
    yield Case(
        "MC611",
        "sentence",
        skua.say("Load the model with `trust_remote_code=True`."),
        "Load the model",
        "warning",
    )
    config_json = str(skua.files["config.json"])
    yield Case(
        "MC612",
        "broken JSON",
        skua.file("config.json", config_json[:-3]),
        "torch_dtype",
        path="config.json",
        also=("MC605",),
    )
    yield Case(
        "MC612",
        "a name twice",
        skua.file(
            "config.json", config_json.replace('"hidden_size"', '"hidden_size": 2048,\n  "hidden_size"', 1)
        ),
        "hidden_size",
        path="config.json",
        also=("MC605",),
    )
    yield Case(
        "MC612",
        "a size in quotes",
        skua.file("config.json", config_json.replace("4096", '"4096"', 1)),
        "hidden_size",
        path="config.json",
        also=("MC605",),
    )
    yield Case("MC612", "a list", skua.file("config.json", "[]"), 1, path="config.json")
    header = entries(dense())
    header["model.norm.weight"]["shape"] = [4095]
    yield Case(
        "MC612",
        "shape against bytes",
        skua.file(
            "model.safetensors", with_header(header, max(e["data_offsets"][1] for e in header.values()))
        ),
        1,
        path="model.safetensors",
    )
    yield Case(
        "MC612",
        "cut off",
        skua.file("model.safetensors", with_header(entries(dense()), 1000)),
        1,
        path="model.safetensors",
    )
    index = json.dumps({"weight_map": {"a": "model-00001-of-00002.safetensors"}})
    yield Case(
        "MC612",
        "missing shard",
        skua.file("model.safetensors.index.json", index).file("model.safetensors", None),
        1,
        path="model.safetensors.index.json",
    )
