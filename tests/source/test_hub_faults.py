"""Everything that goes wrong on the way ends in one clear sentence, and no token leaves the Hub."""

from __future__ import annotations

import socket
from functools import partial

import pytest

from pytest_modelcard.errors import CardError
from pytest_modelcard.source.catalog import Catalog
from pytest_modelcard.source.tokens import scrub
from pytest_modelcard.source.wire import Patience
from tests.hub import Bytes, Hub

README = "---\nlicense: mit\n---\n# Model\n"
TOKEN = "hf_aBcDeFgHiJkLmNoPqRsT"
FILES = {"README.md": README, "w.bin": Bytes(bytes(range(200)), lfs=True)}


class Clock:
    """Notes how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logged_in(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request carries a token; no message may."""
    hub.users[TOKEN] = "someone"
    monkeypatch.setenv("HF_TOKEN", TOKEN)


@pytest.fixture
def lib(hub: Hub, clock: Clock, logged_in: None) -> Catalog:
    hub.add("acme/model", FILES)
    return Catalog(endpoint=hub.endpoint, patience=Patience(read=0.5, sleep=clock))


def trouble(call) -> CardError:
    with pytest.raises(CardError) as caught:
        call()
    shown: BaseException | None = caught.value
    while shown is not None:
        assert TOKEN not in repr(shown)
        shown = shown.__cause__
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300
    return caught.value


def test_the_token_is_sent_to_the_hub(hub, lib):
    lib.open("acme/model")[0].read("README.md")
    assert {s.headers.get("authorization") for s in hub.seen} == {f"Bearer {TOKEN}"}


def test_a_token_the_client_may_not_use_is_not_sent(hub, lib, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
    lib.open("acme/model")
    assert "authorization" not in hub.seen[0].headers


def test_another_origin_gets_no_token(hub, lib, second_hub):
    repo = hub.repos["acme/model"]
    commit = repo.refs["main"]
    second_hub.add("acme/model").commits[commit] = repo.commits[commit]
    path = f"/acme/model/resolve/{commit}/w.bin"
    hub.fault("redirect", "/w.bin", location=second_hub.endpoint + path, headers={"X-Repo-Commit": commit})
    (source,) = lib.open("acme/model")
    assert source.read_range("w.bin", 3, 7) == bytes([3, 4, 5, 6])
    assert len(second_hub.seen) == 1 and "authorization" not in second_hub.seen[0].headers
    assert second_hub.seen[0].headers["range"] == "bytes=3-6"


def test_redirects_without_end(hub, lib):
    hub.fault("redirect", "/api/", location="/api/models/acme/model?again")
    assert "redirects without end" in str(trouble(lambda: lib.open("acme/model")))
    assert len(hub.seen) == 6


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://127.0.0.1/x", "http://[", "//["])
def test_a_redirect_to_what_is_no_web_address(hub, lib, location):
    hub.fault("redirect", "/api/", location=location)
    assert trouble(lambda: lib.open("acme/model")).reason == "bad-data"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again(hub, lib, clock, status):
    hub.fault("status", times=2, status=status)
    assert lib.open("acme/model")[0].read("README.md") == README.encode()
    assert clock.slept == [0.4, 0.8]


def test_a_server_that_stays_in_trouble(hub, lib):
    hub.fault("status", status=503)
    error = trouble(lambda: lib.open("acme/model"))
    assert error.reason == "busy" and "503" in str(error)
    assert len(hub.seen) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "2"},
        {"RateLimit": '"api";r=0;t=2'},
        {"Retry-After": "2", "RateLimit": '"api";r=0;t=9'},
    ],
)
def test_a_rate_limit_is_waited_for(hub, lib, clock, headers):
    hub.fault("status", times=2, status=429, headers=headers)
    lib.open("acme/model")
    assert clock.slept == [2.0, 2.0]


def test_a_long_rate_limit_is_not_waited_for(hub, lib, clock):
    hub.fault("status", status=429, headers={"Retry-After": "3600"})
    error = trouble(lambda: lib.open("acme/model"))
    assert error.reason == "busy" and "asks to wait 3600 s" in str(error)
    assert clock.slept == [] and len(hub.seen) == 1


def test_dropped_connections_are_tried_again(hub, lib):
    hub.fault("drop", "/api/", times=1)
    hub.fault("drop", "/resolve/", times=2)
    assert lib.open("acme/model")[0].read("README.md") == README.encode()
    hub.fault("drop")
    assert trouble(lambda: lib.model("acme/model2")).reason == "network"


def test_a_truncated_answer_is_tried_again(hub, lib):
    (source,) = lib.open("acme/model")
    hub.fault("truncate", "/resolve/", times=1, size=5)
    assert source.read("README.md") == README.encode()
    hub.fault("truncate", "/resolve/", size=5)
    error = trouble(lambda: source.read_range("w.bin", 0, 100))
    assert error.reason == "network" and "breaks off" in str(error)


def test_a_dead_hub_is_asked_once(hub, lib, clock):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = Catalog(endpoint=f"http://127.0.0.1:{probe.getsockname()[1]}", patience=Patience(sleep=clock))
        first = trouble(lambda: dead.open("acme/model"))
        again = [trouble(partial(dead.model, f"acme/m{i}")) for i in range(20)]
    assert first.reason == "network" and "cannot reach the Hub at http://127.0.0.1" in str(first)
    assert {str(e) for e in again} == {str(first)}
    assert dead.requests == 1 and clock.slept == []


def test_a_name_that_does_not_resolve(lib):
    dead = Catalog(endpoint="http://hub.invalid")
    assert trouble(lambda: dead.open("acme/model")).reason == "network"
    assert dead.requests == 1


