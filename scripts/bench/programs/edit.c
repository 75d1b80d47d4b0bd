/* Edit distances of texts: dynamic programming in two rows. */
#include "bench.h"

#define N 2000

static int distance(const char *a, const char *b) {
    static int row[N + 1];
    for (int j = 0; j <= N; j++) row[j] = j;
    for (int i = 1; i <= N; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= N; j++) {
            int replace = diagonal + (a[i - 1] != b[j - 1]);
            int drop = row[j] + 1, insert = row[j - 1] + 1;
            diagonal = row[j];
            int best = replace < drop ? replace : drop;
            row[j] = best < insert ? best : insert;
        }
    }
    return row[N];
}

static uint64_t work(void) {
    static char a[N + 1], b[N + 1];
    uint64_t sum = 0;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < N; i++) a[i] = (char)('a' + random_below(4)), b[i] = random_below(3) ? a[i] : (char)('a' + random_below(4));
        sum = mix(sum, (uint64_t)distance(a, b));
    }
    return sum;
}
