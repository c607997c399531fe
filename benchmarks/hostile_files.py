"""Files built to hurt, to lie beside a harmless card: configuration, templates, results, weights' headers."""

from __future__ import annotations

from .hostile_cards import fill

_DEEP = 100_000


def _header(length: int, text: bytes) -> bytes:
    return length.to_bytes(8, "little") + text


def files_of(name: str, size: int) -> dict[str, str | bytes]:
    """Files of a repository beside a harmless card."""
    deep = "[" * _DEEP + "]" * _DEEP
    wrong: list[str] = [
        "null",
        "[]",
        '"a"',
        "1e999999",
        "NaN",
        "-Infinity",
        "9" * 100_000,
        "true",
        "{}",
        deep,
        "",
    ]
    names = [
        "config.json",
        "tokenizer_config.json",
        "generation_config.json",
        "adapter_config.json",
        "model.safetensors.index.json",
        "tokenizer.json",
        "preprocessor_config.json",
    ]
    keys = [
        "architectures",
        "model_type",
        "torch_dtype",
        "dtype",
        "max_position_embeddings",
        "rope_scaling",
        "num_experts",
        "num_hidden_layers",
        "hidden_size",
        "vocab_size",
        "quantization_config",
        "auto_map",
        "text_config",
        "num_attention_heads",
        "num_key_value_heads",
        "intermediate_size",
        "head_dim",
        "num_local_experts",
        "num_experts_per_tok",
        "sliding_window",
        "tie_word_embeddings",
        "eos_token_id",
        "chat_template",
        "model_max_length",
        "added_tokens_decoder",
        "weight_map",
        "metadata",
        "base_model_name_or_path",
        "peft_type",
        "n_routed_experts",
        "rope_theta",
        "layer_types",
    ]
    if name.startswith("json-"):
        value = wrong[int(name.partition("-")[2])]
        return dict.fromkeys(names, value)
    if name.startswith("values-"):
        value = wrong[int(name.partition("-")[2])] or '""'
        text = "{" + ",".join(f'"{k}": {value}' for k in keys) + "}"
        return dict.fromkeys(names, text)
    if name == "huge-config":
        return {"config.json": "{" + ",".join(f'"k{n}": {n}' for n in range(size // 14)) + "}"}
    if name == "twice-keys":
        return {"config.json": '{"model_type": "a",' + ",".join(['"model_type": "b"'] * (size // 18)) + "}"}
    if name == "huge-index":
        entries = ",".join(f'"l{n}": "model-{n}.safetensors"' for n in range(size // 34))
        return {"model.safetensors.index.json": '{"weight_map": {' + entries + "}}", "config.json": "{}"}
    if name == "template":
        return {"chat_template.jinja": fill("{% if x %}{{ 'You are Acme. ' }}", size), "config.json": "{}"}
    if name == "template-open":
        return {"chat_template.jinja": fill("{{", size), "config.json": "{}"}
    if name == "eval-results":
        one = "- dataset: {id: a/b, task_id: c}\n  value: 1.5\n"
        return {
            ".eval_results/a.yaml": fill(one, min(size, 900_000)),
            ".eval_results/b.yaml": "a: " + "[" * _DEEP,
            ".eval_results/c.yaml": "- &a [*a]",
            ".eval_results/d.yaml": b"\xff\xfe\0",
            ".eval_results/e.yaml": "",
            **{f".eval_results/x{n}.yaml": one for n in range(2000)},
        }
    if name == "python":
        return {
            "modeling_a.py": fill("import os; os.system('a')\n", size),
            "requirements.txt": fill("a==1\n", size),
            "config.json": '{"auto_map": {"AutoModel": "modeling_a.A"}}',
        }
    headers = {
        "zero": b"",
        "short": b"\1\0",
        "length": _header(2**63, b"{}"),
        "beyond": _header(10**6, b"{}"),
        "no-json": _header(4, b"abcd"),
        "list": _header(2, b"[]"),
        "deep": _header(2 * _DEEP, deep.encode()),
        "empty": _header(2, b"{}"),
        "nan": _header(3, b"NaN"),
        "utf-8": _header(2, b"\xff\xff"),
        "many": (
            h := (
                "{"
                + ",".join(
                    f'"t{n}":{{"dtype":"F32","shape":[1],"data_offsets":[{4 * n},{4 * n + 4}]}}'
                    for n in range(size // 60)
                )
                + "}"
            ).encode()
        )
        and _header(len(h), h),
    }
    lies = [
        '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"F32","shape":[99999999999999999999,9999999999999999999],"data_offsets":[0,4]}}',
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}',
        '{"a":{"dtype":"F32","shape":"x","data_offsets":{}}}',
        '{"a":1}',
        '{"a":{}}',
        '{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,1e400]}}',
        '{"__metadata__":[1]}',
        '{"a":{"dtype":[],"shape":[true],"data_offsets":["0","4"]}}',
        '{"a":{"dtype":"F32","shape":[' + "1," * 9999 + '1],"data_offsets":[0,4]}}',
    ]
    files: dict[str, str | bytes] = {f"model-{k}.safetensors": v for k, v in headers.items()}
    files |= {f"lie-{n}.safetensors": _header(len(t), t.encode()) + b"\0" * 8 for n, t in enumerate(lies)}
    return files | {
        "config.json": '{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8}'
    }


REPOSITORIES = [
    *(f"json-{n}" for n in range(11)),
    *(f"values-{n}" for n in range(11)),
    "huge-config",
    "twice-keys",
    "huge-index",
    "template",
    "template-open",
    "eval-results",
    "python",
    "safetensors",
]
