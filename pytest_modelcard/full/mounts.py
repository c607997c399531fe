"""Whether a file lies on a disk of this machine: what is on a network may fail in the middle, and a mapped file cannot say so."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
#: File systems on disks, or in memory, of this machine.
LOCAL = frozenset(
    [
        "bcachefs",
        "btrfs",
        "erofs",
        "exfat",
        "ext2",
        "ext3",
        "ext4",
        "f2fs",
        "ntfs3",
        "overlay",
        "ramfs",
        "squashfs",
        "tmpfs",
        "vfat",
        "xfs",
        "zfs",
    ]
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def on_this_machine(path: Path) -> bool:
    """False where it is not known, as on other systems than Linux."""
    try:
        return file_system(path.resolve(), MOUNTS.read_text("utf-8", "surrogateescape")) in LOCAL
    except OSError:
        return False


def file_system(path: Path, mounts: str) -> str:
    """The type of the file system that holds an absolute path; mounts: as Linux tells them (proc_pid_mountinfo(5))."""
    best, found = -1, ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        columns, kind = fields.split(" "), rest.split(" ")[0]
        if len(columns) < 5 or not kind:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), columns[4]))
        # Of two mounted in one place, the later covers the earlier.
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), kind
    return found
