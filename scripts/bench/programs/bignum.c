/* Modular exponentiation of 1024-bit numbers: Montgomery products of 64-bit limbs. */
#include "bench.h"

#define N 16
typedef unsigned __int128 u128;
typedef uint64_t Number[N];

static uint64_t negative_inverse(uint64_t x) {
    uint64_t y = 1;
    for (int i = 0; i < 6; i++) y *= 2 - x * y;
    return -y;
}

static void montgomery(Number out, const Number a, const Number b, const Number m, uint64_t inverse) {
    uint64_t t[N + 2] = {0};
    for (int i = 0; i < N; i++) {
        u128 carry = 0;
        for (int j = 0; j < N; j++) {
            carry += (u128)a[j] * b[i] + t[j];
            t[j] = (uint64_t)carry;
            carry >>= 64;
        }
        carry += t[N];
        t[N] = (uint64_t)carry;
        t[N + 1] = (uint64_t)(carry >> 64);
        uint64_t q = t[0] * inverse;
        carry = ((u128)q * m[0] + t[0]) >> 64;
        for (int j = 1; j < N; j++) {
            carry += (u128)q * m[j] + t[j];
            t[j - 1] = (uint64_t)carry;
            carry >>= 64;
        }
        carry += t[N];
        t[N - 1] = (uint64_t)carry;
        t[N] = t[N + 1] + (uint64_t)(carry >> 64);
    }
    uint64_t borrow = 0, less[N];
    for (int j = 0; j < N; j++) {
        u128 d = (u128)t[j] - m[j] - borrow;
        less[j] = (uint64_t)d;
        borrow = (uint64_t)(d >> 64) & 1;
    }
    int keep = t[N] < borrow;
    for (int j = 0; j < N; j++) out[j] = keep ? t[j] : less[j];
}

static uint64_t work(void) {
    Number m, x, power, one = {1};
    for (int i = 0; i < N; i++) m[i] = random_next(), x[i] = random_next();
    m[0] |= 1;
    m[N - 1] |= 1ull << 63;
    x[N - 1] >>= 1;
    uint64_t inverse = negative_inverse(m[0]);
    memcpy(power, x, sizeof power);
    for (int bit = 0; bit < 350000; bit++) {
        montgomery(power, power, power, m, inverse);
        if (bit % 3 == 0) montgomery(power, power, x, m, inverse);
    }
    montgomery(power, power, one, m, inverse);
    uint64_t sum = 0;
    for (int i = 0; i < N; i++) sum = mix(sum, power[i]);
    return sum;
}
