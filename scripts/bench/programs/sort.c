/* The C library's qsort with a comparison of ours, a merge sort of our own, and binary search. */
#include "bench.h"

#define N 300000
static uint32_t values[N], other[N];
static char *strings[N / 10];

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void merge_sort(uint32_t *v, uint32_t *spare, size_t n) {
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(v, spare, half);
    merge_sort(v + half, spare, n - half);
    while (i < half && j < n) spare[k++] = v[j] < v[i] ? v[j++] : v[i++];
    while (i < half) spare[k++] = v[i++];
    while (j < n) spare[k++] = v[j++];
    memcpy(v, spare, n * sizeof *v);
}

static uint64_t work(void) {
    uint64_t sum = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) values[i] = (uint32_t)random_next();
        qsort(values, N, sizeof *values, by_value);
        for (int i = 0; i < N; i++) {
            uint32_t wanted = (uint32_t)random_next(), low = 0, high = N;
            while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (values[middle] < wanted) low = middle + 1;
                else high = middle;
            }
            sum = mix(sum, low);
        }
        for (int i = 0; i < N; i++) values[i] = (uint32_t)random_next();
        merge_sort(values, other, N);
        sum = mix(sum, values[N / 3]);
        for (int i = 0; i < N / 10; i++) {
            strings[i] = malloc(20);
            snprintf(strings[i], 20, "%x", (unsigned)random_next());
        }
        qsort(strings, N / 10, sizeof *strings, by_text);
        sum = mix(sum, (uint64_t)strings[N / 20][0]);
        for (int i = 0; i < N / 10; i++) free(strings[i]);
    }
    return sum;
}
