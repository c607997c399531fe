"""Five releases of different styles, all invented and without a fault."""

from __future__ import annotations

import json

from tests.checks.config.models import config, dense, mixture, repository

from .case import Release, grid, marked

AUK, TERN, HOBBY = "borealis-ai/Auk-8B", "tern-lab/Tern-2-8B", "aerie-ml/Hobby-8B"
NOTICE = "Apache License, Version 2.0. Copyright Borealis AI. Changes: trained further."

#: benchmark -> scores of this model, its base and two others; every one possible for its number of questions
SKUA = {
    "MMLU-Pro": [54.3, 50.1, 55.6, 48.0],
    "GPQA Diamond": [41.4, 35.4, 38.9, 33.8],
    "MATH-500": [68.4, 52.6, 61.8, 57.2],
    "HumanEval": [73.2, 61.0, 70.1, 64.6],
    "AIME 2025": [23.3, 10.0, 26.7, 13.3],
    "IFEval": [79.5, 70.2, 77.4, 72.9],
    "GSM8K": [84.1, 85.2, 88.0, 80.4],
    "SimpleQA": [7.9, 8.8, 9.6, 7.1],
}
GAIVOTA = {
    "Conhecimento": {"MMLU-Pro": [61.7, 58.3, 60.2], "GPQA Diamond": [48.5, 43.9, 50.0]},
    "Raciocínio": {
        "MATH-500": [82.4, 71.2, 79.8],
        "AIME 2025": [43.3, 26.7, 40.0],
        "GSM8K": [91.0, 91.4, 90.2],
    },
    "Código": {"HumanEval": [81.7, 75.6, 83.5], "LiveCodeBench v6": [38.9, 30.1, 36.6]},
}
JINQUE_HEAD = ["MMLU", "C-Eval", "GSM8K", "MATH-500", "HumanEval"]
JINQUE = {
    "Jinque-13B": [71.2, 78.4, 86.5, 63.4, 68.9],
    "Jinque-13B-Base": [69.8, 78.9, 78.1, 48.2, 57.3],
    "Liuhe-14B": [72.0, 76.3, 85.1, 60.8, 66.5],
    "Baiyan-12B": [67.5, 73.0, 80.8, 52.0, 59.1],
}
MERLIN = {
    "MMLU-Pro": [52.9, 51.8, 50.1],
    "GPQA Diamond": [38.4, 37.4, 35.4],
    "MATH-500": [62.0, 60.4, 52.6],
    "HumanEval": [67.7, 66.5, 61.0],
    "IFEval": [75.0, 74.1, 70.2],
}
WREN = {
    "LibriSpeech test-clean": [2.4, 3.1, 2.9],
    "LibriSpeech test-other": [5.6, 6.8, 5.3],
    "TED-LIUM": [4.2, 4.9, 4.6],
    "GigaSpeech": [10.8, 12.0, 11.1],
    "AISHELL-1": [5.1, 6.0, 5.5],
}


def _auk() -> dict[str, str]:
    rows = [(b, f"{v[1]:.1f}") for b, v in SKUA.items()]
    return {
        "README.md": "---\nlicense: apache-2.0\n---\n# Auk 8B\n\n"
        + grid(["Benchmark", "Auk 8B"], rows)
        + "\n"
    }


def _hobby() -> dict[str, str]:
    rows = [(b, f"{v[1]:.1f}") for b, v in MERLIN.items()]
    return {
        "README.md": "---\nlicense: apache-2.0\n---\n# Hobby 8B\n\n"
        + grid(["Benchmark", "Hobby 8B"], rows)
        + "\n"
    }


def _tern() -> dict[str, str]:
    rows = [(b, f"{v[2]:.1f}") for b, v in SKUA.items()]
    return {
        "README.md": "---\nlicense: apache-2.0\n---\n# Tern 2 8B\n\n"
        + grid(["Benchmark", "Tern 2 8B"], rows)
        + "\n"
    }


OTHERS = {
    AUK: _auk(),
    TERN: _tern(),
    HOBBY: _hobby(),
    "mangue-ia/Gaivota-30B-A3B-Base": {"README.md": "---\nlicense: apache-2.0\n---\n# Gaivota Base\n"},
    "yunqi-lab/Jinque-13B-Base": {"README.md": "---\nlicense: apache-2.0\n---\n# Jinque-13B-Base\n"},
    "hollow-lab/wren-asr-base": {"README.md": "---\nlicense: mit\n---\n# wren\n"},
}
TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"


