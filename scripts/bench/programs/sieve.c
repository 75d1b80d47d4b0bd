/* Primes by a sieve of bits, in segments. */
#include "bench.h"

#define LIMIT 160000000
#define SEGMENT (1 << 17)

static uint64_t work(void) {
    static uint8_t small[12700], bits[SEGMENT / 16];
    static uint32_t primes[1600], next[1600];
    uint32_t count = 0;
    memset(small, 0, sizeof small);
    for (uint32_t i = 3; i < 12700; i += 2) {
        if (small[i]) continue;
        primes[count] = i, next[count++] = i * i;
        for (uint32_t j = i * i; j < 12700; j += 2 * i) small[j] = 1;
    }
    uint64_t found = 1, sum = 0;
    for (uint32_t low = 0; low < LIMIT; low += SEGMENT) {
        memset(bits, 0, sizeof bits);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t j = next[k] - low, step = 2 * primes[k];
            for (; j < SEGMENT; j += step) bits[j >> 4] |= (uint8_t)(1 << (j >> 1 & 7));
            next[k] = j + low;
        }
        for (uint32_t j = low ? 1 : 3; j < SEGMENT && low + j < LIMIT; j += 2)
            if (!(bits[j >> 4] >> (j >> 1 & 7) & 1)) found++, sum += low + j;
    }
    return mix(found, sum);
}
