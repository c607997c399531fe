"""Digests of a model's own signature: a bundle as model-signing 1.1.1 writes it, and what is none."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard.full import run as running
from pytest_modelcard.full.options import FullOptions
from pytest_modelcard.full.signed import PREDICATE, signature_of
from pytest_modelcard.source.catalog import Catalog
from pytest_modelcard.source.local import LocalSource

from . import hub


def statement(folder: Path) -> dict[str, Any]:
    """In order of names, with the digest over all digests, as the tool has it."""
    digests = {p.name: hashlib.sha256(p.read_bytes()) for p in sorted(folder.iterdir())}
    root = hashlib.sha256(b"".join(d.digest() for d in digests.values())).hexdigest()
    files = [{"name": n, "algorithm": "sha256", "digest": d.hexdigest()} for n, d in digests.items()]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": folder.name, "digest": {"sha256": root}}],
        "predicateType": PREDICATE,
        "predicate": {"resources": files, "serialization": {"method": "files", "hash_type": "sha256"}},
    }


def sign(folder: Path, said: Any) -> None:
    envelope = {
        "payload": base64.b64encode(json.dumps(said).encode()).decode(),
        "signatures": [{"sig": "AA=="}],
    }
    (folder / "model.sig").write_text(json.dumps({"dsseEnvelope": envelope}))


def certified(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    file = folder / "out" / "certificate.json"
    summary = running.full_coverage(hub.evidence(folder), None, FullOptions(file), file)
    return summary, json.loads(file.read_text()), json.loads(Path(summary["statement"]).read_text())


def test_the_statement_joins_the_one_that_was_signed(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    said = statement(folder / hub.MERGED)
    sign(folder / hub.MERGED, said)
    summary, made, stated = certified(folder)
    assert summary["files_as_signed"] is True
    assert {f["as_signed"] for f in made["candidate"]["files"]} == {True}
    assert {f["as_signed"] for m in made["parents"] for f in m["files"]} == {None}
    assert made["candidate"]["signature"]["digest"] == said["subject"][0]["digest"]["sha256"]
    assert stated["subject"][-1] == said["subject"][0]


def test_files_changed_after_signing_are_told(tmp_path: Path) -> None:
    folder = hub.hub(tmp_path)
    said = statement(folder / hub.MERGED)
    weights = next(r for r in said["predicate"]["resources"] if r["name"].endswith(".safetensors"))
    weights["digest"] = "0" * 64
    sign(folder / hub.MERGED, said)
    summary, made, stated = certified(folder)
    assert summary["files_as_signed"] is False
    assert said["subject"][0] not in stated["subject"]
    assert len(stated["subject"]) == len(made["candidate"]["files"])


@pytest.mark.parametrize(
    ("bundle", "problem"),
    [
        ("{", "no bundle"),
        ("[]", "no bundle"),
        ('{"dsseEnvelope": {"payload": "***"}}', "no bundle"),
        ({"predicateType": "https://example.org/other"}, "its predicate is"),
        ({"predicateType": PREDICATE, "subject": [], "predicate": {"resources": []}}, "no bundle"),
        (
            {
                "predicateType": PREDICATE,
                "subject": [{"name": "m", "digest": {"sha256": "x"}}],
                "predicate": {"resources": []},
            },
            "no SHA-256",
        ),
        ("[" * 100_000, "no bundle"),
    ],
)
def test_what_is_no_signature_is_said(tmp_path: Path, bundle: Any, problem: str) -> None:
    (tmp_path / "README.md").write_text("# Model\n")
    if isinstance(bundle, str):
        (tmp_path / "model.sig").write_text(bundle)
    else:
        sign(tmp_path, bundle)
    (source,) = Catalog({}, offline=True).open(str(tmp_path))
    assert isinstance(source, LocalSource)
    found = signature_of(source)
    assert found is not None and problem in found.problem and not found.files
