"""The identity probe as data and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .safe import visible

if TYPE_CHECKING:
    from ..evidence import Evidence

#: Names shown; a quote of each, of so many characters.
MAX_NAMES, QUOTE = 8, 100


def identity_told(evidence: Evidence) -> dict[str, Any] | None:
    """The card's probe as plain data; None, without any import, where none was made."""
    if evidence.options.identity is None:
        return None
    probe = evidence.peek("identity")
    if probe is None:
        return None
    from ..identity.record import identity_dict

    return identity_dict(probe)


def identity_lines(identity: Mapping[str, Any]) -> Iterator[str]:
    """A line for each name that was given, then what was asked."""
    shown = [n for n in identity["names"] if n["count"] or n["kind"] == "own"][:MAX_NAMES]
    others = [{**n, "kind": "not known"} for n in identity["other_names"] if n["count"] > 1]
    shown += others[: max(MAX_NAMES - len(shown), 0)]
    width = max((len(visible(n["name"], 40)) for n in shown), default=0)
    width = max(width, len("name given"))
    yield f"{'name given':<{width}}  {'':<10}  {'answers':>7}  {'share':>7}  {'interval (99 %)':>17}  for example"
    for name in shown:
        low, high = name["interval"]
        quote = visible(name["quotes"][0]["answer"], QUOTE) if name["quotes"] else ""
        yield (
            f"{visible(name['name'], 40):<{width}}  {name['kind']:<10}  {name['count']:>7}  {_percent(name['share']):>7}  "
            f"{_percent(low):>6} to {_percent(high):>7}  {quote}"
        ).rstrip()
    system = identity["system_prompt"]
    sent = "no system message" if system["sent"] is None else f'system message "{system["sent"]}"'
    unread = identity["unreadable"] + identity["errors"]
    beside = f", {unread} not read or not had" if unread else ""
    kept = f", {identity['reused']} answers of an earlier run" if identity["reused"] else ""
    tokens = identity["tokens"]["prompt"] + identity["tokens"]["completion"]
    yield (
        f"identity: {identity['asked']} of {identity['questions']} questions ({sent}), {identity['answers']} answers{beside}; "
        f"{identity['calls']:,} calls, {tokens:,} tokens, {identity['seconds']:.1f} s{kept}"
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
