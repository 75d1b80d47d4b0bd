/* Sudoku by exhaustive search with sets of candidates in bits. */
#include "bench.h"

static uint16_t rows[9], columns[9], boxes[9];
static uint8_t grid[81];
static uint64_t nodes;

static int solve(void) {
    int best = -1, fewest = 10;
    uint16_t choice = 0;
    for (int i = 0; i < 81; i++) {
        if (grid[i]) continue;
        uint16_t open = (uint16_t)(511 & ~(rows[i / 9] | columns[i % 9] | boxes[i / 27 * 3 + i % 9 / 3]));
        int count = __builtin_popcount(open);
        if (count < fewest) best = i, fewest = count, choice = open;
    }
    if (best < 0) return 1;
    nodes++;
    int r = best / 9, c = best % 9, x = best / 27 * 3 + c / 3;
    for (; choice; choice &= (uint16_t)(choice - 1)) {
        uint16_t bit = (uint16_t)(choice & -choice);
        grid[best] = (uint8_t)(1 + __builtin_ctz(bit));
        rows[r] |= bit, columns[c] |= bit, boxes[x] |= bit;
        if (solve()) return 1;
        rows[r] &= (uint16_t)~bit, columns[c] &= (uint16_t)~bit, boxes[x] &= (uint16_t)~bit;
        grid[best] = 0;
    }
    return 0;
}

static uint64_t work(void) {
    static const char *puzzles[] = {
        "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
        "..............3.85..1.2.......5.7.....4...1...9.......5......73..2.1........4...9",
        "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
    };
    uint64_t sum = 0;
    for (int round = 0; round < 30; round++) {
        const char *puzzle = puzzles[round % 3];
        memset(rows, 0, sizeof rows), memset(columns, 0, sizeof columns), memset(boxes, 0, sizeof boxes);
        for (int i = 0; i < 81; i++) {
            grid[i] = puzzle[i] == '.' ? 0 : (uint8_t)(puzzle[i] - '0');
            uint16_t bit = grid[i] ? (uint16_t)(1 << (grid[i] - 1)) : 0;
            rows[i / 9] |= bit, columns[i % 9] |= bit, boxes[i / 27 * 3 + i % 9 / 3] |= bit;
        }
        sum += (uint64_t)solve();
        for (int i = 0; i < 81; i++) sum = mix(sum, grid[i]);
    }
    return mix(sum, nodes);
}
