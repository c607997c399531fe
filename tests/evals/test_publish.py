"""Decided runs written for others, as the Hub's client and every-eval-ever read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pytest_modelcard.card.benchmarks import Benchmark, Registry
from pytest_modelcard.evals.publish import eval_results, every_eval_ever, notes, write
from pytest_modelcard.evidence import Evidence
from pytest_modelcard.schemas import schema
from tests.evals.runs import GAIN, Bench, card
from tests.evals.server import model, serving
from tests.support import MemoryCatalog, MemorySource

HERE = Path(__file__).parent / "formats"
DATASET = "acme/harbour-qa"
TASKS = "name: Harbour\nevaluation_framework: inspect-ai\ntasks:\n- id: harbour_qa\n- id: dock_qa\n"


def _evidence(files: dict[str, str | bytes] | None = None, maps: dict[str, Path] | None = None) -> Evidence:
    source = MemorySource({"README.md": card([GAIN]), **(files or {})}, "acme/acme-7b")
    catalog = MemoryCatalog({})
    catalog.maps = maps or {}
    known = [
        Benchmark(id, name, items=300, dataset=DATASET)
        for id, name in (("harbour-qa", "HarbourQA"), ("dock-qa", "DockQA"))
    ]
    return Evidence(source, catalog, Registry.default().extended(known))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """A run that refuted its claim, and the store with its items."""
    bench = Bench(tmp_path_factory.mktemp("ran"))
    with serving(model(0.4)) as fake:
        report = bench.report(card([GAIN]), fake, store=bench.folder / "kept.jsonl")
    (only,) = report.runs
    return dict(only), (bench.folder / "kept.jsonl").read_text()


@pytest.fixture
def run(ran: tuple[dict[str, Any], str]) -> dict[str, Any]:
    return ran[0]


@pytest.fixture
def store(ran: tuple[dict[str, Any], str], tmp_path: Path) -> Path:
    path = tmp_path / "store.jsonl"
    path.write_text(ran[1])
    return path


def _mapped(tmp_path: Path, text: str = TASKS) -> dict[str, Path]:
    folder = tmp_path / "dataset"
    folder.mkdir(exist_ok=True)
    (folder / "eval.yaml").write_text(text)
    return {DATASET: folder}


def test_eval_results_say_that_they_are_estimates(run: dict[str, Any], store: Path, tmp_path: Path) -> None:
    found = eval_results(_evidence(maps=_mapped(tmp_path)), [run])
    assert not found.left_out
    (text,) = found.files.values()
    data = yaml.safe_load(text)
    jsonschema.validate(data, schema("eval-results-v1"))
    (entry,) = data
    assert entry["dataset"] == {"id": DATASET, "task_id": "harbour_qa"}, "a file's checksum is no revision"
    assert entry["value"] == round(run["score"] * 100, 1)
    assert "verifyToken" not in text
    said = entry["notes"]
    low, high = (f"{end * 100:.4g}" for end in run["interval"])
    assert said.startswith("ESTIMATE, no full run") and f"from {low} to {high}" in said
    assert f"{run['used']} of 300 items" in said and "claims 70.7: refuted" in said and "assumed" in said


def test_the_hubs_client_reads_them(run: dict[str, Any], store: Path, tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    if not hasattr(hub, "parse_eval_result_entries"):
        pytest.skip("this huggingface_hub reads no .eval_results")
    (text,) = eval_results(_evidence(maps=_mapped(tmp_path)), [run]).files.values()
    (entry,) = hub.parse_eval_result_entries(yaml.safe_load(text))
    assert (entry.dataset_id, entry.task_id, entry.verify_token) == (DATASET, "harbour_qa", None)
    assert entry.notes.startswith("ESTIMATE")


def test_a_complete_run_is_no_estimate(run: dict[str, Any], store: Path, tmp_path: Path) -> None:
    said = notes({**run, "used": 300, "items": 300})
    assert said.startswith("All 300 items") and "ESTIMATE" not in said


def test_the_task_may_stand_in_the_repository_already(
    run: dict[str, Any], store: Path, tmp_path: Path
) -> None:
    own = f"- dataset: {{id: {DATASET}, task_id: harbour_qa}}\n  value: 70.7\n"
    found = eval_results(_evidence({".eval_results/own.yaml": own}), [run])
    assert "task_id: harbour_qa" in found.files["pytest-modelcard.yaml"]


@pytest.mark.parametrize("tasks", [None, "tasks: 3\n", "tasks:\n- id: other\n- id: another\n", "[" * 1000])
def test_without_a_task_of_the_hub_nothing_is_written(
    run: dict[str, Any], tmp_path: Path, tasks: str | None
) -> None:
    found = eval_results(_evidence(maps=None if tasks is None else _mapped(tmp_path, tasks)), [run])
    assert not found.files
    assert "Hub task is not known" in found.left_out[0] and DATASET in found.left_out[0]


@pytest.mark.parametrize("change", [{"verdict": "undecided"}, {"doubted": True}])
def test_what_is_not_decided_is_not_written(
    run: dict[str, Any], store: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    run = {**run, **change}
    for found in (
        eval_results(_evidence(maps=_mapped(tmp_path)), [run]),
        every_eval_ever(_evidence(), [run], store),
    ):
        assert not found.files and "not decided" in found.left_out[0]


def test_every_eval_ever_follows_its_schema_and_keeps_texts_here(
    run: dict[str, Any], store: Path, tmp_path: Path
) -> None:
    found = every_eval_ever(_evidence(), [run], store)
    assert not found.left_out
    record_path, items_path = sorted(found.files, key=len)
    record = json.loads(found.files[record_path])
    jsonschema.Draft7Validator(json.loads((HERE / "every-eval-ever-0.3.0.json").read_text())).validate(record)
    rows = [json.loads(line) for line in found.files[items_path].splitlines()]
    for row in rows:
        jsonschema.Draft7Validator(
            json.loads((HERE / "every-eval-ever-0.3.0-instance.json").read_text())
        ).validate(row)
    assert len(rows) == run["used"] and sum(r["evaluation"]["is_correct"] for r in rows) == run["correct"]
    (result,) = record["evaluation_results"]
    interval = result["score_details"]["uncertainty"]["confidence_interval"]
    assert [interval["lower"], interval["upper"]] == pytest.approx(run["interval"])
    assert result["score_details"]["details"]["verdict"] == "refuted"
    assert record["model_info"]["id"] == "acme/acme-7b"
    assert "What is number" not in "".join(found.files.values())


def test_items_that_are_not_those_of_the_run_are_not_written(
    run: dict[str, Any], store: Path, tmp_path: Path
) -> None:
    store.write_text(store.read_text().replace('"low": 1.0, "high": 1.0', '"low": 0.0, "high": 0.0'))
    found = every_eval_ever(_evidence(), [run], store)
    assert not found.files and "does not follow" in found.left_out[0]
    assert "no record" in every_eval_ever(_evidence(), [{**run, "used": 1}], store).left_out[0]
    assert "not kept" in every_eval_ever(_evidence(), [run], None).left_out[0]


def test_files_that_cannot_be_written_are_told(run: dict[str, Any], store: Path, tmp_path: Path) -> None:
    found = eval_results(_evidence(maps=_mapped(tmp_path)), [run])
    told: list[str] = []
    (tmp_path / "taken").write_text("a file")
    write(tmp_path / "taken", found, told.append)
    assert len(told) == 1 and "cannot be written" in told[0]
    write(tmp_path / "out", found, told.append)
    assert (tmp_path / "out" / "pytest-modelcard.yaml").is_file() and told[1].startswith("wrote ")


def test_answers_that_were_not_read_are_told(run: dict[str, Any], store: Path, tmp_path: Path) -> None:
    assert "3 answers not read or not had, counted neither way" in notes({**run, "unparsed": 2, "errors": 1})
    assert "not read" not in notes(run)
