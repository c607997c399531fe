"""The generated Rio case is what was published, any byte can be had alone, and the Hub bears a crowd."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from math import prod

import pytest

np = pytest.importorskip("numpy")

from tests.hub import Hub, qwen35, serve  # noqa: E402
from tests.hub.generated import Blend, GeneratedFile, Grown, Recast, Tuned  # noqa: E402
from tests.hub.layout import Shard  # noqa: E402
from tests.hub.numbers import bits, from_bf16, normal, to_bf16, to_e4m3  # noqa: E402
from tests.hub.rio import NEX, NEX_ID, QWEN, QWEN_ID, RIO_ID, rio, rio_hub  # noqa: E402

LAYERS = "model.language_model.layers."
needs_facts = pytest.mark.skipif(
    not qwen35.LAYOUT.is_file(), reason="the shared material lies not beside this checkout"
)


# --- numbers


def test_any_stretch_is_that_of_the_whole():
    whole = normal(7, 0, 1000)
    for start, stop in ((0, 1), (3, 4), (5, 18), (997, 1000), (400, 400)):
        assert np.array_equal(normal(7, start, stop), whole[start:stop])
    far = 10**12 + 3
    assert np.array_equal(normal(7, far, far + 9)[5:], normal(7, far + 5, far + 9))


def test_the_numbers_are_normal_and_independent():
    x, y = normal(1, 0, 400_000).astype(float), normal(2, 0, 400_000).astype(float)
    assert abs(x.mean()) < 0.01 and abs(x.std() - 1) < 0.01
    assert abs((x**4).mean() - 3) < 0.06  # a normal distribution's
    within = (x[:-1] @ x[1:] / len(x), x[:-4] @ x[4:] / len(x), x @ y / len(x))
    assert max(map(abs, within)) < 0.008
    assert len(np.unique(bits(3, 0, 400_000))) > 65_000


def test_rounding_to_bfloat16_is_to_the_nearest_even():
    values = np.array([1, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-20, -(1 + 2**-8), 0, 3e38], np.float32)
    assert from_bf16(to_bf16(values)).tolist()[:6] == [1, 1, 1 + 2**-6, 1 + 2**-7, -1, 0]
    every = np.arange(0x7F80, dtype=np.uint16)
    assert np.array_equal(to_bf16(from_bf16(every)), every)


def test_rounding_to_float8_is_to_the_nearest_even():
    codes = np.arange(127)
    exponent, mantissa = codes >> 3, codes & 7
    grid = np.where(exponent == 0, mantissa / 512, (8 + mantissa) / 8 * 2.0 ** (exponent - 7))
    assert np.array_equal(to_e4m3(grid.astype(np.float32)), codes)
    assert np.array_equal(to_e4m3(-grid[1:].astype(np.float32)), codes[1:] | 128)
    middles = ((grid[1:] + grid[:-1]) / 2).astype(np.float32)
    assert np.array_equal(to_e4m3(middles), np.where(codes[:-1] % 2 == 0, codes[:-1], codes[1:]))
    assert to_e4m3(np.array([1e6], np.float32)).tolist() == [126]


# --- files


def _small(name: str) -> tuple[float, float]:
    return 0.0, 0.02


BASE = Grown("base", _small)
CHILD = Tuned(BASE, (("child", 1.0),), lambda name: 0.001)
TENSORS = (
    ("a.scale", "F32", (7,)),
    ("a.weight", "BF16", (33, 65)),
    ("b.weight", "F16", (5, 3)),
    ("c.weight", "F8_E4M3", (16, 9)),
    ("c.weight_scale_inv", "BF16", (1, 1)),
    ("d.qweight", "I32", (3, 7)),
    ("e.weight", "BF16", (300, 700)),
)


@pytest.mark.parametrize("values", [BASE, CHILD, Blend(((CHILD, 0.6), (BASE, 0.4))), Recast(BASE, _small)])
def test_any_range_equals_the_same_bytes_of_the_whole_file(values):
    file = GeneratedFile(Shard("model.safetensors", TENSORS, {"format": "pt"}), values, "seed")
    whole = file.read(0, file.size)
    assert len(whole) == file.size == file.shard.entries[-1].end
    spans = np.random.default_rng(0).integers(0, file.size + 1, (300, 2))
    spans[:100, 1] = np.minimum(spans[:100, 0] + spans[:100, 1] % 50, file.size)
    for start, end in np.sort(spans, axis=1).tolist():
        assert file.read(start, end) == whole[start:end], (start, end)
    assert file.read(file.size - 3, file.size + 100) == whole[-3:]


def test_the_header_is_one_that_the_package_believes():
    from pytest_modelcard.weights.header import read_header

    file = GeneratedFile(Shard("model.safetensors", TENSORS, {"format": "pt"}), BASE, "seed")
    found = read_header(file.read, file.size)
    assert [(t.name, t.dtype, t.shape, t.begin, t.end) for t in found.tensors] == [
        (e.name, e.dtype, e.shape, e.begin, e.end) for e in file.shard.entries
    ]


def test_a_blend_is_mergekits_linear():
    """Float32 throughout, one rounding: not the rounding of a float64 sum, nor of a bfloat16 one."""
    span = ("w", "BF16", 0, 50_000)
    made = Blend(((CHILD, 0.565), (BASE, 0.435))).at(*span)
    child, base = CHILD.at(*span), BASE.at(*span)
    told = np.float32(0.565) * child + np.float32(0.435) * base
    assert np.array_equal(made, from_bf16(to_bf16(told)))
    assert np.array_equal(Blend(((BASE, 0.565), (BASE, 0.435))).at(*span), base)
    assert 0.5 < np.mean(child != base) < 1


def test_siblings_that_share_a_direction_correlate():
    alike = Tuned(BASE, (("child", 0.8), ("own", 0.6)), lambda name: 0.001)
    span = ("w", "F32", 0, 200_000)
    x, y = CHILD.at(*span) - BASE.at(*span), alike.at(*span) - BASE.at(*span)
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(0.8, abs=0.01)


# --- the Rio case


@needs_facts
def test_the_layout_is_the_true_one():
    qwen = json.loads(qwen35.EVIDENCE.read_text())["qwen"]
    hub = rio_hub(others=False)
    shards = _shards(hub, QWEN_ID)
    assert (len(shards), sum(len(s.shard.entries) for s in shards)) == (qwen["shards"], qwen["tensors"])
    assert sum(len(s.shard.head) for s in shards) == qwen["header_bytes"]
    assert hub.repos[QWEN_ID].refs["main"] == qwen["revision"]
    known = json.loads(qwen35.EVIDENCE.read_text())["repository"]
    rios = _shards(hub, RIO_ID)
    assert len(rios) == known["rio_shards"]
    assert sum(s.size - len(s.shard.head) for s in rios) == known["bytes"]
    assert sum(prod(e.shape) for s in rios for e in s.shard.entries) == known["parameters"]
    assert not any(e.name.startswith("mtp.") for s in _shards(hub, NEX_ID) for e in s.shard.entries)


def _shards(hub: Hub, model: str) -> list[GeneratedFile]:
    repo = hub.repos[model]
    return [f for f in repo.commits[repo.refs["main"]].values() if isinstance(f, GeneratedFile)]


def _published() -> list[tuple[str, list[str]]]:
    """What was published, and some tensors of that kind."""
    attention = [f"{LAYERS}{i}.self_attn.{k}_proj.weight" for i in (3, 31, 59) for k in "qkvo"]
    linear = [f"{LAYERS}{i}.linear_attn.{k}.weight" for i in (0, 18) for k in ("in_proj_qkv", "out_proj")]
    experts = [f"{LAYERS}{i}.mlp.experts.{k}_proj" for i in (0, 30, 59) for k in ("gate_up", "down")]
    norms = [f"{LAYERS}{i}.{k}_layernorm.weight" for i in range(60) for k in ("input", "post_attention")]
    return [
        ("routed experts", experts),
        ("lm_head", ["lm_head.weight"]),
        ("attention", attention),
        ("linear attention projections", linear),
        *((f"router layer {i}", [f"{LAYERS}{i}.mlp.gate.weight"]) for i in (0, 15, 30, 45, 59)),
        *((f"shared expert gate layer {i}", [f"{LAYERS}{i}.mlp.shared_expert_gate.weight"]) for i in (0, 30)),
        ("layer norms", norms),
    ]


def _differences(values, names: list[str], elements: int):
    """(nex - qwen, values - qwen) over the first elements of these tensors."""
    listed = {name: (dtype, prod(shape)) for name, dtype, shape in qwen35.tensors()}
    x, y = [], []
    for name in names:
        dtype, size = listed[name]
        span = (name, dtype, 0, min(size, elements // len(names)))
        qwen = QWEN.at(*span).astype(np.float64)
        x.append(NEX.at(*span) - qwen)
        y.append(values.at(*span) - qwen)
    return np.concatenate(x), np.concatenate(y)


@needs_facts
@pytest.mark.parametrize(
    ("kind", "names"), _published(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_slope_and_cosine_are_the_published_ones(kind, names):
    [told] = [p for p in json.loads(qwen35.EVIDENCE.read_text())["published"] if p["tensors"] == kind]
    x, y = _differences(rio("rio"), names, 1_000_000)
    assert x @ y / (x @ x) == pytest.approx(told["alpha"], abs=0.01)
    if "cos" in told:
        assert x @ y / np.sqrt((x @ x) * (y @ y)) == pytest.approx(told["cos"], abs=0.005)


def _interval(name: str, elements: int) -> tuple[float, float]:
    """The blend weights that reproduce all of the first elements of a tensor, from its bits alone."""
    dtype, shape = next((d, s) for n, d, s in qwen35.tensors() if n == name)
    span = (name, dtype, 0, min(prod(shape), elements))
    qwen, nex, made = (v.at(*span) for v in (QWEN, NEX, rio("rio")))
    raw = to_bf16(made).astype(np.int64)
    keep = (nex != qwen) & (made != 0) & (raw & 0x7F != 0)  # not at a power of two, where steps differ
    qwen, nex = qwen[keep].astype(float), nex[keep].astype(float)
    raw = raw[keep]
    here, above, below = (from_bf16(r.astype(np.uint16)).astype(float) for r in (raw, raw + 1, raw - 1))
    ends = np.stack([((here + above) / 2 - qwen) / (nex - qwen), ((here + below) / 2 - qwen) / (nex - qwen)])
    return float(ends.min(axis=0).max()), float(ends.max(axis=0).min())


@needs_facts
@pytest.mark.parametrize(
    ("name", "width"),
    [
        (f"{LAYERS}12.mlp.experts.gate_up_proj", 5e-4),
        ("lm_head.weight", 5e-4),
        (f"{LAYERS}31.self_attn.q_proj.weight", 5e-4),
        (f"{LAYERS}18.linear_attn.in_proj_z.weight", 5e-4),
        (f"{LAYERS}15.mlp.gate.weight", 5e-4),
        (f"{LAYERS}30.mlp.shared_expert_gate.weight", 5e-3),
        (f"{LAYERS}30.input_layernorm.weight", 0.5),
    ],
)
def test_every_vote_contains_the_true_weight(name, width):
    low, high = _interval(name, 100_000)
    # Float32 arithmetic before the rounding moves an end by parts in a million.
    assert low - 1e-5 <= 0.565 <= high + 1e-5
    assert high - low < width


@needs_facts
def test_the_honest_twin_has_changes_of_its_own():
    x, y = _differences(rio("twin"), ["lm_head.weight"], 400_000)
    assert abs(x @ y / np.sqrt((x @ x) * (y @ y))) < 0.01
    assert y @ y == pytest.approx(0.81 * (x @ x), rel=0.05)


@needs_facts
def test_light_training_after_the_merge_moves_some_weights_by_a_step():
    span = ("lm_head.weight", "BF16", 0, 400_000)
    merged, trained = rio("rio").at(*span), rio("trained").at(*span)
    assert 0.7 < np.mean(merged == trained) < 0.85
    extra = ("mtp.fc.weight", "BF16", 0, 1000)
    assert np.array_equal(rio("trained").at(*extra), QWEN.at(*extra))


# --- the Hub


@needs_facts
def test_the_hub_lists_the_descendants(hub):
    from huggingface_hub import HfApi

    rio_hub(hub=hub)
    api = HfApi(endpoint=hub.endpoint)
    found = list(api.list_models(filter=f"base_model:finetune:{QWEN_ID}", sort="downloads"))
    assert {NEX_ID, RIO_ID} < {m.id for m in found} and len(found) >= 28
    assert [m.downloads for m in found] == sorted((m.downloads for m in found), reverse=True)
    assert len(list(api.list_models(filter=f"base_model:{QWEN_ID}"))) >= 32
    info = api.model_info(RIO_ID, expand=["safetensors", "cardData", "createdAt"])
    assert info.card_data.base_model == [QWEN_ID] and info.safetensors.total == 403_397_928_944
    assert min(m.created_at for m in found) < info.created_at
    told = {s: f.sha256 for s in (QWEN_ID, "mirrorhub/Qwen3.5-397B-A17B") for f in _shards(hub, s)[:1]}
    assert len(set(told.values())) == 1


@needs_facts
def test_every_sibling_has_sound_files():
    from pytest_modelcard.weights.header import read_header

    hub = rio_hub()
    whole = 0
    for name in hub.repos:
        shards = _shards(hub, name)
        whole += bool(shards)
        for file in [*shards[:1], *shards[-1:]]:
            found = read_header(file.read, file.size, file.shard.name)
            last = found.tensors[-1]
            start = max(last.begin, last.end - 1001)
            assert len(file.read(start, last.end)) == last.end - start
            assert file.read(last.end - 3, last.end) == file.read(start, last.end)[-3:]
    assert whole >= 33


@needs_facts
def test_the_same_bytes_come_over_the_wire(hub):
    from pytest_modelcard.source.catalog import Catalog

    rio_hub(hub=hub, others=False)
    source = Catalog().model(RIO_ID)
    made = max(_shards(hub, RIO_ID), key=lambda file: file.size)
    got = source.read_range(made.shard.name, made.size - 5_000_001, made.size - 4_900_000)
    assert (
        hashlib.sha256(got).digest()
        == hashlib.sha256(made.read(made.size - 5_000_001, made.size - 4_900_000)).digest()
    )


def test_the_server_holds_32_connections_at_once():
    """Each answer waits until all 32 are being made; none may wait for another's end."""
    meeting = threading.Barrier(32, timeout=30)

    class Meets:
        size, sha256 = 1000, "a" * 64

        def read(self, start: int, end: int) -> bytes:
            meeting.wait()
            return bytes(end - start)

    from urllib.request import urlopen

    hub = Hub()
    hub.latency = 0.02
    hub.add("acme/huge", {"model.safetensors": Meets()})
    with serve(hub), ThreadPoolExecutor(32) as pool:
        url = f"{hub.endpoint}/acme/huge/resolve/main/model.safetensors"

        def one(_: int) -> int:
            with urlopen(url, timeout=60) as answer:
                return len(answer.read())

        assert list(pool.map(one, range(64))) == [1000] * 64
    assert hub.sent == 64_000
