/* The product of two matrices of doubles, in blocks. */
#include "bench.h"

#define N 384
static double a[N][N], b[N][N], c[N][N];

static uint64_t work(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = random_below(100) / 7.0, b[i][j] = random_below(100) / 9.0, c[i][j] = 0;
    for (int round = 0; round < 12; round++)
        for (int ii = 0; ii < N; ii += 32)
            for (int kk = 0; kk < N; kk += 32)
                for (int i = ii; i < ii + 32; i++)
                    for (int k = kk; k < kk + 32; k++) {
                        double x = a[i][k];
                        for (int j = 0; j < N; j++) c[i][j] += x * b[k][j];
                    }
    uint64_t sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) sum = mix_double(sum, c[i][j]);
    return sum;
}
