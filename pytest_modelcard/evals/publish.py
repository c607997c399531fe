"""Decided runs written for others: `.eval_results` of a model repository, and every-eval-ever records.

What is written says what it is. A run stops as soon as its claim is decided, so its mean is an estimate that leans to
the side that was decided; the interval holds however it stopped. Both stand in the notes, and no verifyToken ever.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell, CardError
from ..whole import write_whole
from .engine import Description, ItemResult
from .formats.dataset_tasks import task_ids
from .formats.eval_results import OwnResult, write_eval_results
from .formats.every_eval_ever import Finished, Written, write_every_eval_ever
from .formats.records import benchmark_of
from .recount import recount
from .sequential import order
from .store import Kept, read_store

if TYPE_CHECKING:
    from ..card.benchmarks import Benchmark
    from ..evidence import Evidence

#: Name of the file below a card's folder of results.
FILE = "pytest-modelcard.yaml"
MAX_NOTES = 1_500
_SAME = ("id", "claim", "model", "endpoint", "seed", "used", "seconds")


@dataclass(frozen=True, slots=True)
class Published:
    """Paths below a folder with their texts, and a sentence on each run that was left out."""

    files: Mapping[str, str]
    left_out: tuple[str, ...]


def published(form: str, evidence: Evidence, runs: Iterable[Mapping[str, Any]]) -> Published:
    """The runs of one card in a form: "eval_results" or "every_eval_ever"."""
    if form == "eval_results":
        return eval_results(evidence, runs)
    return every_eval_ever(evidence, runs, evidence.options.runs.store if evidence.options.runs else None)


def eval_results(
    evidence: Evidence, runs: Iterable[Mapping[str, Any]], at: datetime | None = None
) -> Published:
    """`.eval_results` of the card's own decided scores; the Hub needs the data set and its task's id for each."""
    found: list[OwnResult] = []
    left_out: list[str] = []
    date = (at or datetime.now(UTC)).strftime("%Y-%m-%d")
    for run in runs:
        try:
            if run["kind"] != "score":
                raise CannotTell("only scores of the card's own model are written there")
            _decided(run)
            benchmark = _benchmark(evidence, run)
            if benchmark is None or not benchmark.dataset:
                raise CannotTell("no data set of the Hub is known for it")
            task = _task_id(evidence, benchmark)
            revision = run["dataset_revision"]
            found.append(
                OwnResult(
                    benchmark.dataset,
                    task,
                    round(run["score"] * 100, 4 if run["used"] == run["items"] else 1),
                    revision=revision if _is_commit(revision) else "",
                    date=date,
                    notes=notes(run),
                )
            )
        except (CannotTell, CardError, ValueError) as error:
            left_out.append(f"{run['id']} is not in .eval_results: {error}")
    files = {FILE: write_eval_results(found)} if found else {}
    return Published(files, tuple(left_out))


def notes(run: Mapping[str, Any]) -> str:
    """What a number in `.eval_results` is, in words: the Hub has no field for an interval."""
    low, high = (f"{end * 100:.4g}" for end in run["interval"])
    claimed = sum(run["claimed"]) / 2 * 100
    used, items = run["used"], run["items"]
    if used == items:
        what = f"All {items} items, one run."
    else:
        what = (
            f"ESTIMATE, no full run: mean over {used} of {items} items drawn at random, stopped as soon as the claim was "
            "decided, so it leans to that side."
        )
    unread = run["unparsed"] + run["errors"]
    beside = f" {unread} answers not read or not had, counted neither way." if unread else ""
    settings = "; ".join(
        f"{words}: {', '.join(f'{k} ({v})' for k, v in run['settings'][who].items())}"
        for who, words in (
            ("stated", "stated by the card"),
            ("chosen", "set for the run"),
            ("assumed", "assumed"),
        )
        if run["settings"].get(who)
    )
    version = importlib.metadata.version("pytest-modelcard")
    text = (
        f"{what} A complete run scores from {low} to {high} ({run['level'] * 100:.4g} % interval, valid at any stop).{beside} "
        f"The card claims {claimed:.4g}: {run['verdict']} (alpha {run['alpha']:.2g}, tolerance "
        f"{run['tolerance'] * 100:.3g} points). Items: {run['dataset']} {run['dataset_revision'][:19]}, order by seed {run['seed'].rpartition(':')[2]}. "
        f"Served as {run['model']} by {run['engine']}, pytest-modelcard {version}. Settings {settings}."
    )
    text = " ".join(text.split())
    return text if len(text) <= MAX_NOTES else text[: MAX_NOTES - 1] + "…"


def every_eval_ever(evidence: Evidence, runs: Iterable[Mapping[str, Any]], store: Path | None) -> Published:
    """Records with their items; the items come from the store, so that it has to be there. Texts stay here."""
    files: dict[str, str] = {}
    left_out: list[str] = []
    kept: Kept | None = None
    for run in runs:
        try:
            if run["kind"] == "difference":
                raise CannotTell("a difference is no score of one model")
            _decided(run)
            if store is None:
                raise CannotTell("its items were not kept (--modelcard-store)")
            kept = kept or read_store(store)
            written = _record(evidence, run, kept)
            files[written.path], files[written.items_path] = written.record, written.items
        except (CannotTell, CardError, ValueError) as error:
            left_out.append(f"{run['id']} is not written for every-eval-ever: {error}")
    return Published(files, tuple(left_out))


def _record(evidence: Evidence, run: Mapping[str, Any], kept: Kept) -> Written:
    records = [r for r in kept.records if all(r.get(k) == run[k] for k in _SAME)]
    if not records:
        raise CannotTell("the store holds no record of it")
    record = records[-1]
    found = recount(kept, record)
    if found.wrong:
        raise CannotTell(f"its record does not follow from its items: {found.wrong[0]}")
    (key,) = record["keys"]
    told = kept.descriptions.get(key)
    if told is None:
        raise CannotTell("the store does not say what was asked")
    outcomes = found.verdict.used
    todo = order(record["at_hand"], record["seed"])[:outcomes]
    benchmark = _benchmark(evidence, run)
    model = run["other_model"] if run["kind"] == "other" else evidence.source.repo_id or evidence.card.name
    fields = ("engine", "version", "task", "dataset", "revision", "model", "settings")
    return write_every_eval_ever(
        Finished(
            model=model or "unknown",
            benchmark=benchmark.id if benchmark else run["benchmark"],
            description=Description(**{name: told[name] for name in fields}),
            verdict=replace(found.verdict, decision=run["verdict"], reason=run["reason"]),
            results=[
                _line_of(kept.items[key][index], record["counted"][0][n]) for n, index in enumerate(todo)
            ],
            ended=float(record["at"]),
            seed=run["seed"],
            hub_dataset=(benchmark.dataset or "") if benchmark else "",
            relationship="other",  # whether the maker of the model ran it is not known here
        )
    )


def _line_of(lines: Iterable[ItemResult], counted: Any) -> ItemResult:
    """The line that was counted, of several where an item was asked again."""
    found = list(lines)
    low = counted if isinstance(counted, int) else counted[0]
    return next((line for line in found if line.outcome.low == low), found[-1])


def _decided(run: Mapping[str, Any]) -> None:
    if run["verdict"] == "undecided" or run["doubted"]:
        raise CannotTell("its claim was not decided")
    if run["score"] is None:
        raise CannotTell("no answer of it was read in full")


def _benchmark(evidence: Evidence, run: Mapping[str, Any]) -> Benchmark | None:
    claim = next((c for c in evidence.card.claims if c.id == run["claim"]), None)
    return evidence.registry.get(claim.benchmark_id) if claim else None


def _task_id(evidence: Evidence, benchmark: Benchmark) -> str:
    """The id that the benchmark's data set gives its task: from its eval.yaml where that is at hand, else from a result
    that the repository holds already. Raises CannotTell."""
    dataset = benchmark.dataset or ""
    found = task_ids(evidence, benchmark)
    if not found:
        from .recorded import recordings

        found = {
            r.task
            for r in recordings(evidence).results
            if r.source == "eval_results" and r.dataset == dataset and r.task
        }
        found = {t for t in found if benchmark_of(evidence.registry, t) is benchmark} or found
    if len(found) != 1:
        raise CannotTell(
            f"its Hub task is not known; give the data set's eval.yaml: --modelcard-map={dataset}=FOLDER"
        )
    return found.pop()


def _is_commit(revision: str) -> bool:
    return len(revision) == 40 and all(c in "0123456789abcdef" for c in revision)


def write(folder: Path, published: Published, tell: Callable[[str], None]) -> None:
    """Write the files below a folder, and tell what was written and what was not."""
    for name, text in published.files.items():
        path = folder / name
        try:
            write_whole(path, text)
        except OSError as error:
            tell(f"{path} cannot be written: {error.strerror or error}")
            continue
        tell(f"wrote {path}")
    for sentence in published.left_out:
        tell(sentence)
