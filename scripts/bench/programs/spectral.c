/* The spectral norm of an infinite matrix, from the Computer Language Benchmarks Game. */
#include <math.h>

#include "bench.h"

#define N 700

static double entry(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void multiply(const double *v, double *out) {
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += entry(i, j) * v[j];
        out[i] = sum;
    }
}

static void transposed(const double *v, double *out) {
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += entry(j, i) * v[j];
        out[i] = sum;
    }
}

static uint64_t work(void) {
    static double u[N], v[N], t[N];
    for (int i = 0; i < N; i++) u[i] = 1;
    for (int i = 0; i < 100; i++) {
        multiply(u, t);
        transposed(t, v);
        multiply(v, t);
        transposed(t, u);
    }
    double uv = 0, vv = 0;
    for (int i = 0; i < N; i++) uv += u[i] * v[i], vv += v[i] * v[i];
    return mix_double(0, sqrt(uv / vv));
}