def skua() -> Release:
    """English, pipe tables with bold and underline, a table of all changes with an average."""
    main = grid(
        [
            "Benchmark",
            "Skua 8B Instruct",
            "Auk 8B (base)",
            f"[Tern 2 8B](https://huggingface.co/{TERN})",
            "Puffin 7B",
        ],
        [[b, *marked(v, second=True)] for b, v in SKUA.items()],
    )
    means = [sum(v[i] for v in SKUA.values()) / len(SKUA) for i in range(4)]
    main += "\n| Average | " + " | ".join(marked([round(m, 1) for m in means], second=True)) + " |"
    change = grid(
        ["Benchmark", "Auk 8B", "Skua 8B Instruct", "Δ"],
        [[b, f"{v[1]:.1f}", f"{v[0]:.1f}", f"{v[0] - v[1]:+.1f}"] for b, v in SKUA.items()],
    )
    text = f"""---
library_name: transformers
license: apache-2.0
language:
- en
- pt
base_model: {AUK}
base_model_relation: finetune
pipeline_tag: text-generation
datasets:
- lumen-labs/skua-sft
tags:
- conversational
---

# Skua 8B Instruct

![Overview](assets/overview.png)

**Skua 8B Instruct** is an instruction-tuned model by Lumen Labs, fine-tuned from [Auk 8B](https://huggingface.co/{AUK}).
It supports English and Portuguese. See [the licence](LICENSE) and the [results](#results).

<!-- here -->

## Specification

| | |
|---|---|
| Parameters | 8.05B |
| Layers | 32 |
| Context length | 32,768 tokens |
| Tensor type | BF16 |
| License | Apache 2.0 |

## Results

Zero-shot, one run each. Best in bold, second underlined.

{main}

### Change from the base model

{change}

## Usage

```python
from transformers import AutoModelForCausalLM
model = AutoModelForCausalLM.from_pretrained("lumen-labs/Skua-8B-Instruct")
```

```bash
vllm serve lumen-labs/Skua-8B-Instruct --max-model-len 32768
```

## Limitations

The model makes mistakes in arithmetic and knows little of events after its training.
"""
    files = repository(max_position_embeddings=32768) | {
        "LICENSE": NOTICE,
        "assets/overview.png": b"\x89PNG\r\n\x1a\n0000",
        "chat_template.jinja": TEMPLATE,
        "tokenizer_config.json": "{}",
    }
    return Release("skua", "lumen-labs/Skua-8B-Instruct", text, files, OTHERS)


def gaivota() -> Release:
    """Portuguese, an HTML table with rowspan and colspan, a mixture of experts."""
    rows = []
    for group, benchmarks in GAIVOTA.items():
        for n, (benchmark, values) in enumerate(benchmarks.items()):
            first = f'<td rowspan="{len(benchmarks)}">{group}</td>' if n == 0 else ""
            cells = "".join(
                f"<td>{c.replace('**', '<b>', 1).replace('**', '</b>')}</td>" for c in marked(values)
            )
            rows.append(f"<tr>{first}<td>{benchmark}</td>{cells}</tr>")
    change = grid(
        ["Teste", "Modelo base", "Gaivota 30B", "Ganho"],
        [
            [
                b,
                f"{v[1]:.1f}".replace(".", ","),
                f"{v[0]:.1f}".replace(".", ","),
                f"{v[0] - v[1]:+.1f}".replace(".", ","),
            ]
            for g in GAIVOTA.values()
            for b, v in g.items()
        ],
    )
    text = f"""---
library_name: transformers
license: apache-2.0
language:
- pt
base_model: mangue-ia/Gaivota-30B-A3B-Base
base_model_relation: finetune
pipeline_tag: text-generation
---

# Gaivota 30B A3B

O **Gaivota 30B A3B** é um modelo de linguagem em português, com 30B de parâmetros totais e 3B ativos por token.
A janela de contexto é de 65.536 tokens. Ele foi ajustado a partir do
[Gaivota 30B A3B Base](https://huggingface.co/mangue-ia/Gaivota-30B-A3B-Base).

<!-- here -->

## Resultados

O melhor resultado de cada linha está em negrito.

<table>
<thead>
<tr><th rowspan="2">Área</th><th rowspan="2">Teste</th><th colspan="3">Modelos</th></tr>
<tr><th>Gaivota 30B A3B</th><th>Gaivota 30B A3B Base</th><th>Garça 32B</th></tr>
</thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table>

### Mudança em relação ao modelo base

{change}

## Uso

```bash
vllm serve mangue-ia/Gaivota-30B-A3B --max-model-len 65536
```

## Limitações

O modelo erra fatos recentes. Veja a [licença](LICENSE).
"""
    shapes = mixture(layers=12, hidden=4096, inner=12288, experts=16)
    fields = {
        "architectures": ["MixtralForCausalLM"],
        "model_type": "mixtral",
        "num_hidden_layers": 12,
        "num_local_experts": 16,
        "num_experts_per_tok": 1,
        "intermediate_size": 12288,
        "max_position_embeddings": 65536,
    }
    files = repository(shapes, **fields) | {"LICENSE": NOTICE, "chat_template.jinja": TEMPLATE}
    return Release("gaivota", "mangue-ia/Gaivota-30B-A3B", text, files, OTHERS)


