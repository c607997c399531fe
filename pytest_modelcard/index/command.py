"""`index add CARD...`, `index list`, `index search CARD`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell, CardError, ModelCardError, PolicyError

if TYPE_CHECKING:
    from ..source.base import Source
    from ..source.catalog import Catalog
    from ..weights.opened import Weights

DEFAULT = Path("modelcard-index.jsonl")
#: Lines that `search` prints where no other number is asked for.
SHOWN = 10


def add_command(commands: Any) -> None:
    """Add `index` to the commands of the parser."""
    index = commands.add_parser(
        "index", help="keep sketches of models in a file, and find the nearest of one"
    )
    actions = index.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="read a few kilobytes of each model's weights and keep them")
    add.add_argument("cards", nargs="+", metavar="CARD", help="a Hub id or a folder")
    listing = actions.add_parser("list", help="the models of the index")
    search = actions.add_parser("search", help="the models of the index that are nearest to one")
    search.add_argument("card", metavar="CARD", help="a Hub id or a folder")
    search.add_argument("--base", metavar="CARD", help="compare changes of this model, too")
    search.add_argument("--number", type=int, default=SHOWN, help=f"how many to show (default: {SHOWN})")
    for action, run in ((add, _add), (listing, _list), (search, _search)):
        action.add_argument("--index", type=Path, default=DEFAULT, metavar="FILE", help=f"default: {DEFAULT}")
        action.set_defaults(run=lambda options, run=run: _run(run, options))
    for action in (add, search):
        action.add_argument("--map", action="append", default=[], metavar="org/name=PATH")
        action.add_argument("--offline", action="store_true", help="never use the network")


def _run(run: Any, options: argparse.Namespace) -> int:
    import importlib.util

    if importlib.util.find_spec("numpy") is None:
        print("an index needs numpy: pip install 'pytest-modelcard[weights]'", file=sys.stderr)
        return 2
    try:
        return int(run(options))
    except (CannotTell, ModelCardError) as error:
        print(_shown(str(error)), file=sys.stderr)
        return 2


def _add(options: argparse.Namespace) -> int:
    """Add or renew models; 1 where some could not be read, the others are kept."""
    from ..lineage.index import added, entry_of, read_index, write_index
    from ..weights.sketch import sketch

    catalog, failed = _catalog(options), 0
    entries = read_index(options.index) if options.index.exists() else []
    for card in options.cards:
        try:
            for source in _sources(catalog, card):
                opened = _open(source)
                entry = entry_of(_id(source, card, catalog, options.index), source.revision, sketch(opened))
                entries = added(entries, entry)
                revision = f"@{entry.revision[:12]}" if entry.revision else ""
                print(
                    f"added {_shown(entry.id)}{revision}: {opened.meter.bytes_read / 1e3:.1f} KB in "
                    f"{opened.meter.requests} requests"
                )
        except (CannotTell, CardError) as error:
            print(_shown(f"{card}: {error}"), file=sys.stderr)
            failed += 1
    if failed < len(options.cards):
        write_index(options.index, entries)
    return 1 if failed else 0


def _list(options: argparse.Namespace) -> int:
    from ..lineage.index import read_index

    entries = read_index(options.index)
    for e in sorted(entries, key=lambda e: (e.key, e.id.lower())):
        print(f"{e.key[:8]}  {_shown(e.id)}{f'@{e.revision[:12]}' if e.revision else ''}")
    print(f"{len(entries)} models of {len({e.key for e in entries})} architectures")
    return 0


def _search(options: argparse.Namespace) -> int:
    """Print the nearest models; 1 where the index has none of the architecture."""
    from ..lineage.index import nearest, read_index
    from ..weights.sketch import sketch

    catalog = _catalog(options)
    entries = read_index(options.index)
    made = [
        sketch(_open(next(_sources(catalog, card))))
        for card in (options.card, options.base)
        if card is not None
    ]
    found = nearest(entries, *made)
    if not found:
        print(f"none of {len(entries)} models has this architecture")
        return 1
    print("similarity  equal   " + ("change  " if options.base else "") + "model")
    for near in found[: max(1, options.number)]:
        change = f"{near.change:6.3f}  " if near.change is not None else "     -  "
        print(
            f"{near.similarity:10.5f} {100 * near.equal:5.1f} %  {change if options.base else ''}{_shown(near.entry.id)}"
        )
    return 0


def _catalog(options: argparse.Namespace) -> Catalog:
    from ..source.catalog import Catalog

    maps = {}
    for given in options.map:
        id, sign, path = given.partition("=")
        if not sign or not Path(path).is_dir():
            raise PolicyError(f"--map {given!r} is not of the form org/name=PATH with an existing folder")
        maps[id] = Path(path)
    return Catalog(maps, offline=options.offline)


def _sources(catalog: Catalog, card: str) -> Iterator[Source]:
    yield from catalog.open(card)


def _open(source: Source) -> Weights:
    from ..weights.opened import open_weights

    return open_weights(source)


def _id(source: Source, typed: str, catalog: Catalog, index: Path) -> str:
    """The repository's id; for other folders their path relative to the index, with a dot in front."""
    from ..lineage.index import is_relative

    root: Path | None = getattr(source, "root", None)
    if source.repo_id and (root is None or source.revision or typed in catalog.maps):
        return source.repo_id
    if root is None:
        raise CannotTell(f"{source.label} has no repository id")
    try:
        relative = Path(os.path.relpath(root.resolve(), index.resolve().parent)).as_posix()
    except ValueError:  # on another drive
        raise CannotTell(
            f"{root} lies on another drive than the index; name it with --map org/name=PATH"
        ) from None
    relative = relative if relative.split("/")[0] == ".." else f"./{relative}"
    if not is_relative(relative):
        raise CannotTell(f"an index cannot name the folder {root}; name it with --map org/name=PATH")
    return relative


def _shown(text: str) -> str:
    from ..report.safe import visible

    return visible(text, 500)
