/* Stored formats as float32 numbers: `load_X` reads one, `held_X` rounds to what X holds (to nearest, ties to even),
 * `spacing_X` is the distance from a number's size to the next larger number of X.
 *
 * All of it is selection and arithmetic without branches or tables, so that compilers make vectors of it.
 * NaN: held_X gives some number or other; whoever uses it looks at what was rounded.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Mapped files do not align numbers. */
typedef uint8_t byte;
typedef uint16_t __attribute__((aligned(1))) half_word;
typedef float __attribute__((aligned(1))) word;

static inline float number(uint32_t bits) {
  float out;
  memcpy(&out, &bits, 4);
  return out;
}

static inline uint32_t bits(float x) {
  uint32_t out;
  memcpy(&out, &x, 4);
  return out;
}

static inline float power_of_two_in(float size) { return number(bits(size) & 0x7f800000u); }

static inline float load_F32(word x) { return x; }
static inline float held_F32(float x) { return x; }
static inline float spacing_F32(float size) {
  const float power = power_of_two_in(size);
  return (power < 0x1p-126f ? 0x1p-126f : power) * 0x1p-23f;
}

static inline float load_BF16(half_word x) { return number((uint32_t)x << 16); }
static inline float held_BF16(float x) {
  const uint32_t b = bits(x);
  return number((b + 0x7fffu + ((b >> 16) & 1u)) & 0xffff0000u);
}
static inline float spacing_BF16(float size) {
  const float power = power_of_two_in(size);
  return (power < 0x1p-126f ? 0x1p-126f : power) * 0x1p-7f;
}

/* A format of fewer exponents than float32: SIGN, its sign bit; FRACTION, bits after the point; LEAST, its smallest normal
 * number; REBASE, 2 to the difference of the exponents' biases; LARGEST, its largest number, beyond which is BEYOND;
 * and from the bits FIRST_SPECIAL on what is no number, SPECIAL. */
#define NARROW(NAME, TYPE, SIGN, FRACTION, LEAST, REBASE, LARGEST, BEYOND, FIRST_SPECIAL, SPECIAL)                  \
  static inline float load_##NAME(TYPE x) {                                                                       \
    const uint32_t size = x & (SIGN - 1u);                                                                        \
    /* Shifted into a float32's place, numbers below LEAST come out right, too. */                                \
    float out = number(size << (23 - FRACTION)) * REBASE;                                                         \
    out = size >= FIRST_SPECIAL ? SPECIAL : out;                                                                  \
    return (x & SIGN) ? -out : out;                                                                               \
  }                                                                                                               \
  static inline float held_##NAME(float x) {                                                                      \
    const uint32_t size = bits(x) & 0x7fffffffu, kept = ~((1u << (23 - FRACTION)) - 1u);                          \
    const float normal = number((size + (1u << (22 - FRACTION)) - 1u + ((size >> (23 - FRACTION)) & 1u)) & kept);  \
    /* Below LEAST all are multiples of one step: adding what has this step rounds to it. */                      \
    const float anchor = LEAST * 0x1p23f / (1u << FRACTION);                                                      \
    const float small = (number(size) + anchor) - anchor;                                                         \
    float out = number(size) < LEAST ? small : normal;                                                            \
    out = out > LARGEST ? BEYOND : out;                                                                           \
    return copysignf(out, x);                                                                                     \
  }                                                                                                               \
  static inline float spacing_##NAME(float size) {                                                                \
    const float power = power_of_two_in(size);                                                                    \
    return (power < LEAST ? LEAST : power) / (1u << FRACTION);                                                    \
  }

NARROW(F16, half_word, 0x8000u, 10, 0x1p-14f, 0x1p112f, 65504.0f, INFINITY, 0x7c00u, INFINITY)
NARROW(F8_E5M2, byte, 0x80u, 2, 0x1p-14f, 0x1p112f, 57344.0f, INFINITY, 0x7cu, INFINITY)
/* Casts to it saturate; it has no infinity, and one size that is no number. */
NARROW(F8_E4M3, byte, 0x80u, 3, 0x1p-6f, 0x1p120f, 448.0f, 448.0f, 0x7fu, NAN)

static __attribute__((noinline)) float product(const float *a, const float *b, int elements) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int i = 0; i < elements; i++) sum += a[i] * b[i];
  return sum;
}
