"""Cards of a pull request in real Git checkouts: which are touched, and what the change does to them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.__main__ import main
from pytest_modelcard.review.checkout import Checkout
from pytest_modelcard.review.record import read_review
from pytest_modelcard.review.touched import touched_cards

GOOD = "---\nlicense: mit\nbase_model: lab/parent\n---\n\n# Model\n\nA model.\n"
BAD = GOOD.replace(
    "A model.",
    "This model is a merge of https://huggingface.co/lab/parent and https://huggingface.co/lab/second.",
)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "cards"


class Repository:
    """A Git repository with a branch `main` and a branch `edit`, and its pull request's merge."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str) -> str:
        known = {
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@b",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b",
        }
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", "-C", str(self.root), *args],
            check=True, capture_output=True, text=True, env={**os.environ, **known},
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None], branch: str = "main") -> str:
        if branch != self.git("branch", "--show-current"):
            self.git("checkout", "-q", "-B", branch)
        for path, text in files.items():
            place = self.root / path
            if text is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def merged(self, aside: dict[str, str | None] | None = None) -> dict[str, Any]:
        """Check out the merge of `edit` into `main`, which has moved on meanwhile; the event of the pull request."""
        head, parted = self.git("rev-parse", "edit"), self.git("rev-parse", "main")
        self.git("checkout", "-q", "main")
        self.commit(aside or {"notes.txt": "other work\n"})
        base = self.git("rev-parse", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "edit")
        assert parted != base
        return {"number": 1, "pull_request": {"number": 1, "head": {"sha": head}, "base": {"sha": base}}}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("GITHUB_EVENT_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    return Repository(tmp_path / "repo")


def _review(repo: Repository, event: dict[str, Any] | None, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit status and record."""
    folder = repo.root.parent
    if event is not None:
        (folder / "event.json").write_text(json.dumps(event))
        os.environ["GITHUB_EVENT_PATH"] = str(folder / "event.json")
    try:
        status = main(
            ["review", f"--root={repo.root}", f"--record={folder / 'record.json'}", "--offline", *options]
        )
    finally:
        os.environ.pop("GITHUB_EVENT_PATH", None)
    if status == 2:
        return status, {}
    review = read_review(folder / "record.json")
    return status, {
        "cards": [c.path for c in review.cards],
        "introduced": [f.id for c in review.cards for f in c.changes.introduced if f.severity == "error"],
        "fixed": [f.id for c in review.cards for f in c.changes.fixed if f.severity == "error"],
        "left": [f.id for c in review.cards for f in c.changes.left if f.severity == "error"],
        "review": review,
    }


def test_only_what_the_change_introduces_blocks(repo: Repository) -> None:
    repo.commit({"README.md": GOOD})
    head = repo.commit({"README.md": BAD}, "edit")
    status, found = _review(repo, repo.merged())
    assert status == 1
    assert found["cards"] == ["README.md"] and found["introduced"] == ["MC112[lab-second]"]
    assert found["review"].head == head and found["review"].base == repo.git("rev-parse", "main^1")
    assert _review(repo, None, "--base=main^1", "--fail-on=never", "README.md")[0] == 0


def test_what_was_there_before_does_not_block_unless_asked(repo: Repository) -> None:
    repo.commit({"README.md": BAD})
    repo.commit({"README.md": BAD + "\nMore words.\n"}, "edit")
    event = repo.merged()
    status, found = _review(repo, event)
    assert (status, found["introduced"], found["left"]) == (0, [], ["MC112[lab-second]"])
    assert _review(repo, event, "--block=all")[0] == 1


def test_a_change_that_mends_is_told(repo: Repository) -> None:
    repo.commit({"README.md": BAD})
    repo.commit({"README.md": GOOD}, "edit")
    status, found = _review(repo, repo.merged())
    assert (status, found["fixed"]) == (0, ["MC112[lab-second]"])


def test_a_new_card_is_introduced_whole_and_a_deleted_one_is_left_alone(repo: Repository) -> None:
    repo.commit({"models/old/README.md": BAD, "README.md": "# Our models\n"})
    repo.commit({"models/new/README.md": BAD, "models/old/README.md": None}, "edit")
    status, found = _review(repo, repo.merged())
    assert (status, found["cards"], found["introduced"]) == (
        1,
        ["models/new/README.md"],
        ["MC112[lab-second]"],
    )


def test_a_change_of_the_configuration_checks_its_card(repo: Repository) -> None:
    card = GOOD + "\n- **65,536 token context window**\n"
    config = json.dumps(
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "max_position_embeddings": 65536}
    )
    repo.commit({"m/README.md": card, "m/config.json": config, "other/README.md": BAD})
    repo.commit({"m/config.json": config.replace("65536", "4096")}, "edit")
    status, found = _review(repo, repo.merged())
    assert found["cards"] == ["m/README.md"]
    assert (status, found["introduced"]) == (1, ["MC603[65536]"])


def test_a_pull_request_cannot_waive_its_own_findings(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"README.md": GOOD})
    repo.commit({"README.md": BAD, "modelcard.toml": 'ignore = ["MC1"]\n'}, "edit")
    assert _review(repo, repo.merged())[0] == 1
    assert "take effect once merged" in capsys.readouterr().out


def test_but_the_base_may(repo: Repository) -> None:
    repo.commit({"README.md": GOOD, "modelcard.toml": 'ignore = ["MC1"]\n'})
    repo.commit({"README.md": BAD, "modelcard.toml": None}, "edit")
    assert _review(repo, repo.merged())[0] == 0


def test_a_link_cannot_have_a_file_of_the_machine_read(
    repo: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret.md").write_text(GOOD.replace("A model", "S3CR3T-W0RDS"), "utf-8")
    repo.commit({"README.md": GOOD, "config.json": "{}"})
    (repo.root / "README.md").unlink()
    (repo.root / "README.md").symlink_to(tmp_path / "secret.md")
    repo.commit({"config.json": '{"a": 1}'}, "edit")
    event = repo.merged()
    status, found = _review(repo, event, "README.md")
    assert (status, found["cards"]) == (1, []) and "no regular file" in found["review"].errors[0]
    assert _review(repo, event)[1]["cards"] == []
    (repo.root / "inside").symlink_to(tmp_path)
    assert _review(repo, event, "inside/secret.md")[1]["cards"] == []
    assert "S3CR3T" not in capsys.readouterr().out


def test_code_beside_the_card_is_not_run(repo: Repository, tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    repo.commit({"README.md": GOOD})
    repo.commit(
        {"README.md": BAD, "conftest.py": trap, "modeling_x.py": trap, "numpy.py": trap, "yaml.py": trap},
        "edit",
    )
    assert _review(repo, repo.merged())[0] == 1
    assert not (tmp_path / "ran").exists()


def test_a_shallow_checkout_of_the_merge_has_its_base(repo: Repository) -> None:
    repo.commit({"README.md": GOOD})
    repo.commit({"README.md": BAD}, "edit")
    event = repo.merged()
    for depth in ("1", "2"):
        clone = Repository.__new__(Repository)
        clone.root = repo.root.parent / f"clone{depth}"
        repo.git("clone", "-q", f"--depth={depth}", f"file://{repo.root}", str(clone.root))
        repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
        status, found = _review(clone, event)
        assert (status, found["introduced"]) == (1, ["MC112[lab-second]"])


def test_a_checkout_of_the_head_is_compared_with_where_it_left(repo: Repository) -> None:
    repo.commit({"README.md": GOOD, "other/README.md": GOOD})
    repo.commit({"README.md": BAD}, "edit")
    event = repo.merged({"other/README.md": BAD})
    repo.git("checkout", "-q", "edit")
    status, found = _review(repo, event)
    assert (status, found["cards"], found["introduced"]) == (1, ["README.md"], ["MC112[lab-second]"])


def test_a_base_that_cannot_be_had_is_explained(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"README.md": GOOD})
    event = {"pull_request": {"head": {"sha": "c" * 40}, "base": {"sha": "d" * 40}}}
    assert _review(repo, event)[0] == 2
    assert "fetch-depth: 2" in capsys.readouterr().err


def test_without_git_every_card_below_is_checked(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Repository.__new__(Repository)
    folder.root = repo.root.parent / "plain"
    (folder.root / "a").mkdir(parents=True)
    (folder.root / "a" / "README.md").write_text(BAD)
    (folder.root / "README.md").write_text("# Not a card\n")
    status, found = _review(folder, None)
    assert (status, found["cards"]) == (1, ["a/README.md"])
    assert "Not compared" in capsys.readouterr().out


def test_unchanged_files_are_linked_and_links_left_out(repo: Repository, tmp_path: Path) -> None:
    base = repo.commit({"w.safetensors": "x" * 1000, "config.json": "{}", "ä b/x.json": "1"})
    (repo.root / "out").symlink_to("/etc")
    repo.commit({"config.json": '{"a": 1}'}, "edit")
    target = tmp_path / "base"
    Checkout(repo.root).export(base, target)
    assert (target / "config.json").read_text() == "{}" and (target / "ä b" / "x.json").read_text() == "1"
    assert (target / "w.safetensors").samefile(repo.root / "w.safetensors")
    assert not (target / "out").exists()


@pytest.mark.parametrize(
    ("changed", "cards"),
    [
        (["m/config.json"], ["m/README.md"]),
        (["m/sub/model.safetensors"], ["m/README.md"]),
        (["m/.eval_results/gpqa.yaml"], ["m/README.md"]),
        (["m/figure.png", "m/README.md"], ["m/README.md"]),
        (["m/modeling_x.py"], ["m/README.md"]),
        (["m/train.py", "m/.github/x.json", "m/NOTES.md"], []),
        (["README.md", "docs/page.md", "data/README.md"], []),
        (["cards/one.md"], ["cards/one.md"]),
        (["m/gone.json", "../up.json", "/etc/x.json"], ["m/README.md"]),
        (["bare/config.json"], ["bare/README.md"]),
        (["package.json"], []),
    ],
)
def test_which_cards_are_touched(tmp_path: Path, changed: list[str], cards: list[str]) -> None:
    files = {
        "README.md": "# A program\n",
        "docs/page.md": "---\nlayout: page\nlanguage: en\n---\n",
        "data/README.md": "---\nlicense: mit\ntask_categories: [x]\n---\n",
        "m/README.md": GOOD,
        "m/NOTES.md": "# Notes\n",
        "cards/one.md": GOOD,
        "bare/README.md": "# No front matter\n",
        "bare/config.json": "{}",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert touched_cards(changed, tmp_path) == cards


def test_every_output_is_written(repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    repo.commit({"m/README.md": GOOD})
    repo.commit({"m/README.md": BAD}, "edit")
    out = [f"--json={tmp_path / 'report.json'}", f"--sarif={tmp_path / 'x.sarif'}", "--summary", "--annotate"]
    assert _review(repo, repo.merged(), *out)[0] == 1
    assert json.loads((tmp_path / "report.json").read_text())["card"]["source"] == "m/README.md"
    places = json.loads((tmp_path / "x.sarif").read_text())["runs"][0]["results"][0]["locations"]
    assert places[0]["physicalLocation"]["artifactLocation"]["uri"] == "m/README.md"
    assert "MC112" in (tmp_path / "summary.md").read_text()
    assert "failed" in (tmp_path / "output").read_text()


def test_annotations_stand_at_the_file_of_the_git_repository(
    repo: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"m/README.md": GOOD})
    repo.commit({"m/README.md": BAD}, "edit")
    _review(repo, repo.merged(), "--annotate")
    assert "::error file=m/README.md,line=8," in capsys.readouterr().out


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared cards beside the repository")
def test_the_edit_of_rios_card_introduces_the_undeclared_parent(repo: Repository) -> None:
    repo.commit({"README.md": (SHARED / "rio-3.5-open-397b.2026-06-13.md").read_text("utf-8")})
    repo.commit({"README.md": (SHARED / "rio-3.5-open-397b.md").read_text("utf-8")}, "edit")
    status, found = _review(repo, repo.merged(), "--weights=off")
    assert status == 1
    assert found["introduced"] == ["MC112[nex-agi-nex-n2-pro]"] and found["fixed"] == []
    assert "MC210[gains-over-base-model-qwen-3.5-397b]" in found["left"]
