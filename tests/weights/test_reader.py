"""Samples through ranges: right values at the same places, partial results where something fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytest_modelcard.errors import CannotTell, CardError
from pytest_modelcard.source.local import LocalSource
from pytest_modelcard.weights import range_cache, sampling
from pytest_modelcard.weights.fetch import MAX_SPAN_BYTES, Progress, Range, coalesce
from pytest_modelcard.weights.opened import Weights, open_weights
from pytest_modelcard.weights.reader import Reading, read_samples, read_values

from .models import Model, Stored, bf16, sharded, single

RNG = np.random.default_rng(5)
UP, NORM = "model.layers.0.mlp.up_proj.weight", "model.norm.weight"
BUDGET = 10**7


def tensors(seed: int, prefix: str = "model.") -> dict[str, tuple[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return {
        f"{prefix}layers.{n}.mlp.up_proj.weight": bf16(rng.normal(0, 0.02, (200, 300))) for n in range(4)
    } | {f"{prefix}norm.weight": bf16(np.ones(64))}


def values(stored: tuple[str, np.ndarray]) -> np.ndarray:
    return (stored[1].astype(np.uint32) << 16).view(np.float32).astype(np.float64).ravel()


def plan_of(weights: Weights, budget: int = 60_000) -> dict[str, sampling.Blocks]:
    shapes = {t.name: (t.shape, t.dtype) for t in weights.tensors.values()}
    return sampling.plan(shapes, seed=1, budget_bytes=budget)


def read(candidate: Model, others: dict[str, Model], budget: int = BUDGET, **options: object) -> Reading:
    mine = open_weights(candidate)
    return read_samples(
        mine,
        {key: open_weights(m) for key, m in others.items()},
        plan_of(mine),
        budget=budget,
        sleep=lambda _: None,
        **options,  # type: ignore[arg-type]
    )


def test_values_are_those_of_the_same_places_in_every_model() -> None:
    mine, theirs = tensors(1), tensors(2, "model.language_model.")
    found = read(single(mine), {"b": single(theirs)})
    assert {s.name for s in found.samples} == set(mine)
    for sample in found.samples:
        np.testing.assert_array_equal(sample.candidate, values(mine[sample.name])[sample.positions])
        other = theirs[sample.name.replace("model.", "model.language_model.")]
        np.testing.assert_array_equal(sample.others["b"], values(other)[sample.positions])
        assert sample.dtypes == {"": "BF16", "b": "BF16"}
    up = next(s for s in found.samples if s.name == UP)
    assert (up.family, up.layer, up.shape) == ("layers.mlp.up_proj.weight", 0, (200, 300))
    assert 0 < len(up.positions) < 60_000
    assert not found.left_out and found.not_finite == 0
    assert found.cost.bytes_read == sum(r.end - r.start for r in found.ranges)
    assert found.cost.requests == len(found.ranges)


def test_fused_experts_against_single_ones() -> None:
    gate, up = RNG.normal(size=(2, 6, 40, 50))
    fused = {"m.experts.gate_up_proj": bf16(np.concatenate([gate, up], axis=1))}
    parts = {f"m.experts.{e}.gate_proj.weight": bf16(gate[e]) for e in range(6)}
    parts |= {f"m.experts.{e}.up_proj.weight": bf16(up[e]) for e in range(6)}
    for here, there in ((fused, parts), (parts, fused)):
        found = read(single(here), {"b": single(there)})
        assert len(found.samples) == len(here)
        for sample in found.samples:
            np.testing.assert_array_equal(sample.candidate, sample.others["b"])
            np.testing.assert_array_equal(sample.candidate, values(here[sample.name])[sample.positions])


def test_rows_beyond_the_other_vocabulary_are_not_compared() -> None:
    name = "model.embed_tokens.weight"
    rows = RNG.normal(size=(500, 64))
    found = read(single({name: bf16(rows)}), {"b": single({name: bf16(rows[:400])})})
    (sample,) = found.samples
    assert sample.positions.max() < 400 * 64
    np.testing.assert_array_equal(sample.candidate, sample.others["b"])


@pytest.mark.parametrize("kind", ["blocks", "rows", "tensor", "bitsandbytes"])
def test_quantised_values_are_multiplied_by_their_scales(kind: str) -> None:
    plain = RNG.normal(size=(300, 400))
    codes = RNG.integers(0, 120, (300, 400)).astype(np.uint8)
    if kind == "bitsandbytes":
        codes = codes.view(np.int8)
        scale = RNG.uniform(1, 2, 300).astype(np.float32)
        each = np.repeat(scale[:, None], 400, 1).astype(float) / 127
        stored: Stored = {"w.weight": ("I8", codes), "w.SCB": ("F32", scale)}
        raw = codes.astype(float)
    else:
        shape = {"blocks": (3, 4), "rows": (300, 1), "tensor": ()}[kind]
        scale = np.asarray(RNG.uniform(1, 2, shape), np.float32)
        wide = {"blocks": lambda: np.repeat(np.repeat(scale, 128, 0)[:300], 128, 1)[:, :400]}
        each = wide.get(kind, lambda: np.broadcast_to(scale, (300, 400)))().astype(float)
        stored = {"w.weight": ("F8_E4M3", codes), "w.weight_scale_inv": ("F32", scale)}
        mantissa, exponent = codes & 7, (codes >> 3).astype(int)
        raw = np.where(exponent == 0, mantissa / 8 * 2.0**-6, (1 + mantissa / 8) * 2.0 ** (exponent - 7.0))
    found = read(single({"w.weight": bf16(plain)}), {"q": single(stored)})
    (sample,) = found.samples
    np.testing.assert_allclose(sample.others["q"], (raw * each).ravel()[sample.positions], rtol=1e-12)
    np.testing.assert_allclose(sample.scales["q"], each.ravel()[sample.positions], rtol=1e-12)
    assert set(sample.scales) == {"q"}


def test_only_shards_of_wanted_tensors_are_opened() -> None:
    shards = {
        f"model-{n:05d}-of-00004.safetensors": {f"model.layers.{n}.w": bf16(RNG.normal(size=(50, 900)))}
        for n in range(1, 5)
    }
    model = sharded(shards)
    found = open_weights(model, wanted=["layers.3.w"])
    assert set(found.tensors) == {"model.layers.3.w"}
    assert {file for file, _, _ in model.asked} == {"model-00003-of-00004.safetensors"}
    assert found.meter.requests == 1 and found.meter.bytes_read < 1_000
    with pytest.raises(CannotTell, match="none of the tensors"):
        open_weights(model, wanted=["layers.9.w"])


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    candidate, other = single(tensors(1), "a/m", "c" * 40), single(tensors(2), "b/m", "d" * 40)

    def stop(done: int, total: int, size: int) -> None:
        if done == 3 and total > 3 and size > 0:
            raise KeyboardInterrupt

    def run(folder: Path | None, progress: Progress | None = None) -> Reading:
        mine, theirs = open_weights(candidate, cache=folder), open_weights(other, cache=folder)
        return read_samples(mine, {"b": theirs}, plan_of(mine), budget=BUDGET, progress=progress)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, stop)
    assert len(candidate.asked) + len(other.asked) >= 3
    found = run(tmp_path)
    for model in (candidate, other):
        assert len(model.asked) == len(set(model.asked))  # nothing is asked for twice
    again = run(tmp_path)
    assert (again.cost.requests, again.cost.bytes_read) == (0, 0)
    for resumed in (found, again):
        for a, b in zip(resumed.samples, run(None).samples, strict=True):
            np.testing.assert_array_equal(a.candidate, b.candidate)
            np.testing.assert_array_equal(a.others["b"], b.others["b"])


def test_another_revision_is_not_taken_from_the_cache_and_a_broken_cache_is_ignored(tmp_path: Path) -> None:
    old = open_weights(single(tensors(1), "a/m", "c" * 40), cache=tmp_path)
    new = open_weights(single(tensors(3), "a/m", "d" * 40), cache=tmp_path)
    where = {UP: [(0, 50)]}
    assert not np.array_equal(read_values(old, where)[UP], read_values(new, where)[UP])
    for file in tmp_path.iterdir():
        file.write_bytes(b"no database" * 100)
    fresh = open_weights(single(tensors(3), "a/m", "d" * 40), cache=tmp_path)
    np.testing.assert_array_equal(read_values(fresh, where)[UP], values(tensors(3)[UP])[:50])


def test_beyond_the_budget_whole_tensors_are_left_out_by_lot() -> None:
    models = {"b": single(tensors(2))}
    full = read(single(tensors(1)), models)
    half = full.cost.bytes_read // 2
    part = read(single(tensors(1)), models, half)
    assert 0 < part.cost.bytes_read <= half
    assert {s.name for s in part.samples} | {o.name for o in part.left_out} == set(tensors(1))
    assert all(o.reason.startswith("budget") for o in part.left_out)
    again = read(single(tensors(1)), models, half)
    assert [s.name for s in again.samples] == [s.name for s in part.samples]
    assert not read(single(tensors(1)), models, 0).samples


@pytest.mark.parametrize("reason", ["network", "busy", "bad-data"])
def test_what_fails_is_left_out_and_the_rest_kept(reason: str) -> None:
    bad = single(tensors(2))
    mine = open_weights(single(tensors(1)))
    theirs = {"bad": open_weights(bad), "good": open_weights(single(tensors(3)))}
    first = theirs["bad"].tensors[UP]

    def spoil(file: str, start: int, end: int) -> bytes | None:
        if first.begin <= start < first.end:
            raise CardError("cannot be had", reason)  # type: ignore[arg-type]
        return None

    bad.spoil = spoil
    found = read_samples(mine, theirs, plan_of(mine), budget=BUDGET, sleep=lambda _: None)
    by_name = {s.name: set(s.others) for s in found.samples}
    assert by_name.pop(UP) == {"good"}
    assert all(models == {"bad", "good"} for models in by_name.values())
    assert [(o.name, o.reason) for o in found.left_out] == [(UP, "bad: cannot be had")]


def test_short_answers_are_no_values() -> None:
    short = single(tensors(2))
    theirs = {"b": open_weights(short)}
    short.spoil = lambda file, start, end: bytes(end - start - 1)
    mine = open_weights(single(tensors(1)))
    found = read_samples(mine, theirs, plan_of(mine), budget=BUDGET, sleep=lambda _: None)
    assert not found.samples
    assert {o.name for o in found.left_out} == set(tensors(1))
    assert all("ends before byte" in o.reason for o in found.left_out)


def test_a_busy_server_is_asked_again_and_a_dead_one_soon_left_alone() -> None:
    busy, pauses, tries = single(tensors(2)), [], dict[tuple[int, int], int]()
    mine, theirs = open_weights(single(tensors(1))), {"b": open_weights(busy)}

    def once(file: str, start: int, end: int) -> bytes | None:
        tries[start, end] = tries.get((start, end), 0) + 1
        if tries[start, end] == 1:
            raise CardError("too many requests", "busy")
        return None

    busy.spoil = once
    found = read_samples(mine, theirs, plan_of(mine), budget=BUDGET, sleep=pauses.append)
    assert len(found.samples) == 5 and not found.left_out and pauses == [1.0]

    many = {f"layers.{n}.w": bf16(RNG.normal(size=(80, 80))) for n in range(200)}
    dead = single(many)
    mine, theirs = open_weights(single(many)), {"b": open_weights(dead)}
    dead.asked.clear()

    def never(file: str, start: int, end: int) -> bytes | None:
        raise CardError("the Hub does not answer", "network")

    dead.spoil = never
    found = read_samples(mine, theirs, plan_of(mine, 400_000), budget=BUDGET, sleep=lambda _: None)
    assert not found.samples and len(found.left_out) == 200
    assert len(dead.asked) < 60


def test_nan_and_infinity_are_kept_and_counted() -> None:
    array = np.ones(64)
    array[3], array[4] = np.nan, np.inf
    found = read(single({NORM: bf16(array)}), {"b": single({NORM: bf16(np.ones(64))})})
    assert found.not_finite == 2
    assert np.isnan(found.samples[0].candidate[3]) and np.isinf(found.samples[0].candidate[4])


def test_ranges_near_each_other_are_one_request() -> None:
    ranges = [Range("m", "f", a, b) for a, b in ((0, 10), (500, 600), (550, 580), (5_000, 5_001))]
    assert [(r.start, r.end) for r in coalesce(ranges)] == [(0, 600), (5_000, 5_001)]
    assert [(r.start, r.end) for r in coalesce(ranges, gap=0)] == [(0, 10), (500, 600), (5_000, 5_001)]
    far = [Range("m", "f", n * 1_000, n * 1_000 + 999) for n in range(3_000)]
    assert max(r.end - r.start for r in coalesce(far)) <= MAX_SPAN_BYTES


def test_a_local_folder_and_a_missing_tensor(tmp_path: Path) -> None:
    stored = tensors(1)
    (tmp_path / "model.safetensors").write_bytes(single(stored).contents["model.safetensors"])
    local = open_weights(LocalSource(tmp_path, label="here"))
    less = {name: stored[name] for name in list(stored)[1:]}
    found = read_samples(local, {"b": open_weights(single(less))}, plan_of(local), budget=BUDGET)
    assert {s.name for s in found.samples} == set(less)
    assert [(o.name, o.reason) for o in found.left_out] == [(UP, "b: missing there")]
    assert all(np.array_equal(s.candidate, s.others["b"]) for s in found.samples)


def test_what_a_run_has_read_is_not_asked_for_again() -> None:
    candidate, other = single(tensors(1), "a/m"), single(tensors(2), "b/m")
    mine, theirs = open_weights(candidate), open_weights(other)
    first = read_samples(mine, {"b/m": theirs}, {UP: [(10, 40)], NORM: [(0, 64)]}, budget=BUDGET)
    again = read_samples(mine, {"b/m": theirs}, {UP: [(10, 40)], NORM: [(0, 64)]}, budget=BUDGET)
    assert first.cost.requests > 0 and (again.cost.requests, again.cost.bytes_read) == (0, 0)
    assert [s.candidate.tolist() for s in again.samples] == [s.candidate.tolist() for s in first.samples]


def test_ranges_in_memory_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_cache, "MAX_IN_MEMORY", 10)
    kept = range_cache.RangeMemory()
    for start in (0, 4, 8):
        kept.put("a", start, start + 4, bytes([start] * 4))
    kept.put("a", 0, 4, b"zzzz")
    assert [kept.get("a", start, start + 4) for start in (0, 4, 8)] == [b"\0" * 4, b"\4" * 4, None]
    assert kept.get("a", 0, 3) is None and kept.get("b", 0, 4) is None
