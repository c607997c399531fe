"""The C program that counts the elements of a spec: what `kernel.counting` counts, in float32.

A sum, difference, product or quotient of float32 numbers is the same whether it is rounded once or first to float64, and the
fused multiply-add is C's own. Where a row of elements has what is no finite number, it is left to the kernel in float64.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel import Spec

#: Elements of a row: counted and summed in float32, which is exact for counts and good to 1e-6 for sums.
ROW = 1024
#: Sources up to which the Gram matrix is added up on the way; of more, registers do not hold it, and it is taken row by row.
_IN_REGISTERS = 6

_TYPES = {"F32": "word", "BF16": "half_word", "F16": "half_word", "F8_E4M3": "byte", "F8_E5M2": "byte"}
_COUNTS = ("equal", "beside", "telling", "telling_equal")


def source(spec: Spec) -> str:
    """C that exports `count(arrays, weights, elements, counts, sums, left)`, which returns how many rows it left.

    arrays: pointers as `pointers` names them; weights: float; counts: four int64 that are added to (equal, beside, telling,
    telling_equal); sums: doubles that are added to, in the order of `kernel.counting`, but for the floor the squares of the powers
    of two in the candidate's numbers; left: a byte for each row of ROW elements, set to 1 where it is left.
    """
    sums = ["residual", "rounding", "powers", *(f"gram_{i}_{j}" for i, j in _pairs(spec))]
    added = sums if _fused(spec) else sums[:3]
    vectors = "" if _fused(spec) else f"  float vectors[{len(spec.sources)}][{ROW}];\n"
    products = (
        ""
        if _fused(spec)
        else "".join(
            f"  const float gram_{i}_{j} = product(vectors[{i - 1}], vectors[{j - 1}], elements);\n"
            for i, j in _pairs(spec)
        )
    )
    loop = "\n".join(f"      {line}" for line in (*_values(spec), *_prediction(spec), *_counting(spec)))
    declared = "\n".join(
        f"  const {kind} *const {name} = (const {kind} *)arrays[{at}] + first;"
        for at, (kind, name) in enumerate(pointers(spec))
    )
    for name, dtype in _stored(spec):
        if dtype == "F16":
            declared += f"\n  float wide_{name}[{ROW}];\n  widen_F16({name}, wide_{name}, elements);"
    return f"""#include "formats.h"

/* Rows that are as predicted in every element, as most are of a merge that is replayed, need less; `all` is a constant. */
static inline __attribute__((always_inline)) int row(const void *const *arrays, const float *w, int64_t first, int elements,
                                                      const int all, int64_t *counts, double *sums) {{
{declared}
  int32_t {", ".join(f"{one} = 0" for one in _COUNTS)};
  float {", ".join(f"{one} = 0" for one in added)};
{vectors}#pragma omp simd reduction(+ : {", ".join([*_COUNTS, *added])})
  for (int i = 0; i < elements; i++) {{
{loop}
  }}
  if (!all) {{
    if (equal != elements) return 0;
    residual = rounding;
    telling_equal = telling;
  }}
{products}  const float found[] = {{{", ".join(sums)}}};
  for (int n = 0; n < {len(sums)}; n++)
    if (!isfinite(found[n])) return 0;
  for (int n = 0; n < {len(sums)}; n++) sums[n] += found[n];
  counts[0] += equal, counts[1] += beside, counts[2] += telling, counts[3] += telling_equal;
  return 1;
}}

int64_t count(const void *const *arrays, const float *w, int64_t elements, int64_t *counts, double *sums, uint8_t *left) {{
  int64_t rows_left = 0;
  for (int64_t first = 0; first < elements; first += {ROW}) {{
    const int some = elements - first < {ROW} ? (int)(elements - first) : {ROW};
    const int done = row(arrays, w, first, some, 0, counts, sums) || row(arrays, w, first, some, 1, counts, sums);
    left[first / {ROW}] = !done;
    rows_left += !done;
  }}
  return rows_left;
}}
"""


def pointers(spec: Spec) -> list[tuple[str, str]]:
    """C type and name of every array, in the order in which they are given."""
    found = []
    for (name, dtype), scaled in zip(_stored(spec), spec.scaled, strict=True):
        found.append((_TYPES[dtype], name))
        if scaled:
            found.append(("word", f"scale_of_{name}"))
    if spec.method == "mean":
        found.append(("word", "mean"))
    if spec.method == "sparse":
        found += [("byte", f"kept_{n}") for n in range(1, len(spec.sources))]
    return found


def _stored(spec: Spec) -> list[tuple[str, str]]:
    """Name and format of the candidate, then of every source."""
    return [("candidate", spec.candidate), *((f"source_{n}", dtype) for n, dtype in enumerate(spec.sources))]


def _load(name: str, dtype: str) -> str:
    return f"wide_{name}[i]" if dtype == "F16" else f"load_{dtype}({name}[i])"


def _fused(spec: Spec) -> bool:
    return len(spec.sources) <= _IN_REGISTERS


def _pairs(spec: Spec) -> Iterator[tuple[int, int]]:
    """The upper triangle of the Gram matrix; its last row is the candidate's."""
    size = len(spec.sources)
    return ((i, j) for i in range(1, size + 1) for j in range(i, size + 1))


