/* Flips of prefixes over all permutations, from the Computer Language Benchmarks Game. */
#include "bench.h"

#define N 10

static uint64_t work(void) {
    int perm[N], first[N], count[N], most = 0, checksum = 0, r = N, number = 0;
    for (int i = 0; i < N; i++) first[i] = i;
    for (;;) {
        while (r != 1) count[r - 1] = r, r--;
        for (int i = 0; i < N; i++) perm[i] = first[i];
        int flips = 0;
        for (int head; (head = perm[0]) != 0; flips++)
            for (int i = 0, j = head; i < j; i++, j--) {
                int t = perm[i];
                perm[i] = perm[j];
                perm[j] = t;
            }
        if (flips > most) most = flips;
        checksum += number++ % 2 ? -flips : flips;
        for (;; r++) {
            if (r == N) return mix(mix(0, (uint64_t)most), (uint64_t)checksum);
            int zero = first[0];
            for (int i = 0; i < r; i++) first[i] = first[i + 1];
            first[r] = zero;
            if (--count[r] > 0) break;
        }
    }
}
