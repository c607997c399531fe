import os

import pytest
from hypothesis import settings

pytest_plugins = ["pytester", "tests.hub.fixture"]

# A slow or busy machine is no failure: no deadline per example.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take many seconds wait for the trials (`.ci/run`), where all of them run."""
    if os.environ.get("PYTEST_MODELCARD_TRIALS"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: runs with the trials (PYTEST_MODELCARD_TRIALS)"))
