"""A Git checkout as a pull request's run finds it: which commit it is compared with, what changed, the base's files.

Only reads: no hook, filter, attribute or configuration of the checked tree is executed.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import ModelCardError
from ..source.folders import repository_of

MAX_FILES = 50_000
#: Bytes of changed files written for the base revision; unchanged ones are linked and cost nothing.
MAX_BYTES = 2 << 30
SECONDS = 300
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
#: How far the history of a shallow clone is deepened, step by step, to find where two branches part.
_DEEPEN = (50, 500, 5000)


class CheckoutError(ModelCardError):
    """Git is missing, or what is asked for is not in this checkout; says what to do."""


class Checkout:
    """The work tree at `root`, which is the top level of a Git repository."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not (self.root / ".git").exists():
            raise CheckoutError(f"{root} is no Git checkout")

    def _git(self, *args: str, given: bytes = b"") -> bytes:
        """Standard output of a Git command; raises CheckoutError with its complaint."""
        settings = [
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.quotePath=false",
        ]
        if os.environ.get("GITHUB_ACTIONS") == "true":  # in a container the checkout belongs to another user
            settings += ["-c", f"safe.directory={self.root}"]
        try:
            done = subprocess.run(
                ["git", *settings, "-C", str(self.root), *args],
                input=given,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            )
        except FileNotFoundError:
            raise CheckoutError("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise CheckoutError(f"git {args[0]} did not end within {SECONDS} s") from None
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise CheckoutError(
                f"git {args[0]}: {told[-1] if told else f'exit status {done.returncode}'}"[:500]
            )
        return done.stdout

    def commit(self, revision: str = "HEAD") -> str | None:
        """The commit behind a revision; None where this checkout has none."""
        try:
            told = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
        except CheckoutError:
            return None
        return told.decode().strip()

    def parents(self, revision: str = "HEAD") -> list[str]:
        """Parents as the commit itself names them, also those that a shallow clone has not fetched."""
        head = self._git("cat-file", "-p", revision).split(b"\n\n", 1)[0].decode("utf-8", "replace")
        return [line.removeprefix("parent ") for line in head.splitlines() if line.startswith("parent ")]

    def fetched(self, commit: str) -> str:
        """The commit, fetched alone from "origin" where it is missing; raises CheckoutError with the remedy."""
        if not _COMMIT.fullmatch(commit):
            raise CheckoutError(f"{commit[:80]!r} is no commit of this checkout")
        if self.commit(commit) is None:
            try:
                self._git(
                    "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", "origin", commit
                )
            except CheckoutError as error:
                raise CheckoutError(
                    f"the base revision {commit[:12]} is not in the checkout and could not be fetched ({error}); "
                    "set `fetch-depth: 2` for actions/checkout (0 where `ref` is set)"
                ) from None
        return commit

    def fork_point(self, base: str) -> str:
        """Where HEAD left the base's branch; the base itself where the history at hand does not tell."""
        for depth in (0, *_DEEPEN):
            try:
                if depth:
                    self._git("fetch", "--quiet", "--no-tags", f"--deepen={depth}", "origin", base)
                return self._git("merge-base", base, "HEAD").decode().split()[0]
            except CheckoutError:
                continue
        return base

    def base_of(self, event: Mapping[str, Any]) -> str | None:
        """The commit a pull request's event is compared with; None for an event without one.

        A checkout of the merge that GitHub prepares has the base as its first parent; that of the head alone is
        compared with the point where it left the base's branch.
        """
        pull = event.get("pull_request")
        if not isinstance(pull, Mapping):
            return None
        head, base = pull["head"]["sha"], pull["base"]["sha"]
        parents = self.parents()
        if len(parents) == 2 and parents[1] == head:
            return self.fetched(parents[0])
        return self.fork_point(self.fetched(base))

    def changed(self, base: str) -> list[str]:
        """Paths that differ between the base and the work tree, deleted ones included; both names of a renamed file."""
        told = self._git(
            "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", base, "--"
        )
        return [os.fsdecode(path) for path in told.split(b"\0") if path]

    def export(self, base: str, folder: Path) -> None:
        """Write the base's files into an empty folder.

        Files that did not change are linked from the work tree, so that weights which Git LFS has fetched are there
        for both revisions. Links and submodules are left out.
        """
        changed = set(self.changed(base))
        wanted: list[tuple[str, Path]] = []
        entries = self._git("ls-tree", "-r", "-z", "--full-tree", base).split(b"\0")
        if len(entries) > MAX_FILES:
            raise CheckoutError(f"the base revision holds more than {MAX_FILES} files")
        for entry in filter(None, entries):
            facts, _, name = entry.partition(b"\t")
            mode, _, blob = facts.decode().split(" ")
            path = os.fsdecode(name)
            if not mode.startswith("100") or not _is_plain(path):
                continue
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if path in changed or not _link(self.root, path, place):
                wanted.append((blob, place))
        self._write(wanted)
        # the export is a repository's work tree like the head's, and of the same model
        (folder / ".git").mkdir()
        repo_id, _ = repository_of(self.root)
        if repo_id is not None:
            (folder / ".git" / "config").write_text(
                f'[remote "origin"]\n\turl = https://huggingface.co/{repo_id}\n', "utf-8"
            )

    def _write(self, wanted: list[tuple[str, Path]]) -> None:
        given = "".join(f"{blob}\n" for blob, _ in wanted).encode()
        if not given:
            return
        sizes = [int(n) for n in self._git("cat-file", "--batch-check=%(objectsize)", given=given).split()]
        if sum(sizes) > MAX_BYTES:
            raise CheckoutError(f"the base's changed files hold more than {MAX_BYTES >> 30} GiB")
        for blob, place in wanted:
            place.write_bytes(self._git("cat-file", "blob", blob))


def _is_plain(path: str) -> bool:
    """Whether a name out of a Git tree leads below the folder it is put in, and not into a `.git`."""
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and not any(p == ".." or p.lower() == ".git" for p in parts)


def _link(root: Path, path: str, place: Path) -> bool:
    """Whether an unchanged file could be taken from the work tree."""
    source = root / path
    try:
        if not stat.S_ISREG(source.lstat().st_mode) or source.parent.resolve() != (root / path).parent:
            return False
        try:
            os.link(source, place, follow_symlinks=False)
        except OSError:
            shutil.copyfile(source, place, follow_symlinks=False)
    except OSError:
        return False
    return True
