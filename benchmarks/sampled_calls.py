"""How many items decide a claimed score: the mixture of `evals.sequential` beside two other tests.

    python benchmarks/sampled_calls.py [--runs 2000] [--json FILE]

- fixed: the exact test of a sample of fixed size, drawn without replacement, with 95 % power at the true score;
- mixture: the project's sequential test, stopped as soon as it refutes;
- betting: Waudby-Smith and Ramdas (2024) without replacement, stakes by approximate GRAPA, kept under 3/4 of what
  may be lost; also stopped as soon as it refutes.

Then the same mixture confirming honest claims, its error rates on honest claims beside a Wilson interval looked at after
every item, what another model's answers to the same items save, and results counted as they come in from 64 requests
in flight. Needs numpy; about two minutes on one core.
"""

from __future__ import annotations

import argparse
import heapq
import json
from collections.abc import Callable, Iterator
from functools import cache
from math import lgamma, log, sqrt
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_modelcard.evals.sequential import SHORTFALL, Boundary, ScoreClaim, Shortfall, Tolerance
from pytest_modelcard.evals.sequential.alternatives import honest
from pytest_modelcard.evals.sequential.hypotheses import Process, against_honest

Counts = NDArray[np.int32]
Booleans = NDArray[np.bool_]

ALPHA = 0.01
#: (items of the benchmark, claimed score)
CLAIMS = ((89, 0.708), (198, 0.708), (198, 0.909), (12032, 0.708))
INFLATIONS = (0.05, 0.10, 0.18)
#: Paths are simulated this far; hardly any is longer, and none counts as shorter.
LONGEST = 5000


def paths(items: int, right: int, runs: int, longest: int, rng: np.random.Generator) -> Iterator[Counts]:
    """Right answers after each item of a random order, in chunks of runs."""
    population = np.zeros(items, dtype=np.int8)
    population[:right] = 1
    chunk = max(1, 4_000_000 // items)
    for start in range(0, runs, chunk):
        block = np.tile(population, (min(chunk, runs - start), 1))
        shuffled = rng.permuted(block, axis=1)[:, :longest]
        yield np.cumsum(shuffled, axis=1, dtype=np.int32)


def first(hits: Booleans, items: int) -> Counts:
    """The item at which each run was decided; all items where it was not before."""
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, items).astype(np.int32)


@cache
def boundary(items: int, least: int, margin: float | None, longest: int, alpha: float = ALPHA) -> Counts:
    """The most right answers that refute "at least `least` of `items`", after 1, 2, ... items."""
    process = Shortfall(items, least, SHORTFALL if margin is None else honest(margin))
    found = Boundary(process, alpha)
    return np.array([found.at(t) for t in range(1, longest + 1)], dtype=np.int32)


def hypergeometric(items: int, right: int, sample: int) -> NDArray[np.float64]:
    """The probability of 0, 1, ... right answers in a sample."""

    def choose(n: int, k: int) -> float:
        return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

    whole = choose(items, sample)
    logs = [
        choose(right, s) + choose(items - right, sample - s) - whole
        if s <= right and sample - s <= items - right
        else -np.inf
        for s in range(sample + 1)
    ]
    found: NDArray[np.float64] = np.exp(np.array(logs))
    return found


def fixed_size(items: int, least: int, right: int, power: float = 0.95) -> int:
    """The smallest sample whose exact test refutes with this power."""

    def enough(sample: int) -> bool:
        below = np.cumsum(hypergeometric(items, least, sample))
        critical = int(np.searchsorted(below, ALPHA, side="right"))  # counts under it refute
        return critical > 0 and float(hypergeometric(items, right, sample)[:critical].sum()) >= power

    low, high = 1, items
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    # power saws up and down with the sample's size: a smaller one may do as well
    return next(n for n in range(max(1, low - 60), items + 1) if enough(n))


def betting_calls(right_so_far: Counts, items: int, least: int, most: float = 0.75) -> Counts:
    """Items until betting refutes, approximate GRAPA, one run a row."""
    runs, longest = right_so_far.shape
    capital = np.zeros(runs)
    decided = np.full(runs, items)
    before = np.zeros(runs)
    variance_sum = np.full(runs, 0.25)
    for t in range(1, longest + 1):
        score = right_so_far[:, t - 1] - before
        mean = (0.5 + before) / t
        variance = variance_sum / t
        expected = np.clip((least - before) / (items - t + 1), 0, 1)
        gap = expected - mean
        stake = np.clip(gap / (variance + gap * gap), 0, most / np.maximum(1 - expected, 1e-9))
        capital += np.log(np.maximum(1 + stake * (expected - score), 1e-300))
        before = right_so_far[:, t - 1].astype(float)
        variance_sum += (score - (0.5 + before) / (t + 1)) ** 2
        hit = (capital >= -log(ALPHA)) | (least - before > items - t)
        decided = np.where(hit & (decided == items), t, decided)
        if t % 100 == 0 and (decided < items).all():
            break
    return decided.astype(np.int32)


