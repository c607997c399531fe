"""The whole way, card to certificate: counts against the slow reference, digests, schema, statement, resuming."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard.full import run as running
from pytest_modelcard.full.engine import LocalEngine, Progress
from pytest_modelcard.full.kernel import Spec
from pytest_modelcard.full.options import FullOptions
from pytest_modelcard.full.plan import Group
from pytest_modelcard.full.settings import Result, Settings
from pytest_modelcard.full.statistics import Statistics
from pytest_modelcard.schemas import schema

from . import hub, reference


class Small(LocalEngine):
    """Blocks so small that every tensor has several, with an odd rest; keeps which groups it was given."""

    def __init__(self, workers: int = 1, fail_after: int | None = None) -> None:
        super().__init__(workers)
        self.given: list[str] = []
        self.fail_after = fail_after

    def map(
        self, groups: Sequence[Group], settings: Settings, progress: Progress | None
    ) -> Iterator[tuple[Group, Result]]:
        self.given = [group.name for group in groups]
        small = replace(settings, device="cpu", block=999, threads=3)
        for number, found in enumerate(super().map(groups, small, progress)):
            if number == self.fail_after:
                raise KeyboardInterrupt
            yield found


def certified(folder: Path, engine: LocalEngine | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report's summary and the certificate of the merge in the hub."""
    file = folder / "out" / "certificate.json"
    summary = running.full_coverage(
        hub.evidence(folder), None, FullOptions(file), file, engine=engine or Small()
    )
    return summary, json.loads(file.read_text()) if "file" in summary else {}


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    """Statistics of every tensor by the slow reference, from what is stored in the files."""
    stored = {id: tensors(folder / id) for id in (hub.ONE, hub.TWO, hub.MERGED)}
    out = {}
    for name in hub.SHAPES:
        found = [stored[id][name] for id in (hub.MERGED, hub.ONE, hub.TWO)]
        scale = None
        if name == hub.FP8:
            height, width = hub.SHAPES[name]
            scales = (
                stored[hub.MERGED][f"{name}_scale_inv"][1].view(np.float32).reshape(-(-height // 128), -1)
            )
            rows, columns = np.arange(height)[:, None] // 128, np.arange(width)[None, :] // 128
            scale = scales[rows, columns].reshape(-1).astype(np.float64)
        spec = Spec(
            found[0][0],
            ("BF16", "BF16"),
            (scale is not None, False, False),
            "linear",
            loaded="F32",
            merged="BF16" if scale is not None else "F32",
        )
        weights = [float(np.float32(w)) for w in hub.WEIGHTS]
        out[name] = reference.statistics(
            spec, [raw.tobytes() for _, raw in found], [scale, None, None], weights
        )
    return out


def tensors(folder: Path) -> dict[str, tuple[str, Any]]:
    out = {}
    for path in folder.glob("*.safetensors"):
        raw = path.read_bytes()
        length = int.from_bytes(raw[:8], "little")
        for name, entry in json.loads(raw[8 : 8 + length]).items():
            begin, end = entry["data_offsets"]
            out[name] = entry["dtype"], np.frombuffer(raw[8 + length + begin : 8 + length + end], np.uint8)
    return out


def change(path: Path, name: str, element: int, delta: int) -> None:
    """Move one 16-bit number of a file by some steps of its format."""
    raw = bytearray(path.read_bytes())
    length = int.from_bytes(raw[:8], "little")
    at = 8 + length + json.loads(raw[8 : 8 + length])[name]["data_offsets"][0] + 2 * element
    number = int.from_bytes(raw[at : at + 2], "little") + delta
    raw[at : at + 2] = number.to_bytes(2, "little")
    path.write_bytes(raw)


def holding(folder: Path, name: str) -> Path:
    return next(p for p in folder.glob("*.safetensors") if name.encode() in p.read_bytes()[:4000])


@pytest.mark.parametrize("workers", [1, 3])
def test_counts_are_those_of_the_reference(tmp_path: Path, workers: int) -> None:
    folder = hub.hub(tmp_path)
    query = "model.layers.1.self_attn.q_proj.weight"
    path = holding(folder / hub.MERGED, query)
    change(path, query, 3, 1)
    change(path, query, 4_000, 9)
    summary, made = certified(folder, Small(workers))
    wanted = expected(folder)
    assert summary["elements"] == sum(int(np.prod(s)) for s in hub.SHAPES.values())
    assert (summary["beside"], summary["elsewhere"], summary["reproduced"]) == (
        sum(w["beside"] for w in wanted.values()),
        sum(w["elsewhere"] for w in wanted.values()),
        False,
    )
    assert wanted[query]["beside"] == 1 and wanted[query]["elsewhere"] == 1
    for row in made["tensors"]:
        own = wanted[row["name"]]
        for key, value in own.items():
            assert row[key] == (value if isinstance(value, int) else pytest.approx(value, rel=1e-6)), (
                row["name"],
                key,
            )


def test_an_honest_merge_is_reproduced_and_its_certificate_valid(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    summary, made = certified(folder)
    assert summary["reproduced"] and summary["recipe"] == "declared" and summary["left_out"] == 0
    assert summary["telling"] == summary["telling_equal"] > 0
    jsonschema.Draft202012Validator(schema("certificate-v1")).validate(made)
    report = schema("report-v1")
    jsonschema.Draft202012Validator({"$ref": "#/$defs/certificate", "$defs": report["$defs"]}).validate(
        summary
    )
    told = {
        (m["id"], f["path"]): f["sha256"] for m in (made["candidate"], *made["parents"]) for f in m["files"]
    }
    real = {
        (id, path.name): hashlib.sha256(path.read_bytes()).hexdigest()
        for id in (hub.ONE, hub.TWO, hub.MERGED)
        for path in (folder / id).glob("*.safetensors")
    }
    assert told == real
    assert not list((folder / "out").glob("*.state"))


def test_the_statement_is_an_in_toto_statement_on_the_files(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    summary, made = certified(folder)
    statement = json.loads(Path(summary["statement"]).read_text())
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicate"] == made
    assert {(s["name"], s["digest"]["sha256"]) for s in statement["subject"]} == {
        (f["path"], f["sha256"]) for f in made["candidate"]["files"]
    }
    attestation = pytest.importorskip(
        "in_toto_attestation.v1.statement_pb2", reason="needs in-toto-attestation"
    )
    from google.protobuf import json_format
    from in_toto_attestation.v1.statement import Statement

    parsed = json_format.Parse(json.dumps(statement), attestation.Statement())
    Statement.copy_from_pb(parsed).validate()


def test_a_run_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    whole, _ = certified(folder)
    all_groups = Small()
    certified(folder, all_groups)
    with pytest.raises(KeyboardInterrupt):
        certified(folder, Small(fail_after=2))
    state = folder / "out" / "certificate.json.state"
    with state.open("a") as file:
        file.write('{"group": "torn')
    again = Small()
    summary, made = certified(folder, again)
    assert len(again.given) == len(all_groups.given) - 2 and set(again.given) < set(all_groups.given)
    assert made["run"]["bytes_resumed"] > 0
    kept = ("elements", "equal", "beside", "elsewhere", "telling", "telling_equal", "reproduced")
    assert {k: summary[k] for k in kept} == {k: whole[k] for k in kept}


def test_nothing_is_taken_over_once_a_file_has_changed(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        certified(folder, Small(fail_after=2))
    query = "model.layers.0.self_attn.q_proj.weight"
    change(holding(folder / hub.ONE, query), query, 0, 3)
    again = Small()
    summary, made = certified(folder, again)
    assert made["run"]["bytes_resumed"] == 0
    assert summary["equal"] == summary["elements"] - 1


def test_a_file_that_changes_meanwhile_ends_it(tmp_path: Path) -> None:
    class Meddling(Small):
        def map(self, groups: Any, settings: Any, progress: Any) -> Iterator[tuple[Group, Result]]:
            yield from super().map(groups, settings, progress)
            path = next((folder / hub.ONE).glob("*.safetensors"))
            path.write_bytes(path.read_bytes())

    folder = hub.hub(tmp_path)
    assert "changed while it was read" in certified(folder, Meddling())[0]["missing"]


def test_a_short_file_and_a_recipe_that_is_not_there_are_told(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path / "a", config="merge_method: dare_ties\nmodels: []\n")
    assert "dare_ties" in certified(folder)[0]["missing"]
    folder = hub.hub(tmp_path / "b")
    path = next((folder / hub.ONE).glob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-100])
    assert certified(folder)[0].keys() == {"missing"}


def test_statistics_add_up_in_any_order_and_survive_json() -> None:
    from pytest_modelcard.full.statistics import from_dict

    one = Statistics(10, 8, 1, 5, 4, 10, 0.5, 0.25, 0.25, (1.0, 2.0, 3.0))
    two = Statistics(4, 4, 0, 0, 0, 4, 0.0, 0.0, 0.125, (0.5, 0.0, 0.0))
    assert one + two == two + one == from_dict((one + two).as_dict())
    assert (one + two).elsewhere == 1 and Statistics() + one == one
    with pytest.raises(ValueError, match="do not add"):
        one + Statistics(1, gram=(1.0,))
