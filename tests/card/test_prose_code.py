from __future__ import annotations

import pytest

from pytest_modelcard.card import vocabulary as v
from tests.support import parse


def served(code: str, repo_id: str | None = "acme/Foo-7B") -> list[float | None]:
    card = parse(f"# Foo\n\n```bash\n{code}\n```", repo_id)
    return [c.value for c in card.named("prose", v.SERVED_CONTEXT)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("vllm serve acme/Foo-7B \\\n    --tp 8 \\\n    --max-model-len 1048576", [1_048_576]),
        ("python -m sglang.launch_server --model-path acme/Foo-7B --context-length=262144", [262_144]),
        ("llama-server -m Foo-7B-Q4.gguf -c 32768", [32_768]),
        ("llama-cli -m Foo-7B-Q4.gguf --ctx-size 4096", [4_096]),
        ("llm = LLM(model='acme/Foo-7B', max_model_len=32_768)", [32_768]),
        ("llm = LLM(\n  'acme/Foo-7B',\n  max_model_len=32 * 1024,\n)", [32_768]),
        ("vllm serve acme/Foo-7B --max-model-len 32k", [32_000]),
        ("PARAMETER num_ctx 8192", [8_192]),
        ("vllm serve other/Bar-9B --max-model-len 4096", []),
        ("vllm serve acme/Foo-7B --max-model-len auto", []),
        ("vllm serve acme/Foo-7B --max-num-seqs 4096", []),
        ("grep -c 4096 file", []),
    ],
)
def test_served_context(code: str, expected: list[float]) -> None:
    assert served(code) == expected


def test_a_served_context_has_its_own_line() -> None:
    text = "# Foo\n\n```bash\nvllm serve acme/Foo-7B \\\n    --tp 8 \\\n    --max-model-len 1048576\n```"
    (claim,) = parse(text, "acme/Foo-7B").named("prose", v.SERVED_CONTEXT)
    assert (claim.span.line, claim.span.column, claim.raw) == (6, 5, "--max-model-len 1048576")


def trusted(text: str) -> list[tuple[int, str | None]]:
    return [(c.span.line, c.model) for c in parse(text, "acme/Foo-7B").named("prose", v.TRUST_REMOTE_CODE)]


def test_trust_remote_code_each_place() -> None:
    text = """Pass `trust_remote_code=True`; the old versions do no longer need more.

```python
m = load("acme/Foo-7B", trust_remote_code=True)
n = load("other/Bar-9B", trust_remote_code=True)
o = load("acme/Foo-7B", trust_remote_code=False)
# trust_remote_code=True
```

```bash
vllm serve acme/Foo-7B --trust-remote-code
```
"""
    assert trusted(text) == [(4, None), (5, "other/Bar-9B"), (11, None)]
    assert trusted("Load it with `trust_remote_code=True`.") == [(1, None)]
    assert trusted("No need for `trust_remote_code=True`.") == []


def loads(code: str) -> list[str | None]:
    return [c.text for c in parse(f"```\n{code}\n```", "acme/Foo-7B").named("prose", v.LOADS_FILE)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('hf_hub_download(repo_id="acme/Foo-7B", filename="model.Q4.gguf")', ["model.Q4.gguf"]),
        ('hf_hub_download("acme/Foo-7B", "sub/x.json")', ["sub/x.json"]),
        ("hf download acme/Foo-7B a.gguf b.gguf --local-dir .", ["a.gguf", "b.gguf"]),
        ("wget https://huggingface.co/acme/Foo-7B/resolve/main/x.bin", ["x.bin"]),
        ("llama-server --hf-repo acme/Foo-7B --hf-file x.gguf", ["x.gguf"]),
        ('hf_hub_download(repo_id="other/Bar", filename="x.bin")', []),
        ("hf download acme/Foo-7B --include '*.gguf'", []),
        ('hf_hub_download(repo_id="acme/Foo-7B", filename=name)', []),
        ("hf download acme/Foo-7B", []),
    ],
)
def test_files_that_code_loads(code: str, expected: list[str]) -> None:
    assert loads(code) == expected
