/* What all programs of the benchmark share. Each takes one argument, how often it repeats its work (default 1), and prints one line, a checksum. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 88172645463325252u;

/* xorshift64 (Marsaglia 2003). */
static inline uint64_t random_next(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static inline uint32_t random_below(uint32_t limit) { return (uint32_t)((random_next() >> 32) * limit >> 32); }

static inline uint64_t mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 0x9e3779b97f4a7c15u + (sum >> 29); }

static inline uint64_t mix_double(uint64_t sum, double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return mix(sum, bits);
}

static uint64_t work(void);

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    uint64_t sum = 0;
    for (int i = 0; i < rounds; i++) sum = mix(sum, work());
    printf("%016llx\n", (unsigned long long)sum);
    return 0;
}

#endif
