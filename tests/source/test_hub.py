"""Reading models from a Hub: pinned, cached, cheap, and clear about what cannot be read."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_modelcard.errors import CardError, UnknownCard
from pytest_modelcard.source.catalog import Catalog
from tests.hub import Bytes, Hub

README = "---\nlicense: mit\n---\n# Model\n"
TOKEN = "hf_aBcDeFgHiJkLmNoPqRsT"


def library(hub: Hub, **settings) -> Catalog:
    return Catalog(endpoint=hub.endpoint, **settings)


def log_in(monkeypatch: pytest.MonkeyPatch, token: str = TOKEN) -> None:
    monkeypatch.setenv("HF_TOKEN", token)


def trouble(call) -> CardError:
    with pytest.raises(CardError) as caught:
        call()
    assert TOKEN not in repr(caught.value) and "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_one_card_costs_two_requests(hub):
    repo = hub.add(
        "acme/model", {"README.md": README, "config.json": "{}", "w.bin": Bytes(b"w" * 99, lfs=True)}
    )
    lib = library(hub)
    (source,) = lib.open("acme/model")
    assert source.read("README.md") == README.encode()
    assert [(f.path, f.size) for f in source.files()] == [
        ("README.md", len(README)),
        ("config.json", 2),
        ("w.bin", 99),
    ]
    assert source.files()[2].sha256 == Bytes(b"w" * 99, lfs=True).sha256
    commit = repo.refs["main"]
    assert hub.requests() == [
        "GET /api/models/acme/model?blobs=true",
        f"GET /acme/model/resolve/{commit}/README.md",
    ]
    assert (source.revision, lib.requests, lib.pins()) == (commit, 2, {"acme/model": commit})
    assert lib.bytes_read > len(README)


def test_the_default_hub_is_the_clients(hub):
    hub.add("acme/model", {"README.md": README})
    assert Catalog().open("acme/model")[0].read("README.md") == README.encode()


def test_the_pinned_commit_is_read_when_main_moves(hub):
    repo = hub.add("acme/model", {"README.md": "old"})
    lib = library(hub)
    (source,) = lib.open("acme/model")
    old = repo.refs["main"]
    repo.commit({"README.md": "new", "more.txt": "x"})
    assert source.read("README.md") == b"old"
    assert [f.path for f in source.files()] == ["README.md"]
    assert lib.model("acme/model").read("README.md") == b"old"
    assert source.revision == old
    assert library(hub).open("acme/model")[0].read("README.md") == b"new"


def test_pins_are_used_without_asking_again(hub):
    repo = hub.add("acme/model", {"README.md": "old", "a.json": "[]"})
    first = library(hub)
    first.open("acme/model")
    repo.commit({"README.md": "new"})
    hub.seen.clear()
    worker = library(hub, pins=first.pins())
    (source,) = worker.open("acme/model")
    assert source.read("README.md") == b"old"
    assert [f.path for f in source.files()] == ["README.md", "a.json"]
    assert len(hub.requests()) == 1 and hub.requests("api/") == []


def test_pins_remember_a_new_name(hub):
    hub.add("acme/old", {"README.md": README})
    hub.rename("acme/old", "acme/new")
    first = library(hub)
    first.open("acme/old")
    (source,) = library(hub, pins=first.pins()).open("acme/old")
    assert source.repo_id == "acme/new" and source.read("README.md") == README.encode()


@pytest.mark.parametrize(
    "typed", ["acme/model@v1", "acme/model@refs/pr/1", "acme/model/refs/pr/1", "acme/model@COMMIT"]
)
def test_revisions(hub, typed):
    repo = hub.add("acme/model", {"README.md": "main"})
    repo.commit({"README.md": "tag"}, "v1")
    sha = repo.commit({"README.md": "pr"}, "refs/pr/1")
    (source,) = library(hub).open(typed.replace("COMMIT", sha))
    assert source.read("README.md") == (b"tag" if typed.endswith("v1") else b"pr")


def test_a_long_list_of_files_comes_page_by_page(hub, monkeypatch):
    hub.add(
        "acme/model", {"README.md": README, **{f"f{i:03}.txt": "x" for i in range(50)}, "sub/é x.txt": "y"}
    )
    hub.page_size = 20
    monkeypatch.setattr("pytest_modelcard.source.hub.MAX_JSON_BYTES", 12_000)
    (source,) = library(hub).open("acme/model")
    assert len(source.files()) == 52
    assert len(hub.requests("/tree/")) == 3
    assert source.read("sub/é x.txt") == b"y"


def test_what_the_clients_cache_holds_is_not_fetched_again(hub, hub_cache):
    from huggingface_hub import HfApi

    hub.add("acme/model", {"README.md": README})
    path = HfApi(endpoint=hub.endpoint).hf_hub_download("acme/model", "README.md")
    hub.seen.clear()
    (source,) = library(hub).open("acme/model")
    assert source.read("README.md") == Path(path).read_bytes()
    assert hub.requests("resolve") == []


def test_the_client_finds_what_was_cached_here(hub, hub_cache):
    from huggingface_hub import try_to_load_from_cache

    hub.add("acme/model", {"sub/README.md": README})
    (source,) = library(hub).open("acme/model")
    source.read("sub/README.md")
    found = try_to_load_from_cache("acme/model", "sub/README.md")
    assert Path(found).read_text() == README and Path(found).is_symlink()


def test_offline_reads_the_cache_and_says_what_is_not_in_it(hub, hub_cache):
    repo = hub.add("acme/model", {"README.md": README, "config.json": "{}"})
    library(hub).open("acme/model")[0].read("README.md")
    hub.seen.clear()
    lib = library(hub, offline=True)
    (source,) = lib.open("acme/model")
    assert source.read("README.md") == README.encode()
    assert source.revision == repo.refs["main"]
    assert [f.path for f in source.files()] == ["README.md", "config.json"]
    error = trouble(lambda: source.read("config.json"))
    assert (error.reason, "not in the Hub client's cache" in str(error)) == ("offline", True)
    assert trouble(lambda: source.read_range("config.json", 0, 1)).reason == "offline"
    assert trouble(lambda: lib.open("acme/other")).reason == "offline"
    assert trouble(lambda: lib.model("acme/other")).reason == "offline"
    assert hub.seen == []


def test_the_clients_offline_switch_is_honoured(hub, monkeypatch):
    from huggingface_hub import constants

    hub.add("acme/model", {"README.md": README})
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert trouble(lambda: library(hub).open("acme/model")).reason == "offline"
    assert hub.seen == []


def test_ranges(hub):
    hub.add("acme/model", {"w.bin": Bytes(bytes(range(256)), lfs=True)})
    (source,) = library(hub).open("acme/model")
    assert source.read_range("w.bin", 10, 20) == bytes(range(10, 20))
    assert source.read_range("w.bin", 5, 5) == b""
    assert "ends before byte 300" in str(trouble(lambda: source.read_range("w.bin", 250, 300)))
    assert trouble(lambda: source.read_range("gone.bin", 0, 1)).reason == "missing"


def test_renamed(hub):
    hub.add("acme/old", {"README.md": README})
    hub.rename("acme/old", "acme/new")
    (source,) = library(hub).open("acme/old")
    assert (source.repo_id, source.renamed_from, source.label) == ("acme/new", "acme/old", "acme/old")
    assert source.read("README.md") == README.encode()


def test_missing_models_and_revisions_name_no_card(hub):
    hub.add("acme/model", {"README.md": README})
    with pytest.raises(UnknownCard, match=r"does not exist on the Hub, or is private: .*hf auth login"):
        library(hub).open("acme/gone")
    with pytest.raises(UnknownCard, match="has no revision v9"):
        library(hub).open("acme/model@v9")
    assert trouble(lambda: library(hub).model("acme/gone")).reason == "missing"
    assert trouble(lambda: library(hub).model("no id at all")).reason == "missing"


def test_a_model_without_a_card(hub):
    hub.add("acme/model", {"config.json": "{}"})
    (source,) = library(hub).open("acme/model")
    error = trouble(lambda: source.read("README.md"))
    assert error.reason == "missing" and "README.md" in str(error)
    assert hub.requests("resolve") == []


@pytest.mark.parametrize("logged_in", [False, True])
def test_gated_private_and_disabled(hub, monkeypatch, logged_in):
    hub.users[TOKEN] = "someone"
    if logged_in:
        log_in(monkeypatch)
    hub.add("acme/gated", {"README.md": README}, gated=True)
    hub.add("acme/private", {"README.md": README}, private=True)
    hub.add("acme/disabled", {"README.md": README}, disabled=True)
    (gated,) = library(hub).open("acme/gated")
    error = trouble(lambda: gated.read("README.md"))
    assert error.reason == "gated" and "ask for access at https://huggingface.co/acme/gated" in str(error)
    private = trouble(lambda: library(hub).model("acme/private"))
    assert private.reason == "missing" and "or is private" in str(private)
    assert ("the token in use may not see it" in str(private)) is logged_in
    assert "disabled" in str(trouble(lambda: library(hub).model("acme/disabled")))


def test_with_access_all_can_be_read(hub, monkeypatch):
    hub.users[TOKEN] = "someone"
    log_in(monkeypatch)
    hub.add("acme/gated", {"README.md": README}, gated=True, allowed={TOKEN})
    hub.add("acme/private", {"README.md": README}, private=True, allowed={TOKEN})
    for name in ("acme/gated", "acme/private"):
        assert library(hub).open(name)[0].read("README.md") == README.encode()


def test_a_token_that_is_refused_is_not_a_missing_model(hub, monkeypatch):
    log_in(monkeypatch)
    hub.add("acme/model", {"README.md": README})
    error = trouble(lambda: library(hub).open("acme/model"))
    assert error.reason == "gated" and "refuses the token" in str(error)


def test_other_models_are_opened_once_and_bounded(hub, monkeypatch):
    monkeypatch.setattr("pytest_modelcard.source.catalog.MAX_OTHERS", 2)
    for i in range(3):
        hub.add(f"acme/m{i}", {"README.md": README})
    lib = library(hub)
    assert lib.model("acme/m0") is lib.model("acme/m0")
    trouble(lambda: lib.model("acme/gone"))
    trouble(lambda: lib.model("acme/gone"))
    assert len(hub.requests()) == 2
    assert "more models than one run opens" in str(trouble(lambda: lib.model("acme/m2")))


def test_models_that_the_hub_lists_are_not_counted_with_those_a_card_names(hub, monkeypatch):
    monkeypatch.setattr("pytest_modelcard.source.catalog.MAX_OTHERS", 1)
    for i in range(3):
        hub.add(f"acme/m{i}", {"README.md": README}, info={"tags": ["base_model:acme/base"]})
    lib = library(hub)
    listed = [one.id for one in lib.descendants("acme/base")]
    assert sorted(listed) == ["acme/m0", "acme/m1", "acme/m2"]
    assert [lib.model(name).repo_id for name in listed] == listed
    hub.add("acme/named", {"README.md": README})
    assert lib.model("acme/named").repo_id == "acme/named"


def test_models_are_looked_up_side_by_side_and_each_once(hub):
    hub.latency = 0.05
    for i in range(4):
        hub.add(f"acme/m{i}", {"README.md": README})
    lib = library(hub)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lib.model, [f"acme/m{i % 4}" for i in range(8)]))
    assert all(found[i] is found[i + 4] for i in range(4))
    assert len(hub.requests("/api/")) == 4


def test_other_models_are_bounded_in_time(hub, monkeypatch):
    monkeypatch.setattr("pytest_modelcard.source.catalog.MAX_OTHERS_SECONDS", -1.0)
    hub.add("acme/m0", {"README.md": README})
    assert trouble(lambda: library(hub).model("acme/m0")).reason == "busy"
    assert hub.seen == []


def test_threads_share_one_library(hub):
    hub.add("acme/model", {"README.md": README, "config.json": "{}"})
    lib = library(hub)
    got: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: got.append(lib.model("acme/model").read("README.md")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [README.encode()] * 8
    assert len(hub.requests("api/")) == 1


def test_hostile_names_of_files_lead_nowhere(hub, hub_cache):
    hub.add("acme/model", {"README.md": README, "../../evil": "x", "a/../../b": "y", "C:\\x": "z"})
    (source,) = library(hub).open("acme/model")
    assert [f.path for f in source.files()] == ["README.md"]
    assert trouble(lambda: source.read("../../evil")).reason == "bad-data"
    assert {p.name for p in hub_cache.iterdir()} == {"models--acme--model"}