@pytest.mark.parametrize(
    "endpoint", ["not an address", "http://[::1", "ftp://127.0.0.1", "http://127.0.0.1:99999"]
)
def test_a_wrong_endpoint(hub_cache, endpoint):
    trouble(lambda: Catalog(endpoint=endpoint).open("acme/model"))


def test_a_password_in_the_endpoint_is_not_shown(hub_cache):
    error = trouble(lambda: Catalog(endpoint=f"http://me:{TOKEN}@127.0.0.1:9").open("acme/model"))
    assert "cannot reach the Hub at http://***127.0.0.1:9" in str(error)


def test_a_hub_that_never_answers(hub, lib):
    hub.fault("delay", seconds=3)
    error = trouble(lambda: lib.open("acme/model"))
    assert error.reason == "network" and "no answer in time" in str(error)
    assert trouble(lambda: lib.model("acme/other")).reason == "network"
    assert lib.requests == 1


def test_a_slow_answer_does_not_give_up_the_hub(hub, lib):
    lib.open("acme/model")
    hub.fault("delay", times=1, seconds=3)
    hub.add("acme/base", FILES)
    assert trouble(lambda: lib.model("acme/slow")).reason == "network"
    assert lib.model("acme/base").read("README.md") == README.encode()


def test_much_lost_time_gives_up_the_hub(hub, clock, logged_in):
    hub.add("acme/model", FILES)
    lib = Catalog(endpoint=hub.endpoint, patience=Patience(sleep=clock, lost=0.0))
    hub.fault("status", "/gone")
    trouble(lambda: lib.model("acme/gone"))
    error = trouble(lambda: lib.model("acme/model"))
    assert error.reason == "network" and "not asked again" in str(error)


def test_a_trickle_is_cut_off(hub, clock, logged_in):
    hub.add("acme/model", {"README.md": "x" * 10_000})
    lib = Catalog(endpoint=hub.endpoint, patience=Patience(sleep=clock, total=0.5))
    (source,) = lib.open("acme/model")
    hub.fault("trickle", "/resolve/", size=100, seconds=0.05)
    error = trouble(lambda: source.read("README.md"))
    assert error.reason == "network" and "too slowly" in str(error)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("no-range", "ignores byte ranges"),
        ("wrong-range", "another byte range"),
        ("short-range", "another byte range"),
        ("no-commit", "names no commit"),
        ("other-commit", "sends commit ffffffffffff"),
    ],
)
def test_ranges_are_checked(hub, lib, kind, message):
    (source,) = lib.open("acme/model")
    hub.fault(kind, "/resolve/")
    error = trouble(lambda: source.read_range("w.bin", 10, 20))
    assert error.reason == "bad-data" and message in str(error)


@pytest.mark.parametrize("kind", ["no-commit", "other-commit", "altered", "html"])
def test_wrong_contents_are_refused_and_not_kept(hub, lib, kind):
    (source,) = lib.open("acme/model")
    hub.fault(kind, "/resolve/", times=1)
    assert trouble(lambda: source.read("README.md")).reason == "bad-data"
    assert source.read("README.md") == README.encode()


@pytest.mark.parametrize("kind", ["html", "huge"])
def test_answers_that_are_no_hubs(hub, lib, kind):
    hub.fault(kind, "/api/", size=40_000_000)
    error = trouble(lambda: lib.open("acme/model"))
    assert error.reason == ("bad-data" if kind == "html" else "too-large")
    assert lib.bytes_read < 1_000_000


@pytest.mark.parametrize("told", [[], 3, None, {}, {"sha": "main"}, {"sha": 3}, {"sha": "g" * 40}])
def test_info_that_names_no_commit(hub, lib, told, monkeypatch):
    monkeypatch.setattr("tests.hub.api.model_info", lambda *_: told)
    assert trouble(lambda: lib.open("acme/model")).reason == "bad-data"


@pytest.mark.parametrize(
    "siblings", [None, 3, [], [3], [{"size": 1}], [{"rfilename": 3, "size": "x", "lfs": 1}]]
)
def test_odd_lists_of_files_are_read_as_far_as_they_go(hub, lib, siblings, monkeypatch):
    commit = hub.repos["acme/model"].refs["main"]
    monkeypatch.setattr("tests.hub.api.model_info", lambda *_: {"sha": commit, "siblings": siblings})
    (source,) = lib.open("acme/model")
    assert {f.path for f in source.files()} <= {"README.md", "w.bin"}


def test_a_card_larger_than_the_bound(hub, lib):
    hub.repos["acme/model"].commit({"README.md": "x" * 1000})
    (source,) = lib.open("acme/model")
    assert trouble(lambda: source.read("README.md", limit=999)).reason == "too-large"
    assert hub.requests("resolve") == []
    hub.fault("status", "/api/", status=404)
    worker = Catalog(endpoint=hub.endpoint, pins=lib.pins())
    assert trouble(lambda: worker.open("acme/model")[0].read("README.md", limit=999)).reason == "too-large"


@pytest.mark.parametrize("status", [404, 401, 403, 418, 400])
def test_a_refusal_without_the_hubs_code_does_not_say_missing(hub, lib, status):
    hub.fault("status", status=status)
    assert trouble(lambda: lib.open("acme/model")).reason in ("gated", "other")


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {TOKEN}",
        f"https://me:{TOKEN}@example.org/x",
        "https://cdn.example.org/x?X-Amz-Signature=hf_aBcDeFgHiJkLmNoPqRsT",
        "authorization: bearer hf_aBcDeFgHiJkLmNoPqRsT",
    ],
)
def test_scrubbing(hub_cache, text):
    assert TOKEN not in scrub(text)


def test_scrubbing_a_token_of_another_form(hub_cache, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "an-oddly-shaped-secret")
    assert scrub("GET an-oddly-shaped-secret!") == "GET ***!"
