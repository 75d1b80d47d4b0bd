/* Compression with a hash table of positions, matches and literals, and back. */
#include "bench.h"

#define SIZE (1 << 20)
static uint8_t input[SIZE + 16], packed[SIZE * 2], output[SIZE + 16];
static uint32_t table[1 << 14];

static uint32_t read32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static __attribute__((noinline)) size_t compress(const uint8_t *in, size_t size, uint8_t *out) {
    uint8_t *start = out;
    size_t at = 0, literal = 0;
    memset(table, 0, sizeof table);
    while (at + 12 < size) {
        uint32_t word = read32(in + at);
        uint32_t *slot = &table[word * 2654435761u >> 18];
        size_t found = *slot;
        *slot = (uint32_t)at;
        if (found < at && at - found < 65536 && read32(in + found) == word) {
            size_t length = 4;
            while (at + length < size && length < 250 && in[found + length] == in[at + length]) length++;
            size_t run = at - literal;
            while (run >= 255) {
                *out++ = 255;
                *out++ = 0;
                memcpy(out, in + literal, 255);
                out += 255;
                literal += 255;
                run -= 255;
            }
            *out++ = (uint8_t)run;
            *out++ = (uint8_t)length;
            memcpy(out, in + literal, run);
            out += run;
            *out++ = (uint8_t)(at - found);
            *out++ = (uint8_t)((at - found) >> 8);
            at += length;
            literal = at;
        } else {
            at += 1 + ((at - literal) >> 6);
        }
    }
    size_t rest = size - literal;
    while (rest) {
        size_t run = rest < 255 ? rest : 255;
        *out++ = (uint8_t)run;
        *out++ = 0;
        memcpy(out, in + literal, run);
        out += run;
        literal += run;
        rest -= run;
    }
    return (size_t)(out - start);
}

static __attribute__((noinline)) size_t expand(const uint8_t *in, size_t size, uint8_t *out) {
    const uint8_t *end = in + size;
    uint8_t *start = out;
    while (in < end) {
        size_t run = *in++, length = *in++;
        for (size_t i = 0; i < run; i++) out[i] = in[i];
        out += run;
        in += run;
        if (length) {
            size_t distance = in[0] | in[1] << 8;
            in += 2;
            const uint8_t *from = out - distance;
            for (size_t i = 0; i < length; i++) out[i] = from[i];
            out += length;
        }
    }
    return (size_t)(out - start);
}

static uint64_t work(void) {
    static const char *words[] = {"the ", "of ", "compiler ", "memory ", "and ", "function ", "a ", "is ", "block ", "register ", "value ", "to "};
    size_t at = 0;
    while (at < SIZE) {
        const char *word = words[random_below(12)];
        size_t length = strlen(word);
        memcpy(input + at, word, length < SIZE + 16 - at ? length : SIZE + 16 - at);
        at += length;
        if (random_below(10) == 0) input[at++] = (uint8_t)random_next();
    }
    uint64_t sum = 0;
    for (int round = 0; round < 50; round++) {
        input[round * 1000]++;
        size_t size = compress(input, SIZE, packed);
        size_t back = expand(packed, size, output);
        if (back != SIZE || memcmp(input, output, SIZE)) return 0;
        sum = mix(sum, size);
    }
    return sum;
}
