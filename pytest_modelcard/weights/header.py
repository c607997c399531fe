"""The header of one safetensors file, read by ranges and believed only after it was checked.

A file is `<8 bytes: length n, little-endian> <n bytes: JSON object> <data>`. The JSON maps tensor names to
`{"dtype", "shape", "data_offsets": [begin, end]}`, offsets counted from the first byte of the data, and may
have `"__metadata__"`, a map of strings. Tensors fill the data without gap or overlap, as the format demands
(https://github.com/huggingface/safetensors#format).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import CardError

#: Bytes of the first read: enough for nearly every shard, so that one request suffices.
FIRST_READ = 100_000
#: The format allows 100 MB; the Hub's own client stops at 25 MB, and so do we.
MAX_HEADER_BYTES = 25_000_000
MAX_TENSORS = 500_000
MAX_DIMENSIONS = 32
MAX_NAME_LENGTH = 2_000
#: Elements of one tensor; far above any real one, low enough for exact arithmetic everywhere.
MAX_ELEMENTS = 2**53

#: Bits of one element. Types below one byte are packed; their tensors still end on a byte.
DTYPE_BITS: Mapping[str, int] = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "C64": 64,
    "F64": 64,
    "I64": 64,
    "U64": 64,
}


class UnsoundWeights(CardError):
    """What the weight files say cannot be true: a fault of theirs, not of the way they were read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "bad-data")


#: Bytes [start, end) of a file, exactly that many.
ReadRange = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor as stored. `begin` and `end` are absolute byte offsets in its file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int
    file: str = ""

    @property
    def elements(self) -> int:
        """Stored elements; of packed formats this is not the number of parameters."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Header:
    """A checked header: every tensor lies inside the file, and together they fill it."""

    file: str
    length: int  #: bytes of the JSON
    tensors: tuple[Tensor, ...]  #: by offset
    metadata: Mapping[str, str] = field(default_factory=dict)
    requests: int = 1  #: reads it took

    @property
    def data_start(self) -> int:
        return 8 + self.length


def read_header(
    read_range: ReadRange,
    size: int | None,
    file: str = "model.safetensors",
    *,
    first_read: int = FIRST_READ,
) -> Header:
    """Read and check the header of one file of `size` bytes (None: not known) in one or two reads.

    `first_read`: bytes of the first, for one who knows about how long the header is.
    Raises CardError("bad-data") where the file is no sound safetensors file, and what `read_range` raises.
    """
    if size is not None and size < 8:
        raise _bad(file, f"it has {size} bytes, too few for a header")
    if size is None:
        # Without a size a long first read could pass the end of a small file, so the length comes first.
        length = _length(_exactly(read_range, 0, 8, file), size, file)
        return parse_header(_exactly(read_range, 8, 8 + length, file), size, file, requests=2)
    first = _exactly(read_range, 0, min(size, max(8, first_read)), file)
    length = _length(first[:8], size, file)
    body, requests = first[8 : 8 + length], 1
    if len(body) < length:
        body, requests = body + _exactly(read_range, len(first), 8 + length, file), 2
    return parse_header(body, size, file, requests=requests)


def parse_header(body: bytes, size: int | None, file: str, *, requests: int = 1) -> Header:
    """Check the JSON of a header, without its 8 bytes of length; `size` is that of the whole file."""
    if not body.startswith(b"{"):
        raise _bad(file, "its header does not start with '{'")
    try:
        parsed = json.loads(
            body.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise _bad(file, f"its header is not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise _bad(file, "its header is nested too deeply") from error
    except ValueError as error:
        raise _bad(file, f"its header is not sound JSON: {str(error)[:200]}") from error
    if not isinstance(parsed, dict):
        raise _bad(file, "its header is no JSON object")
    metadata = parsed.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise _bad(file, "its __metadata__ is no map of strings")
    if len(parsed) > MAX_TENSORS:
        raise CardError(f"{file} lists {len(parsed)} tensors, more than {MAX_TENSORS}", "too-large")
    start = 8 + len(body)
    tensors = sorted((_tensor(n, e, start, file) for n, e in parsed.items()), key=lambda t: (t.begin, t.end))
    _fills(tensors, start, size, file)
    return Header(file, len(body), tuple(tensors), metadata, requests)


def _length(raw: bytes, size: int | None, file: str) -> int:
    length = int.from_bytes(raw, "little")
    if length < 2:
        raise _bad(file, f"it says that its header has {length} bytes")
    if size is not None and 8 + length > size:
        raise _bad(file, f"it says that its header has {length} bytes, the whole file has {size}")
    if length > MAX_HEADER_BYTES:
        message = (
            f"{file}: its header has {length} bytes, more than the {MAX_HEADER_BYTES} that are read here"
        )
        raise CardError(message, "too-large")
    return length


def _exactly(read_range: ReadRange, start: int, end: int, file: str) -> bytes:
    raw = read_range(start, end)
    if len(raw) != end - start:
        raise _bad(file, f"it ends before byte {end}")
    return raw


def _tensor(name: str, entry: Any, start: int, file: str) -> Tensor:
    shown = repr(name[:80])
    if len(name) > MAX_NAME_LENGTH:
        raise _bad(file, f"the tensor name {shown}… has {len(name)} characters")
    if not isinstance(entry, dict):
        raise _bad(file, f"the entry of tensor {shown} is no object")
    fields: list[Any] = [entry.get(k) for k in ("dtype", "shape", "data_offsets")]
    dtype, shape, offsets = fields
    if not isinstance(dtype, str) or dtype not in DTYPE_BITS:
        raise _bad(file, f"tensor {shown} has the unknown dtype {str(dtype)[:40]!r}")
    if not _naturals(shape) or len(shape) > MAX_DIMENSIONS:
        raise _bad(file, f"tensor {shown} has no valid shape")
    if not _naturals(offsets) or len(offsets) != 2:
        raise _bad(file, f"tensor {shown} has no valid data_offsets")
    elements = _product(shape)
    if elements > MAX_ELEMENTS:
        raise _bad(file, f"tensor {shown} claims more than {MAX_ELEMENTS} elements")
    begin, end = offsets
    bits = elements * DTYPE_BITS[dtype]
    if bits % 8 or end - begin != bits // 8:
        raise _bad(
            file,
            f"tensor {shown} is {dtype} of shape {list(shape)}, {bits / 8:g} bytes, "
            f"but its data_offsets span {end - begin}",
        )
    return Tensor(name, dtype, tuple(shape), start + begin, start + end, file)


def _fills(tensors: Iterable[Tensor], start: int, size: int | None, file: str) -> None:
    at = start
    for tensor in tensors:
        if tensor.begin != at:
            fault = "overlaps the tensor before it" if tensor.begin < at else "leaves a gap before it"
            raise _bad(file, f"tensor {tensor.name[:80]!r} {fault}")
        at = tensor.end
    if size is not None and at != size:
        raise _bad(file, f"its tensors end at byte {at}, the file has {size} bytes")


def _naturals(value: Any) -> bool:
    return isinstance(value, list) and all(type(v) is int and 0 <= v < 2**63 for v in value)


def _product(shape: Iterable[int]) -> int:
    """The product, cut short once it is beyond all reason (a shape may hold 32 numbers of 63 bits)."""
    product = 1
    for n in shape:
        if n == 0:
            return 0
        product = min(product * n, MAX_ELEMENTS + 1)
    return product


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the name {key[:80]!r} occurs twice")
            seen.add(key)
    return out


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _bad(file: str, what: str) -> UnsoundWeights:
    return UnsoundWeights(f"{file} is no sound safetensors file: {what}")