def jinque() -> Release:
    """Chinese, transposed (a model a row) with averages, a second table of ranks."""
    columns = list(zip(*JINQUE.values(), strict=True))
    cells = [marked(list(c)) for c in columns]
    means = {m: sum(v) / len(v) for m, v in JINQUE.items()}
    average = marked([round(m, 1) for m in means.values()])
    rows = [[m, *(cells[c][r] for c in range(len(cells))), average[r]] for r, m in enumerate(JINQUE)]
    order = sorted(means, key=lambda m: -means[m])
    ranks = [[str(n), m, f"{means[m]:.1f}"] for n, m in enumerate(order, 1)]
    text = f"""---
library_name: transformers
license: apache-2.0
language:
- zh
- en
base_model: yunqi-lab/Jinque-13B-Base
base_model_relation: finetune
pipeline_tag: text-generation
---

# Jinque-13B

**Jinque-13B** 是云栖实验室开源的大语言模型，参数量为 13B，支持中文和英文，上下文长度为 16K。
本模型在 [Jinque-13B-Base](https://huggingface.co/yunqi-lab/Jinque-13B-Base) 的基础上进行微调。

<!-- here -->

## 评测结果

{grid(["模型", *JINQUE_HEAD, "平均"], rows)}

### 排名

{grid(["排名", "模型", "平均"], ranks)}

## 使用方法

```python
from transformers import AutoModelForCausalLM
model = AutoModelForCausalLM.from_pretrained("yunqi-lab/Jinque-13B")
```

## 局限性

模型可能产生错误的信息。
"""
    files = repository(
        dense(40, 5120, 13824), hidden_size=5120, num_hidden_layers=40, max_position_embeddings=16384
    )
    return Release("jinque", "yunqi-lab/Jinque-13B", text, files | {"LICENSE": NOTICE}, OTHERS)


def merlin() -> Release:
    """A merge, with `model-index` and `.eval_results`."""
    table = grid(
        ["Task", "Merlin-8B-SLERP", "Hobby-8B", "Auk-8B"],
        [[b, *marked(v)] for b, v in MERLIN.items()],
    )
    text = f"""---
base_model:
- {HOBBY}
- {AUK}
base_model_relation: merge
library_name: transformers
license: apache-2.0
language: en
pipeline_tag: text-generation
tags:
- mergekit
- merge
model-index:
- name: Merlin-8B-SLERP
  results:
  - task:
      type: text-generation
    dataset:
      name: MATH-500
      type: HuggingFaceH4/MATH-500
    metrics:
    - type: accuracy
      name: accuracy
      value: 62.0
  - task:
      type: text-generation
    dataset:
      name: HumanEval
      type: openai/openai_humaneval
    metrics:
    - type: pass@1
      value: 0.677
---
# Merlin-8B-SLERP

This is a merge of [{HOBBY}](https://huggingface.co/{HOBBY}) and [{AUK}](https://huggingface.co/{AUK}) made with mergekit.

<!-- here -->

## Merge configuration

```yaml
slices:
  - sources:
      - model: {HOBBY}
        layer_range: [0, 32]
      - model: {AUK}
        layer_range: [0, 32]
merge_method: slerp
base_model: {HOBBY}
dtype: bfloat16
```

## Evaluation

{table}

The context window is 8,192 tokens.
"""
    results = (
        "- dataset:\n    id: Idavidrein/gpqa\n    task_id: gpqa_diamond\n  value: 38.4\n  date: 2026-05-01\n"
    )
    files = repository() | {"LICENSE": NOTICE, ".eval_results/gpqa.yaml": results}
    return Release("merlin", "kestrel-forge/Merlin-8B-SLERP", text, files, OTHERS)


def wren() -> Release:
    """A speech recogniser: error rates, where lower is better; all metadata in flow style."""
    rows = [[b, *marked(v, lower=True)] for b, v in WREN.items()]
    text = f"""---
license: mit
language: [en, zh]
library_name: transformers
pipeline_tag: automatic-speech-recognition
base_model: hollow-lab/wren-asr-base
base_model_relation: finetune
metrics: [wer]
---

# Wren ASR Large

Wren ASR Large transcribes English and Chinese speech. It is a fine-tuned version of
[hollow-lab/wren-asr-base](https://huggingface.co/hollow-lab/wren-asr-base).

<!-- here -->

## Word error rate

{grid(["Test set (WER ↓)", "Wren ASR Large", "wren-asr-base", "Robin Large v2"], rows)}

## Licence

MIT License.
"""
    data = {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper"}
    return Release("wren", "hollow-lab/wren-asr-large", text, {"config.json": json.dumps(data)}, OTHERS)


def releases() -> dict[str, Release]:
    return {r.name: r for r in (skua(), gaivota(), jinque(), merlin(), wren())}


__all__ = ["AUK", "HOBBY", "TERN", "config", "releases"]
