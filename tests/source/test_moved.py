"""The Hub is asked once where a large file lies, not once a range; an address that expired is asked for anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_modelcard.errors import CardError
from pytest_modelcard.source import moved
from pytest_modelcard.source.catalog import Catalog
from pytest_modelcard.source.moved import Moved, Place
from pytest_modelcard.source.wire import Patience
from tests.hub import Bytes, Hub

RAW = bytes(range(200))
TOKEN = "hf_aBcDeFgHiJkLmNoPqRsT"


@pytest.fixture
def catalog(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    hub.redirects = True
    hub.users[TOKEN] = "someone"
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.add(
        "acme/model", {"README.md": "# Model\n", "w.bin": Bytes(RAW, lfs=True), "v.bin": Bytes(RAW, lfs=True)}
    )
    return Catalog(endpoint=hub.endpoint, patience=Patience(sleep=lambda _: None))


def asked(hub: Hub) -> tuple[int, int]:
    """Requests to the Hub for files, and to the content server."""
    return len(hub.requests("/resolve/")), len(hub.requests("/content/"))


def test_many_ranges_of_a_file_ask_the_hub_once(hub, catalog):
    source = catalog.model("acme/model")
    for start in range(0, 100, 10):
        assert source.read_range("w.bin", start, start + 7) == RAW[start : start + 7]
    assert asked(hub) == (1, 10)
    assert source.read_range("v.bin", 3, 9) == RAW[3:9]
    assert asked(hub) == (2, 11)


def test_threads_share_an_address(hub, catalog):
    source = catalog.model("acme/model")
    source.read_range("w.bin", 0, 1)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: source.read_range("w.bin", at, at + 5), range(64)))
    assert found == [RAW[at : at + 5] for at in range(64)]
    assert asked(hub) == (1, 65)


def test_the_content_server_gets_no_token(hub, catalog):
    source = catalog.model("acme/model")
    for start in (0, 50):
        source.read_range("w.bin", start, start + 7)
    sent = {("/content/" in s.path, s.headers.get("authorization")) for s in hub.seen}
    assert sent == {(False, f"Bearer {TOKEN}"), (True, None)}


def test_an_address_that_expired_is_asked_for_anew(hub, catalog):
    source = catalog.model("acme/model")
    source.read_range("w.bin", 0, 7)
    hub.signature = "2"
    assert source.read_range("w.bin", 7, 14) == RAW[7:14]
    assert source.read_range("w.bin", 14, 21) == RAW[14:21]
    assert asked(hub) == (2, 4)  # of the four one was refused


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_asks_the_hub_and_no_more_than_once(hub, catalog, status):
    source = catalog.model("acme/model")
    source.read_range("w.bin", 0, 7)
    refuses = hub.fault("status", "/content/", status=status)
    with pytest.raises(CardError):
        source.read_range("w.bin", 7, 14)
    assert asked(hub) == (2, 3)
    hub.faults.remove(refuses)
    assert source.read_range("w.bin", 7, 14) == RAW[7:14]


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_a_try_that_failed_asks_the_hub_again(hub, catalog, kind):
    source = catalog.model("acme/model")
    source.read_range("w.bin", 0, 7)
    hub.fault(kind, "/content/", times=1, size=3)
    assert source.read_range("w.bin", 7, 14) == RAW[7:14]
    assert asked(hub) == (2, 3)


@pytest.mark.parametrize("kind", ["no-range", "wrong-range", "short-range"])
def test_ranges_of_a_kept_address_are_checked(hub, catalog, kind):
    source = catalog.model("acme/model")
    source.read_range("w.bin", 0, 7)
    hub.fault(kind, "/content/", times=1)
    with pytest.raises(CardError, match="byte range"):
        source.read_range("w.bin", 7, 14)
    assert source.read_range("w.bin", 7, 14) == RAW[7:14]


def test_a_redirect_that_names_another_commit_is_not_believed(hub, catalog):
    source = catalog.model("acme/model")
    hub.fault("other-commit", "/resolve/", times=1)
    with pytest.raises(CardError, match="sends commit ffffffffffff"):
        source.read_range("w.bin", 0, 7)
    assert source.read_range("w.bin", 0, 7) == RAW[:7]


def test_kept_addresses_are_bounded(monkeypatch):
    monkeypatch.setattr(moved, "MAX_KEPT", 3)
    kept = Moved()
    places = {name: Place(f"https://cdn.example/{name}", {}) for name in "abcd"}
    for name in "abc":
        kept.keep(name, places[name])
    kept.get("a")
    kept.keep("d", places["d"])
    assert [kept.get(name) for name in "abcd"] == [places["a"], None, places["c"], places["d"]]
    kept.forget("a", Place(places["a"].url, {}))  # another's newer address
    assert kept.get("a") is places["a"]
