"""Fixtures `hub`, `second_hub` and `hub_cache`, known to all tests (see `pytest_plugins` in conftest.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .repos import Hub
from .server import serve


@pytest.fixture
def hub_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Hub client with an empty home and cache of its own, no token, and no wish to count its users.

    The client reads its environment when it is imported, so both are set: the environment for processes that
    a test starts, the client's constants for this one.
    """
    from huggingface_hub import constants

    home = tmp_path_factory.mktemp("hf-home")
    for name in (
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "HF_ENDPOINT",
        "HF_HUB_OFFLINE",
        "TRANSFORMERS_OFFLINE",
    ):
        monkeypatch.delenv(name, raising=False)
    places = {"HF_HOME": home, "HF_HUB_CACHE": home / "hub", "HF_ASSETS_CACHE": home / "assets"}
    for name, value in {**places, "HF_TOKEN_PATH": home / "token"}.items():
        monkeypatch.setenv(name, str(value))
        monkeypatch.setattr(constants, name, str(value))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return home / "hub"


@pytest.fixture
def hub(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A running loopback Hub, which the client takes for its default."""
    from huggingface_hub import constants

    with serve(Hub()) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        monkeypatch.setattr(constants, "ENDPOINT", running.endpoint)
        template = running.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield running


@pytest.fixture
def second_hub(hub_cache: Path) -> Iterator[Hub]:
    """Another origin: a server that a redirect may lead to."""
    with serve(Hub()) as running:
        yield running
