"""Which elements of each tensor are read: the same places for everyone who knows the seed and the tensor's
name.

The places come from SHA-256 of (seed, name, block, draw), a counter-based generator that any language has:
one range can be derived again without the others. Tensors that are small for the budget are read whole,
others as a few blocks of consecutive elements, one in each of equally large parts, so that they spread over
rows and experts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from . import names
from .header import DTYPE_BITS

#: Bytes of one tensor: below the least, a weight is not fixed well; beyond the most, nothing is gained.
LEAST_BYTES = 1_024
MOST_BYTES = 32_768
#: A tensor of at most this many times its share is read whole.
WHOLE = 4
#: Of experts stored one by one, so many of each layer are read.
EXPERTS = 8
#: (elements, blocks): the larger a tensor, the more places.
_BLOCKS = ((2**24, 4), (2**20, 2), (0, 1))
#: Bytes of a block at least: in a matrix a second place is worth a request of its own only beyond it; a stack of
#: experts is many matrices, of which one place would show one.
_BLOCK_BYTES, _STACKED_BLOCK_BYTES = 2_048, 1_024
_STEP = 64

Tensors = Mapping[str, tuple[Sequence[int], str]]
Blocks = list[tuple[int, int]]


def plan(tensors: Tensors, *, seed: int, budget_bytes: int) -> dict[str, Blocks]:
    """Blocks (start, count), in elements, to read of each tensor: name -> (shape, dtype) of one model.

    At most `budget_bytes` bytes of that model in all. Where they do not suffice for every tensor, whole
    layers are chosen, evenly spread, each with all its families; a tensor that is not read is not in the
    result.
    """
    sizes = {name: _bytes(shape, dtype) for name, (shape, dtype) in tensors.items()}
    sizes = {name: size for name, size in sizes.items() if size > 0}
    chosen = _some_experts(sizes, seed)
    if sum(_cost(sizes[n], LEAST_BYTES) for n in chosen) > budget_bytes:
        chosen = _some_layers(chosen, sizes, budget_bytes)
    share = _share([sizes[n] for n in chosen], budget_bytes)
    return {name: blocks(name, *tensors[name], seed=seed, share=share) for name in chosen}


def blocks(name: str, shape: Sequence[int], dtype: str, *, seed: int, share: int) -> Blocks:
    """The blocks of one tensor for a share of `share` bytes; sorted, apart from each other, inside rows where
    these are long enough.
    """
    elements, size = math.prod(shape), _bytes(shape, dtype)
    if size <= WHOLE * share:
        return [(0, elements)]
    width = max(1, shape[-1])
    rows = elements // width
    block_bytes = _BLOCK_BYTES if len(shape) < 3 else _STACKED_BLOCK_BYTES
    number = min(next(n for least, n in _BLOCKS if elements >= least), max(1, share // block_bytes), rows)
    count = max(1, share * 8 // DTYPE_BITS[dtype] // number)
    out = []
    for block in range(number):
        first, last = rows * block // number, rows * (block + 1) // number  # the rows of this part
        if count <= width:
            row = first + draw(seed, name, 2 * block, last - first)
            out.append((row * width + draw(seed, name, 2 * block + 1, width - count + 1), count))
        else:
            taken = min(max(1, count // width), last - first)
            row = first + draw(seed, name, 2 * block, last - first - taken + 1)
            out.append((row * width, taken * width))
    return out


def draw(seed: int, name: str, counter: int, below: int) -> int:
    """A number in [0, below): the first 8 bytes, big-endian, of SHA-256 of "seed/counter/name", times
    `below`, over 2**64.
    """
    digest = hashlib.sha256(f"{seed}/{counter}/{name}".encode("utf-8", "backslashreplace")).digest()
    return int.from_bytes(digest[:8], "big") * below >> 64


def _bytes(shape: Sequence[int], dtype: str) -> int:
    return math.prod(shape) * DTYPE_BITS[dtype] // 8


def _cost(size: int, share: int) -> int:
    return size if size <= WHOLE * share else share


def _share(sizes: list[int], budget: int) -> int:
    """The largest share of bytes for one tensor with which all stay within the budget."""
    low, high = LEAST_BYTES // _STEP, MOST_BYTES // _STEP
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_cost(size, middle * _STEP) for size in sizes) <= budget:
            low = middle
        else:
            high = middle - 1
    return low * _STEP


def _some_experts(tensors: Iterable[str], seed: int) -> list[str]:
    """All tensors, but of many experts stored one by one only a few: the same ones in all their parts."""
    numbers: dict[str, set[int]] = {}
    for name in tensors:
        if (found := names.expert(name)) is not None:
            numbers.setdefault(_place(found[0]), set()).add(found[1])
    kept: dict[str, set[int]] = {}
    for place, all_numbers in numbers.items():
        ordered = sorted(all_numbers, key=lambda n: (draw(seed, place, n, 2**62), n))
        kept[place] = set(ordered[:EXPERTS])
    out = []
    for name in tensors:
        found = names.expert(name)
        if found is None or found[1] in kept[_place(found[0])]:
            out.append(name)
    return out


def _place(name: str) -> str:
    """Where a set of experts sits: the name up to its number."""
    return name[: name.rindex("experts.")]


def _some_layers(chosen: list[str], sizes: Mapping[str, int], budget: int) -> list[str]:
    """As many layers as the budget allows, evenly spread, and what stands outside of layers."""
    units: dict[tuple[str, int], list[str]] = {}
    for name in chosen:
        units.setdefault(_unit(name), []).append(name)
    kept: set[str] = set()
    left = budget
    for unit in _spread(units):
        costs = {name: _cost(sizes[name], LEAST_BYTES) for name in units[unit]}
        if sum(costs.values()) <= left:
            kept.update(costs)
            left -= sum(costs.values())
    if not kept:  # not even one layer: what fits of them, in the same order
        for name in (n for unit in _spread(units) for n in units[unit]):
            if _cost(sizes[name], LEAST_BYTES) <= left:
                kept.add(name)
                left -= _cost(sizes[name], LEAST_BYTES)
    return [name for name in chosen if name in kept]


def _unit(name: str) -> tuple[str, int]:
    """(stack, layer); a tensor outside of layers is its own stack."""
    parts = names.canonical(name).split(".")
    for at, part in enumerate(parts):
        if part.isdigit() and at and parts[at - 1] != "experts":
            return ".".join(parts[:at]), int(part[:6])
    return names.canonical(name), -1


def _spread(units: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Stacks in turn, the largest first; of each its layers so that any first few of them are evenly
    spread.
    """
    stacks: dict[str, list[int]] = {}
    for stack, number in units:
        stacks.setdefault(stack, []).append(number)
    ordered = sorted(stacks, key=lambda s: (-len(stacks[s]), s))
    queues = {stack: _bisected(sorted(stacks[stack])) for stack in ordered}
    while queues:
        for stack in list(queues):
            following = next(queues[stack], None)
            if following is None:
                del queues[stack]
            else:
                yield stack, following


def _bisected(numbers: list[int]) -> Iterator[int]:
    """The middle one, then the middles of both halves, and so on."""
    spans = [(0, len(numbers))]
    while spans:
        inner = []
        for first, last in spans:
            if first < last:
                middle = (first + last) // 2
                yield numbers[middle]
                inner += [(first, middle), (middle + 1, last)]
        spans = inner
