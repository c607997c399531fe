"""The real huggingface_hub client finds on the loopback Hub what it finds on the Hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from .contents import Bytes
from .repos import Hub

README = "---\nlicense: mit\n---\n# Model\n"


@pytest.fixture
def api(hub: Hub):
    from huggingface_hub import HfApi

    hub.users["hf_reader0000000000"] = "reader"
    return HfApi(endpoint=hub.endpoint, token="hf_reader0000000000")


def test_info_files_and_download(hub, api):
    weights = Bytes(bytes(1000), lfs=True)
    repo = hub.add("acme/model", {"README.md": README, "model.safetensors": weights, "a/b.json": "{}"})
    info = api.model_info("acme/model", files_metadata=True)
    assert info.sha == repo.refs["main"]
    assert {s.rfilename: s.size for s in info.siblings} == {
        "README.md": len(README),
        "a/b.json": 2,
        "model.safetensors": 1000,
    }
    hub.page_size = 1
    tree = list(api.list_repo_tree("acme/model", recursive=True))
    assert [t.path for t in tree if hasattr(t, "size")] == ["README.md", "a/b.json", "model.safetensors"]
    assert tree[-1].lfs.sha256 == weights.sha256
    path = api.hf_hub_download("acme/model", "README.md")
    assert Path(path).read_text() == README


def test_pull_requests_renames_and_lists(hub, api):
    repo = hub.add("acme/base", {"README.md": README})
    child = hub.add("acme/child", {"README.md": "1"}, info={"tags": ["base_model:acme/base"]})
    commit = child.commit({"README.md": "2"}, "refs/pr/1")
    refs = api.list_repo_refs("acme/child", include_pull_requests=True)
    assert [(r.ref, r.target_commit) for r in refs.pull_requests] == [("refs/pr/1", commit)]
    assert [m.id for m in api.list_models(filter="base_model:acme/base")] == ["acme/child"]
    hub.rename("acme/base", "acme/root")
    assert api.model_info("acme/base").id == "acme/root"
    assert api.model_info("acme/root").sha == repo.refs["main"]


def test_refusals_have_the_hubs_codes(hub, api):
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    hub.add("acme/gated", {"README.md": README}, gated=True)
    hub.add("acme/private", {"README.md": README}, private=True)
    hub.add("acme/open", {"README.md": README})
    with pytest.raises(GatedRepoError):
        api.hf_hub_download("acme/gated", "README.md")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("acme/private")
    with pytest.raises(RevisionNotFoundError):
        api.model_info("acme/open", revision="v9")
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download("acme/open", "none.txt")


def test_discussions(hub, api):
    hub.add("acme/model", {"README.md": README})
    opened = api.create_discussion("acme/model", "Title", description="first")
    said = api.comment_discussion("acme/model", opened.num, "second")
    api.edit_discussion_comment("acme/model", opened.num, said.id, "third")
    events = api.get_discussion_details("acme/model", opened.num).events
    assert [(e.author, e.content) for e in events] == [("reader", "first"), ("reader", "third")]
    assert [d.title for d in api.get_repo_discussions("acme/model")] == ["Title"]


def test_validate_yaml(hub):
    from huggingface_hub import get_session

    url = f"{hub.endpoint}/api/validate-yaml"
    good = get_session().post(url, json={"repoType": "model", "content": README})
    bad = get_session().post(url, json={"repoType": "model", "content": "---\nlicense: 3\n---\n"})
    assert (good.status_code, good.json()["errors"]) == (200, [])
    assert bad.status_code == 400 and "license" in bad.json()["errors"][0]["message"]


def test_a_file_is_made_on_demand(hub, api):
    class Counter:
        """400 GB of eight-byte counters."""

        size = 400 * 10**9
        sha256 = "a" * 64

        def read(self, start: int, end: int) -> bytes:
            first, last = start // 8, (end + 7) // 8
            made = b"".join(i.to_bytes(8, "little") for i in range(first, last))
            return made[start - first * 8 : end - first * 8]

    from huggingface_hub import get_session

    hub.add("acme/huge", {"model.safetensors": Counter()})
    place = 8 * 10**10
    reply = get_session().get(
        f"{hub.endpoint}/acme/huge/resolve/main/model.safetensors",
        headers={"Range": f"bytes={place}-{place + 15}"},
    )
    assert reply.status_code == 206
    assert reply.content == (10**10).to_bytes(8, "little") + (10**10 + 1).to_bytes(8, "little")
    assert reply.headers["Content-Range"] == f"bytes {place}-{place + 15}/{Counter.size}"