def refuting(runs: int) -> list[dict[str, Any]]:
    rows = []
    for items, claim in CLAIMS:
        least, longest = round(items * claim), min(items, LONGEST)
        limits = boundary(items, least, None, longest)
        for inflation in INFLATIONS:
            right = round(items * (claim - inflation))
            mixture, betting = [], []
            for block in paths(items, right, runs, longest, np.random.default_rng(1)):
                mixture.append(first(block <= limits, items))
                betting.append(betting_calls(block, items, least))
            ours, theirs = np.concatenate(mixture), np.concatenate(betting)
            rows.append(
                {
                    "items": items,
                    "claim": claim,
                    "inflation": inflation,
                    "fixed": fixed_size(items, least, right),
                    "mixture": round(float(ours.mean()), 1),
                    "mixture_95": int(np.percentile(ours, 95)),
                    "mixture_se": round(float(ours.std() / sqrt(len(ours))), 1),
                    "betting": round(float(theirs.mean()), 1),
                }
            )
    return rows


def confirming(runs: int) -> list[dict[str, Any]]:
    rows = []
    for items, claim in CLAIMS:
        longest = min(items, LONGEST)
        for margin in (0.05, 0.10):
            wrong_least = items - int(items * (claim - margin) + 1e-9)
            limits = boundary(items, wrong_least, margin, longest)
            wrong = items - round(items * claim)
            blocks = paths(items, wrong, runs, longest, np.random.default_rng(2))
            used = np.concatenate([first(block <= limits, items) for block in blocks])
            rows.append(
                {
                    "items": items,
                    "claim": claim,
                    "margin": margin,
                    "mean": round(float(used.mean()), 1),
                    "p95": int(np.percentile(used, 95)),
                }
            )
    return rows


