/* Stored formats as float32 numbers: `load_X` reads one, `held_X` rounds to what X holds (to nearest, ties to even),
 * `power_X` is the power of two in a number, its least normal one where it is smaller, and `spacing_X` the distance from a
 * number's size to the next larger number of X.
 *
 * All of it is selection and arithmetic without branches or tables, so that compilers make vectors of it.
 * NaN: held_X gives some number or other; whoever uses it looks at what was rounded.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef __F16C__
#include <immintrin.h>
#endif

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

/* 0 for numbers below 2^-126, which is what squares of such numbers are. */
static inline float power_of_two_in(float x) { return number(bits(x) & 0x7f800000u); }
static inline float least(float power) { return power < 0x1p-126f ? 0x1p-126f : power; }

static inline float load_F32(word x) { return x; }
static inline float held_F32(float x) { return x; }
static inline float power_F32(float x) { return power_of_two_in(x); }
static inline float spacing_F32(float x) { return least(power_of_two_in(x)) * 0x1p-23f; }

static inline float load_BF16(half_word x) { return number((uint32_t)x << 16); }
static inline float held_BF16(float x) {
  const uint32_t b = bits(x);
  return number((b + 0x7fffu + ((b >> 16) & 1u)) & 0xffff0000u);
}
static inline float power_BF16(float x) { return power_of_two_in(x); }
static inline float spacing_BF16(float x) { return least(power_of_two_in(x)) * 0x1p-7f; }

/* A format of fewer exponents than float32, its sign in the first of BITS bits; FRACTION, bits after the point; LEAST, its
 * smallest normal number; REBASE, 2 to the difference of the exponents' biases; MOST, the largest number that does not
 * round to BEYOND; numbers of MOST_READ and more are SPECIAL. */
#define NARROW(NAME, TYPE, SIGNED, BITS, FRACTION, LEAST, REBASE, MOST, BEYOND, MOST_READ, SPECIAL)             \
  static inline float load_##NAME(TYPE x) {                                                                  \
    /* Shifted into a float32's place, numbers below LEAST come out right, too; the sign is spread over bits \
     * that the exponent leaves free. */                                                                     \
    const uint32_t wide = (uint32_t)(int32_t)(SIGNED)x << (23 - FRACTION);                                   \
    const float out = number(wide & (0x80000000u | ((1u << (BITS + 22 - FRACTION)) - 1u))) * REBASE;         \
    return fabsf(out) >= MOST_READ ? SPECIAL : out;                                                          \
  }                                                                                                          \
  static inline float held_##NAME(float x) {                                                                 \
    const uint32_t b = bits(x);                                                                              \
    const uint32_t up = b + (1u << (22 - FRACTION)) - 1u + ((b >> (23 - FRACTION)) & 1u);                    \
    const float normal = number(up & ~((1u << (23 - FRACTION)) - 1u));                                       \
    /* Below LEAST all are multiples of one step: adding what has this step rounds to it. */                 \
    const float anchor = LEAST * 0x1.8p23f / (1u << FRACTION);                                               \
    const float small = (x + anchor) - anchor;                                                               \
    const float out = fabsf(x) < LEAST ? small : normal;                                                     \
    return fabsf(x) > MOST ? BEYOND : out;                                                                   \
  }                                                                                                          \
  static inline float power_##NAME(float x) {                                                                \
    return power_of_two_in(x) < LEAST ? LEAST : power_of_two_in(x);                                          \
  }                                                                                                          \
  static inline float spacing_##NAME(float x) { return power_##NAME(x) / (1u << FRACTION); }

NARROW(F16, half_word, int16_t, 16, 10, 0x1p-14f, 0x1p112f, 0x1.ffdffep15f, INFINITY, 65536.0f, INFINITY)
NARROW(F8_E5M2, byte, int8_t, 8, 2, 0x1p-14f, 0x1p112f, 0x1.dffffep15f, INFINITY, 65536.0f, INFINITY)
/* Casts to it saturate; it has no infinity, and one size that is no number. */
NARROW(F8_E4M3, byte, int8_t, 8, 3, 0x1p-6f, 0x1p120f, 448.0f, copysignf(448.0f, x), 480.0f, NAN)

/* A row of numbers of 16 bits, by the instruction that not all compilers find themselves. */
static inline void widen_F16(const half_word *stored, float *values, int elements) {
  int i = 0;
#ifdef __F16C__
  for (; i + 8 <= elements; i += 8)
    _mm256_storeu_ps(values + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(stored + i))));
#endif
  for (; i < elements; i++) values[i] = load_F16(stored[i]);
}

static __attribute__((noinline)) float product(const float *a, const float *b, int elements) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int i = 0; i < elements; i++) sum += a[i] * b[i];
  return sum;
}