def _values(spec: Spec) -> Iterator[str]:
    """inner: the candidate's number as stored; found: with its scale; v0, v1...: the sources' numbers."""
    own = spec.scaled[0]
    yield f"const float inner = {_load('candidate', spec.candidate)};"
    yield "const float found = inner" + (" * scale_of_candidate[i];" if own else ";")
    for n, (name, scaled) in enumerate(zip(spec.sources, spec.scaled[1:], strict=True)):
        value = _load(f"source_{n}", name) + (f" * scale_of_source_{n}[i]" if scaled else "")
        there = spec.loaded in ("", "F32") or (not scaled and spec.loaded == name)
        yield f"const float v{n} = {value if there else _held(value, spec.loaded)};"


def _prediction(spec: Spec) -> Iterator[str]:
    """predicted: before it is stored, as `kernel._prediction`."""
    number = len(spec.sources)
    if spec.method == "copy":
        yield "const float predicted = v0;"
    elif spec.method == "mean":
        yield "const float predicted = mean[i];"
    elif spec.method == "slerp":
        yield "const float predicted = w[0] * v0 + w[1] * v1;"
    elif spec.method == "linear":
        total = "w[0] * v0"
        for n in range(1, number):
            total = f"fmaf(w[{n}], v{n}, {total})"  # torch's addcmul: rounded once
        yield f"const float predicted = {f'({total}) / w[{number}]' if spec.divided else total};"
    elif spec.method == "delta":
        # torch's sum over 16-bit numbers keeps its total in float32.
        yield "float mixed = 0;"
        for n in range(1, number):
            change = _held(f"v{n} - v0", spec.steps)
            yield f"mixed += {_held(f'w[{n - 1}] * {change}', spec.steps)};"
        yield f"const float predicted = v0 + {_held('mixed', spec.steps)};"
    else:
        yield from _sparse(spec)


def _sparse(spec: Spec) -> Iterator[str]:
    """As `kernel._sparse`."""
    steps, numbers = spec.steps, range(1, len(spec.sources))
    for n in numbers:
        change = f"{_held(f'v{n} - v0', steps)} * kept_{n}[i]"
        yield f"const float c{n} = {_held(f'w[{n - 1}] * ({change})', steps)};"
    yield "float mixed = " + _total([f"c{n}" for n in numbers], steps)
    divisor = f"w[{len(numbers)}]" if spec.divided else ""
    if spec.signs:
        for n in numbers:
            yield f"const float agrees_{n} = mixed >= 0 ? c{n} > 0 : c{n} < 0;"
        yield "mixed = " + _total([f"c{n} * agrees_{n}" for n in numbers], steps)
        yield "const float shares = " + _total([f"w[{n - 1}] * agrees_{n}" for n in numbers], steps)
        divisor = "(shares == 0 ? 1 : shares)" if spec.divided else ""
    if divisor:
        yield f"mixed = {_held(f'mixed / {divisor}', steps)};"
    if spec.times:
        last = len(numbers) + (spec.divided and not spec.signs)
        yield f"mixed = {_held(f'mixed * w[{last}]', steps)};"
    yield "const float predicted = v0 + mixed;"


def _total(values: list[str], dtype: str) -> str:
    """Their sum, one after the other, as torch adds numbers of the format: in float32, then stored."""
    return f"{_held(' + '.join(['0.0f', *values]), dtype)};"


def _counting(spec: Spec) -> Iterator[str]:
    own, dtype = spec.scaled[0], spec.candidate
    straight = spec.merged in ("", "F32", dtype)
    merged = "predicted" if straight else _held("predicted", spec.merged)
    yield f"const float unscaled = {merged}{' / scale_of_candidate[i]' if own else ''};"
    yield f"const float wanted = {_held('unscaled', dtype)};"
    yield "const int same = inner == wanted;"
    differs = []
    for n, (name, scaled) in enumerate(zip(spec.sources, spec.scaled[1:], strict=True)):
        kept = name == dtype and not scaled and not own and spec.loaded in ("", "F32", name)
        alone = f"v{n} / scale_of_candidate[i]" if own else f"v{n}"
        differs.append(f"({alone if kept else _held(alone, dtype)} != wanted)")
    yield f"const int tells = {' & '.join(differs)};"
    yield "equal += same;"
    yield "telling += tells;"
    with_scale = " * scale_of_candidate[i]" if own else ""
    # A quotient that is no number would be rounded to one: it counts as what it is.
    odd = " + (unscaled - unscaled)" if own else ""
    yield f"const float lost = wanted{with_scale} - predicted{odd};"
    yield "rounding += lost * lost;"
    yield f"const float power = power_{dtype}(inner){with_scale};"
    yield "powers += power * power;"
    vectors = [f"v{n} - v0" for n in range(1, len(spec.sources))] + ["found - v0"]
    for n, vector in enumerate(vectors, 1):
        yield f"const float row_{n} = {vector};"
        if not _fused(spec):
            yield f"vectors[{n - 1}][i] = row_{n};"
    for i, j in _pairs(spec) if _fused(spec) else ():
        yield f"gram_{i}_{j} += row_{i} * row_{j};"
    yield "if (all) {"
    yield "  telling_equal += tells & same;"
    yield "  const float size = fabsf(inner), aim = fabsf(wanted);"
    yield f"  beside += fabsf(inner - wanted) == spacing_{dtype}(size < aim ? size : aim);"
    yield "  const float left_over = found - predicted;"
    yield "  residual += left_over * left_over;"
    yield "}"


def _held(value: str, dtype: str) -> str:
    return f"({value})" if dtype == "F32" else f"held_{dtype}({value})"
