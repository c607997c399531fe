"""A loopback Hub for tests: what the real huggingface_hub client needs, and faults on demand.

    hub.add("acme/model", {"README.md": "# Model"})
    hub.fault("429", match="/resolve/", times=2, headers={"Retry-After": "1"})

`Hub` (repos.py) is the state, `server.py` speaks HTTP, `fixture.py` has the pytest fixtures.
"""

from .contents import Bytes, Content
from .faults import Fault
from .repos import Hub, Repo
from .server import serve

__all__ = ["Bytes", "Content", "Fault", "Hub", "Repo", "serve"]
