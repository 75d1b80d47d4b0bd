/* A text with repetitions of many lengths. */
#ifndef TEXT_H
#define TEXT_H

#include "bench.h"

#define SIZE (1 << 20)

static void write_text(char *text) {
    static const char *syllables[] = {"ba", "con", "di", "ter", "er", "al", "in", "ous", "re", "pro", "ta", "ment", "si", "lo", "ve", "qua"};
    size_t at = 0;
    while (at < SIZE) {
        if (at > 5000 && random_below(12) == 0) {
            size_t from = at - 1 - random_below(5000), length = 8 + random_below(60);
            for (; length && at < SIZE; length--) text[at++] = text[from++];
            continue;
        }
        for (uint32_t k = 1 + random_below(4); k; k--)
            for (const char *c = syllables[random_below(16)]; *c && at < SIZE; c++) text[at++] = *c;
        if (at < SIZE) text[at++] = random_below(9) ? ' ' : '\n';
    }
}

#endif
