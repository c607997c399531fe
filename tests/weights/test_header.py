"""A safetensors header is believed only after it was checked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.errors import CardError
from pytest_modelcard.weights.header import FIRST_READ, MAX_HEADER_BYTES, UnsoundWeights, read_header

from .build import SparseFile, entries, safetensors, with_header

TWO = {"a.weight": ("BF16", (4, 8)), "b.bias": ("F32", (8,))}


def test_reads_names_types_shapes_and_places() -> None:
    file = safetensors(TWO)
    header = read_header(file.read_range, file.size, "m.safetensors")
    assert [(t.name, t.dtype, t.shape, t.elements) for t in header.tensors] == [
        ("a.weight", "BF16", (4, 8), 32),
        ("b.bias", "F32", (8,), 8),
    ]
    assert header.tensors[0].begin == header.data_start
    assert header.tensors[-1].end == file.size
    assert file.reads == [(0, file.size)]


def test_one_read_where_the_header_is_short_two_where_it_is_long() -> None:
    short = safetensors({"a": ("F16", (1_000_000,))})
    assert read_header(short.read_range, short.size).requests == 1
    assert short.reads == [(0, FIRST_READ)]
    long = safetensors({f"model.layers.{n}.weight": ("F16", (1_000,)) for n in range(2_000)})
    header = read_header(long.read_range, long.size)
    assert (len(header.tensors), header.requests) == (2_000, 2)
    assert long.reads == [(0, FIRST_READ), (FIRST_READ, header.data_start)]


def test_a_file_of_unknown_size_is_never_read_past_its_header() -> None:
    file = safetensors(TWO)
    header = read_header(file.read_range, None)
    assert len(header.tensors) == 2
    assert max(end for _, end in file.reads) == header.data_start


def test_metadata_is_kept_and_no_tensor() -> None:
    file = with_header({"__metadata__": {"format": "pt"}, **entries(TWO)}, 96)
    header = read_header(file.read_range, file.size)
    assert header.metadata == {"format": "pt"}
    assert len(header.tensors) == 2


def test_empty_tensors_and_scalars_are_sound() -> None:
    file = safetensors({"none": ("F32", (0, 7)), "one": ("I64", ()), "empty": ("BF16", (0,))})
    assert {t.name: t.elements for t in read_header(file.read_range, file.size).tensors} == {
        "none": 0,
        "one": 1,
        "empty": 0,
    }


def _entry(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    ("header", "data", "says"),
    [
        ({"a": _entry(dtype="F31")}, 8, "unknown dtype"),
        ({"a": _entry(dtype=["F32"])}, 8, "unknown dtype"),
        ({"a": _entry(shape=[-2])}, 8, "no valid shape"),
        ({"a": _entry(shape=[2.0])}, 8, "no valid shape"),
        ({"a": _entry(shape=[True, 2])}, 8, "no valid shape"),
        ({"a": _entry(shape="2")}, 8, "no valid shape"),
        ({"a": _entry(shape=[1] * 33)}, 8, "no valid shape"),
        ({"a": _entry(shape=[2**62, 2**62])}, 8, "elements"),
        ({"a": _entry(offsets=[0])}, 8, "no valid data_offsets"),
        ({"a": _entry(offsets=[8, 0])}, 8, "data_offsets span -8"),
        ({"a": _entry(offsets=[0, 4])}, 8, "data_offsets span 4"),
        ({"a": _entry(), "b": _entry(offsets=[4, 12])}, 12, "overlaps"),
        ({"a": _entry(), "b": _entry(offsets=[16, 24])}, 24, "gap"),
        ({"a": _entry(offsets=[8, 16])}, 16, "gap"),
        ({"a": _entry()}, 9, "the file has"),
        ({"a": _entry()}, 7, "the file has"),
        ({"a": "F32"}, 8, "no object"),
        ({"a" * 3_000: _entry()}, 8, "characters"),
        ({"__metadata__": {"n": 1}, "a": _entry()}, 8, "__metadata__"),
        (b'{"a":1,"a":2}', 0, "occurs twice"),
        (b'{"a":NaN}', 0, "NaN"),
        (b"[]", 0, "does not start"),
        (b"{", 0, "no room"),
        (b'{"a":', 0, "not sound JSON"),
        (b'{"\xff":1}', 0, "not UTF-8"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 0, "nested too deeply"),
        (b'{"a":' + b"9" * 10_000 + b"}", 0, "not sound JSON"),
    ],
)
def test_lies_are_refused(header: Any, data: int, says: str) -> None:
    file = with_header(header, data)
    with pytest.raises(UnsoundWeights) as caught:
        read_header(file.read_range, file.size, "shard.safetensors")
    message = str(caught.value)
    assert message.startswith("shard.safetensors")
    assert caught.value.reason == "bad-data"
    assert len(message) < 500
    if says != "no room":
        assert says in message


@pytest.mark.parametrize("size", [0, 7, 8, 20])
def test_a_length_that_does_not_fit_the_file_is_refused(size: int) -> None:
    file = SparseFile((2**40).to_bytes(8, "little"), size)
    with pytest.raises(UnsoundWeights):
        read_header(file.read_range, size)


def test_a_header_beyond_the_bound_is_not_read() -> None:
    file = SparseFile((MAX_HEADER_BYTES + 1).to_bytes(8, "little"), 10**10)
    with pytest.raises(CardError) as caught:
        read_header(file.read_range, file.size)
    assert caught.value.reason == "too-large"
    assert file.reads == [(0, FIRST_READ)]


def test_a_truncated_read_is_refused() -> None:
    file = safetensors({f"w{n}": ("F16", (1_000,)) for n in range(3_000)})
    with pytest.raises(UnsoundWeights, match="ends before byte"):
        read_header(lambda start, end: file.read_range(start, end)[:-1], file.size)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_header_or_one_clear_error(raw: bytes) -> None:
    file = with_header(raw, 0)
    try:
        read_header(file.read_range, file.size)
    except CardError as error:
        assert str(error).startswith("model.safetensors")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), _JSON, max_size=4))
def test_any_json_gives_a_header_or_one_clear_error(header: Any) -> None:
    file = with_header(json.dumps(header).encode(), 16)
    try:
        found = read_header(file.read_range, file.size)
    except CardError:
        return
    assert found.tensors[-1].end == file.size
