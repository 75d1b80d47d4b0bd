// Kernels of SIMD, one source for WebAssembly's intrinsics and x86-64's: prints a line "KERNEL SECONDS CHECKSUM" for each.
// Arguments: how many times the work is multiplied (default 1).
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __wasm__
#include <wasm_simd128.h>
typedef v128_t ivec;
typedef v128_t fvec;
#define LOAD(p) wasm_v128_load(p)
#define STORE(p, x) wasm_v128_store(p, x)
#define LOADF(p) wasm_v128_load(p)
#define ZERO() wasm_i32x4_splat(0)
#define ZEROF() wasm_f32x4_splat(0)
#define ADDF(a, b) wasm_f32x4_add(a, b)
#define MULF(a, b) wasm_f32x4_mul(a, b)
#define LANEF(a, n) wasm_f32x4_extract_lane(a, n)
#define SPLAT8(x) wasm_i8x16_splat(x)
#define SPLAT16(x) wasm_i16x8_splat(x)
#define AND(a, b) wasm_v128_and(a, b)
#define OR(a, b) wasm_v128_or(a, b)
#define XOR(a, b) wasm_v128_xor(a, b)
#define LOOKUP(table, i) wasm_i8x16_swizzle(table, i)
#define SHR16(a, n) wasm_u16x8_shr(a, n)
#define SHL32(a, n) wasm_i32x4_shl(a, n)
#define SHR32(a, n) wasm_u32x4_shr(a, n)
#define ADD16(a, b) wasm_i16x8_add(a, b)
#define ADD32(a, b) wasm_i32x4_add(a, b)
#define MUL16(a, b) wasm_i16x8_mul(a, b)
#define LOW8(a) wasm_u16x8_extend_low_u8x16(a)
#define HIGH8(a) wasm_u16x8_extend_high_u8x16(a)
#define NARROW(a, b) wasm_u8x16_narrow_i16x8(a, b)
#define DOT16(a, b) wasm_i32x4_dot_i16x8(a, b)
#define EQ8(a, b) wasm_i8x16_eq(a, b)
#define MASK8(a) wasm_i8x16_bitmask(a)
#define ROTATE1(a) wasm_i32x4_shuffle(a, a, 1, 2, 3, 0)
#define ROTATE2(a) wasm_i32x4_shuffle(a, a, 2, 3, 0, 1)
#define ROTATE3(a) wasm_i32x4_shuffle(a, a, 3, 0, 1, 2)
#define LANE32(a, n) wasm_i32x4_extract_lane(a, n)
#else
#include <immintrin.h>
typedef __m128i ivec;
typedef __m128 fvec;
#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define STORE(p, x) _mm_storeu_si128((__m128i *)(p), x)
#define LOADF(p) _mm_loadu_ps(p)
#define ZERO() _mm_setzero_si128()
#define ZEROF() _mm_setzero_ps()
#define ADDF(a, b) _mm_add_ps(a, b)
#define MULF(a, b) _mm_mul_ps(a, b)
#define LANEF(a, n) _mm_cvtss_f32(_mm_shuffle_ps(a, a, n))
#define SPLAT8(x) _mm_set1_epi8(x)
#define SPLAT16(x) _mm_set1_epi16(x)
#define AND(a, b) _mm_and_si128(a, b)
#define OR(a, b) _mm_or_si128(a, b)
#define XOR(a, b) _mm_xor_si128(a, b)
#define LOOKUP(table, i) _mm_shuffle_epi8(table, i)
#define SHR16(a, n) _mm_srli_epi16(a, n)
#define SHL32(a, n) _mm_slli_epi32(a, n)
#define SHR32(a, n) _mm_srli_epi32(a, n)
#define ADD16(a, b) _mm_add_epi16(a, b)
#define ADD32(a, b) _mm_add_epi32(a, b)
#define MUL16(a, b) _mm_mullo_epi16(a, b)
#define LOW8(a) _mm_cvtepu8_epi16(a)
#define HIGH8(a) _mm_unpackhi_epi8(a, _mm_setzero_si128())
#define NARROW(a, b) _mm_packus_epi16(a, b)
#define DOT16(a, b) _mm_madd_epi16(a, b)
#define EQ8(a, b) _mm_cmpeq_epi8(a, b)
#define MASK8(a) _mm_movemask_epi8(a)
#define ROTATE1(a) _mm_shuffle_epi32(a, 0x39)
#define ROTATE2(a) _mm_shuffle_epi32(a, 0x4e)
#define ROTATE3(a) _mm_shuffle_epi32(a, 0x93)
#define LANE32(a, n) _mm_extract_epi32(a, n)
#endif

enum { BYTES = 1 << 16, SIDE = 64 };

static uint8_t bytes_a[BYTES], bytes_b[BYTES], bytes_c[BYTES];
static float floats_a[BYTES / 4], floats_b[BYTES / 4];
static int16_t matrix_a[SIDE * SIDE], matrix_b[SIDE * SIDE];

// Sum of products of floats.
__attribute__((noinline)) static float dot(const float *a, const float *b, int n) {
    fvec s0 = ZEROF(), s1 = ZEROF(), s2 = ZEROF(), s3 = ZEROF();
    for (int i = 0; i < n; i += 16) {
        s0 = ADDF(s0, MULF(LOADF(a + i), LOADF(b + i)));
        s1 = ADDF(s1, MULF(LOADF(a + i + 4), LOADF(b + i + 4)));
        s2 = ADDF(s2, MULF(LOADF(a + i + 8), LOADF(b + i + 8)));
        s3 = ADDF(s3, MULF(LOADF(a + i + 12), LOADF(b + i + 12)));
    }
    s0 = ADDF(ADDF(s0, s1), ADDF(s2, s3));
    return LANEF(s0, 0) + LANEF(s0, 1) + LANEF(s0, 2) + LANEF(s0, 3);
}

