/* Conway's game of life on bytes. */
#include "bench.h"

#define W 512
static uint8_t cells[2][W + 2][W + 2];

static uint64_t work(void) {
    for (int y = 1; y <= W; y++)
        for (int x = 1; x <= W; x++) cells[0][y][x] = random_below(3) == 0;
    for (int round = 0; round < 1000; round++) {
        uint8_t(*from)[W + 2] = cells[round & 1], (*to)[W + 2] = cells[~round & 1];
        for (int y = 1; y <= W; y++)
            for (int x = 1; x <= W; x++) {
                int n = from[y - 1][x - 1] + from[y - 1][x] + from[y - 1][x + 1] + from[y][x - 1] + from[y][x + 1] + from[y + 1][x - 1] + from[y + 1][x] +
                        from[y + 1][x + 1];
                to[y][x] = n == 3 || (n == 2 && from[y][x]);
            }
    }
    uint64_t sum = 0;
    for (int y = 1; y <= W; y++)
        for (int x = 1; x <= W; x++) sum = mix(sum, cells[0][y][x]);
    return sum;
}
