/* SHA-256 (FIPS 180-4) of blocks in a row. */
#include "bench.h"

static uint32_t k[64];

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static __attribute__((noinline)) void compress(uint32_t state[8], const uint8_t *block) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
        uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static uint64_t work(void) {
    static uint8_t data[1 << 16];
    uint32_t state[8];
    for (int i = 0; i < 64; i++) k[i] = (uint32_t)random_next();
    for (int i = 0; i < 8; i++) state[i] = (uint32_t)random_next();
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)random_next();
    for (int round = 0; round < 600; round++)
        for (size_t i = 0; i < sizeof data; i += 64) compress(state, data + i);
    uint64_t sum = 0;
    for (int i = 0; i < 8; i++) sum = mix(sum, state[i]);
    return sum;
}