// Counts the bytes of a class by tables of their nibbles, as text scanners do.
__attribute__((noinline)) static int classify(const uint8_t *p, int n) {
    static const uint8_t low_table[16] = {1, 2, 4, 8, 16, 32, 64, 1, 2, 4, 12, 24, 48, 96, 5, 3};
    static const uint8_t high_table[16] = {3, 5, 9, 17, 33, 65, 2, 6, 10, 18, 34, 66, 4, 12, 20, 36};
    ivec low = LOAD(low_table), high = LOAD(high_table), nibble = SPLAT8(15), zero = ZERO();
    int count = 0;
    for (int i = 0; i < n; i += 16) {
        ivec x = LOAD(p + i);
        ivec a = LOOKUP(low, AND(x, nibble));
        ivec b = LOOKUP(high, AND(SHR16(x, 4), nibble));
        count += __builtin_popcount((unsigned)MASK8(EQ8(AND(a, b), zero)));
    }
    return n - count;
}

// Mixes two images: (a * weight + b * (256 - weight)) / 256.
__attribute__((noinline)) static void blend(uint8_t *to, const uint8_t *a, const uint8_t *b, int n, int weight) {
    ivec p = SPLAT16((short)weight), q = SPLAT16((short)(256 - weight));
    for (int i = 0; i < n; i += 16) {
        ivec x = LOAD(a + i), y = LOAD(b + i);
        ivec low = ADD16(MUL16(LOW8(x), p), MUL16(LOW8(y), q));
        ivec high = ADD16(MUL16(HIGH8(x), p), MUL16(HIGH8(y), q));
        STORE(to + i, NARROW(SHR16(low, 8), SHR16(high, 8)));
    }
}

// Product of a matrix and the transposed other, summed up.
__attribute__((noinline)) static int matrix(const int16_t *a, const int16_t *b) {
    int sum = 0;
    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++) {
            ivec s = ZERO();
            for (int i = 0; i < SIDE; i += 8)
                s = ADD32(s, DOT16(LOAD(a + row * SIDE + i), LOAD(b + column * SIDE + i)));
            sum += (LANE32(s, 0) + LANE32(s, 1) + LANE32(s, 2) + LANE32(s, 3)) * (row ^ column);
        }
    return sum;
}

#define TURN(x, n) OR(SHL32(x, n), SHR32(x, 32 - n))
#define QUARTER                                       \
    a = ADD32(a, b); d = XOR(d, a); d = TURN(d, 16);  \
    c = ADD32(c, d); b = XOR(b, c); b = TURN(b, 12);  \
    a = ADD32(a, b); d = XOR(d, a); d = TURN(d, 8);   \
    c = ADD32(c, d); b = XOR(b, c); b = TURN(b, 7);

// A hash whose rounds are those of ChaCha: rotations and shuffles.
__attribute__((noinline)) static unsigned mix(const uint8_t *p, int n) {
    ivec a = LOAD(p), b = LOAD(p + 16), c = LOAD(p + 32), d = LOAD(p + 48);
    for (int i = 0; i < n; i += 16) {
        a = XOR(a, LOAD(p + i));
        QUARTER
        b = ROTATE1(b); c = ROTATE2(c); d = ROTATE3(d);
        QUARTER
        b = ROTATE3(b); c = ROTATE2(c); d = ROTATE1(d);
    }
    a = XOR(XOR(a, b), XOR(c, d));
    return (unsigned)(LANE32(a, 0) ^ LANE32(a, 1) ^ LANE32(a, 2) ^ LANE32(a, 3));
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#define KERNEL(name, times, work)                                       \
    do {                                                                \
        unsigned check = 0;                                             \
        double start = now();                                           \
        for (int turn = 0; turn < (times) * scale; turn++) { work; }    \
        printf("%s %.6f %08x\n", name, now() - start, check);           \
    } while (0)

int main(int argc, char **argv) {
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    unsigned seed = 1;
    for (int i = 0; i < BYTES; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes_a[i] = (uint8_t)(seed >> 24);
        bytes_b[i] = (uint8_t)(seed >> 16);
        floats_a[i / 4] = (float)(int)(seed >> 24) * 0.5f;
        floats_b[i / 4] = (float)(int)(seed >> 28) - 7.0f;
        matrix_a[i % (SIDE * SIDE)] = (int16_t)(seed >> 18);
        matrix_b[i % (SIDE * SIDE)] = (int16_t)(seed >> 20);
    }
    KERNEL("dot", 20000, check += (unsigned)(int)dot(floats_a, floats_b, BYTES / 4); floats_a[turn % 64] += 1.0f);
    KERNEL("classify", 20000, check += (unsigned)classify(bytes_a, BYTES); bytes_a[turn % BYTES]++);
    KERNEL("blend", 20000, blend(bytes_c, bytes_a, bytes_b, BYTES, turn % 257); check += bytes_c[turn % BYTES]);
    KERNEL("matrix", 3000, check += (unsigned)matrix(matrix_a, matrix_b); matrix_a[turn % SIDE]++);
    KERNEL("mix", 1000, check += mix(bytes_a, BYTES); bytes_a[turn % BYTES]++);
    return 0;
}