def honest_claims(runs: int, alpha: float = 0.05, after: int = 10) -> list[dict[str, Any]]:
    """Honest claims refuted: by the mixture, and by the upper end of a Wilson interval (one-sided) after every item."""
    rows = []
    z = NormalDist().inv_cdf(1 - alpha)
    for items, claim in CLAIMS:
        right, longest = round(items * claim), min(items, 2000)
        limits = boundary(items, right, None, longest, alpha)
        n = np.arange(1, longest + 1)
        ours = wilson = 0
        for block in paths(items, right, runs, longest, np.random.default_rng(3)):
            p = block / n
            top = (p + z * z / (2 * n) + z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
            wilson += int(((top < right / items) & (n >= after)).any(axis=1).sum())
            ours += int((block <= limits).any(axis=1).sum())
        rows.append(
            {"items": items, "claim": claim, "alpha": alpha, "mixture": ours / runs, "wilson": wilson / runs}
        )
    return rows


def run_noise(runs: int, items: int, claim: float = 0.708) -> dict[str, Any]:
    """Honest claims refuted where claim and run are two draws, items as sure as Beta(p, 1 - p): half the noise possible."""
    random, refuted = Random(6), {"none": 0, "3 sd": 0, "3.5 sd": 0}
    for _ in range(runs):
        chances = [random.betavariate(claim, 1 - claim) for _ in range(items)]
        claimed = max(sum(random.random() < c for c in chances), 1)
        random.shuffle(chances)
        answers = np.cumsum([random.random() < c for c in chances])
        for name, sds in (("none", 0.0), ("3 sd", 3.0), ("3.5 sd", 3.5)):
            share = Tolerance.run_noise(claimed / items, items, noise=0.5, sds=sds).share
            least = max(ScoreClaim.from_count(claimed, items).least(share), 1)
            refuted[name] += bool((answers <= boundary(items, least, None, items)).any())
    return {"items": items, **{name: count / runs for name, count in refuted.items()}}


def with_control(runs: int, claim: float = 0.708, inflation: float = 0.10) -> list[dict[str, Any]]:
    """Mean items to refute where another model of the same skill answered the same items, by how well its answers
    predict ours (R2, of right and wrong) and the share of the items that it answered; "turned": right for wrong."""
    kinds = [("none", 0.0, 0.0), *((f"R2 {r2:g}", r2, 1.0) for r2 in (0.0, 0.2, 0.39, 0.6))]
    kinds += [
        ("R2 0.39 for a half", 0.39, 0.5),
        ("R2 0.39 for a quarter", 0.39, 0.25),
        ("R2 0.39 turned", 0.39, 1.0),
    ]
    rows = []
    for items in (198, 12032):
        right, random = round(items * (claim - inflation)), Random(4)
        scores = [1.0] * right + [0.0] * (items - right)
        asked = ScoreClaim.from_count(round(items * claim), items)
        orders = [random.sample(range(items), min(items, LONGEST)) for _ in range(runs)]
        used: dict[str, list[int]] = {name: [] for name, _, _ in kinds}
        for todo in orders:
            for name, r2, share in kinds:
                predictions = None if name == "none" else _answers(scores, r2, share, random)
                if predictions is not None and name.endswith("turned"):
                    predictions = [1 - p for p in predictions]
                process = against_honest(asked, Tolerance.none(), SHORTFALL, predictions)
                used[name].append(_until_refuted(process, scores, todo))
        none = used["none"]
        for name, found in used.items():
            saved = np.array(none) - np.array(found)
            rows.append(
                {
                    "items": items,
                    "predicted": name,
                    "mean": round(sum(found) / runs, 1),
                    "saved": round(float(saved.mean()) / (sum(none) / runs), 3),
                    "saved_se": round(float(saved.std()) / sqrt(runs) / (sum(none) / runs), 3),
                }
            )
    return rows


def _until_refuted(process: Process, scores: list[float], todo: list[int]) -> int:
    for count, item in enumerate(todo, start=1):
        process.add(scores[item], item)
        if process.log_e >= -log(ALPHA):
            return count
    return len(todo)


def _answers(scores: list[float], r2: float, share: float, random: Random) -> list[float]:
    """Another model's answers to a random share of the items, their mean for the others."""
    mean, slope = sum(scores) / len(scores), sqrt(r2)
    known = random.sample(range(len(scores)), round(share * len(scores)))
    answers = {i: float(random.random() < mean + slope * (scores[i] - mean)) for i in known}
    rest = sum(answers.values()) / len(answers)
    return [answers.get(i, rest) for i in range(len(scores))]


def in_flight(
    runs: int,
    at_once: int,
    counted_in_order: bool,
    items: int = 198,
    claim: float = 0.708,
    margin: float = 0.05,
) -> float:
    """False confirmations of a claim inflated by the margin, wrong answers taking twice as long."""
    inflated = int(items * (claim - margin) + 1e-9)
    limits = boundary(items, items - inflated, margin, items)
    random, false = Random(5), 0
    for _ in range(runs):
        wrong = [True] * (items - inflated) + [False] * inflated
        random.shuffle(wrong)
        seen = 0
        came = range(items) if counted_in_order else completions(wrong, at_once, random)
        for t, item in enumerate(came):
            seen += wrong[item]
            if seen <= limits[t]:
                false += 1
                break
    return false / runs


def completions(wrong: list[bool], at_once: int, random: Random) -> Iterator[int]:
    """Items in the order in which they finish."""
    flying: list[tuple[float, int]] = []
    for item, bad in enumerate(wrong):
        now = 0.0
        if len(flying) == at_once:
            now, done = heapq.heappop(flying)
            yield done
        heapq.heappush(flying, (now + random.expovariate(1 / (2.0 if bad else 1.0)), item))
    while flying:
        yield heapq.heappop(flying)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    runs: int = options.runs
    found: dict[str, Any] = {"runs": runs, "alpha": ALPHA}

    def show(title: str, rows: list[dict[str, Any]], line: Callable[[dict[str, Any]], str]) -> None:
        print(f"\n{title}")
        for row in rows:
            print("  " + line(row))

    found["refute"] = refuting(runs)
    show(
        f"Mean items to refute, alpha {ALPHA}",
        found["refute"],
        lambda r: (
            f"N {r['items']:6} claim {r['claim']} inflated {r['inflation']:.2f}: fixed {r['fixed']:5}"
            f"  mixture {r['mixture']:7.1f} +- {r['mixture_se']:<4} ({r['mixture_95']})  betting {r['betting']:7.1f}"
        ),
    )
    found["confirm"] = confirming(runs)
    show(
        "Mean items to confirm an honest claim",
        found["confirm"],
        lambda r: (
            f"N {r['items']:6} claim {r['claim']} within {r['margin']:.2f}: {r['mean']:7.1f} ({r['p95']})"
        ),
    )
    found["honest"] = honest_claims(runs)
    show(
        "Honest claims refuted at a nominal 0.05, looking after every item",
        found["honest"],
        lambda r: (
            f"N {r['items']:6} claim {r['claim']}: mixture {r['mixture']:.3f}  Wilson {r['wilson']:.3f}"
        ),
    )
    found["run_noise"] = [run_noise(runs, items) for items in (89, 198)]
    show(
        "Honest claims refuted at alpha 0.01 where two runs differ by chance",
        found["run_noise"],
        lambda r: (
            f"N {r['items']:6}: no tolerance {r['none']:.3f}  3 standard deviations {r['3 sd']:.4f}  3.5 {r['3.5 sd']:.4f}"
        ),
    )
    found["control"] = with_control(max(runs // 10, 20))
    show(
        "Mean items to refute a claim 10 points too high, another model's answers to the same items at hand",
        found["control"],
        lambda r: (
            f"N {r['items']:6} {r['predicted']:22} {r['mean']:7.1f}  saved {r['saved']:6.1%} +- {r['saved_se']:.1%}"
        ),
    )
    found["in_flight"] = {
        **{str(n): in_flight(runs, n, counted_in_order=False) for n in (1, 32, 64)},
        "in order": in_flight(runs, 64, counted_in_order=True),
    }
    print("\nFalse confirmations at a nominal 0.01, by requests in flight:", found["in_flight"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
