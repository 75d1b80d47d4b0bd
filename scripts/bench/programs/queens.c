/* Queens on a board, by bits and recursion. */
#include "bench.h"

static int place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
    if (columns == all) return 1;
    int found = 0;
    for (uint32_t free = all & ~(columns | left | right); free;) {
        uint32_t bit = free & -free;
        free ^= bit;
        found += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

static uint64_t work(void) { return (uint64_t)place((1 << 14) - 1, 0, 0, 0); }
