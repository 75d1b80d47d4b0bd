/* A fast Fourier transform of doubles, there and back. */
#include <math.h>

#include "bench.h"

#define N (1 << 15)
static double re[N], im[N], cosine[N / 2], sine[N / 2];

static __attribute__((noinline)) void transform(double *re, double *im, int inverse) {
    for (int i = 1, j = 0; i < N; i++) {
        int bit = N >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            double t = re[i];
            re[i] = re[j], re[j] = t;
            t = im[i], im[i] = im[j], im[j] = t;
        }
    }
    for (int size = 2; size <= N; size *= 2) {
        int half = size / 2, step = N / size;
        for (int i = 0; i < N; i += size)
            for (int j = 0; j < half; j++) {
                double wr = cosine[j * step], wi = inverse ? -sine[j * step] : sine[j * step];
                double xr = re[i + j + half] * wr - im[i + j + half] * wi, xi = re[i + j + half] * wi + im[i + j + half] * wr;
                re[i + j + half] = re[i + j] - xr;
                im[i + j + half] = im[i + j] - xi;
                re[i + j] += xr;
                im[i + j] += xi;
            }
    }
}

static uint64_t work(void) {
    for (int i = 0; i < N / 2; i++) {
        /* Rotations by exact steps, so that no library's cosine enters. */
        double a = i * (3.14159265358979323846 * 2 / N), x = a, term = a, c = 1, even = 1;
        for (int k = 1; k < 16; k++) {
            even *= -a * a / ((2 * k - 1) * (2 * k));
            c += even;
            term *= -a * a / ((2 * k) * (2 * k + 1));
            x += term;
        }
        cosine[i] = c, sine[i] = x;
    }
    for (int i = 0; i < N; i++) re[i] = random_below(1000) / 1000.0, im[i] = 0;
    for (int round = 0; round < 120; round++) {
        transform(re, im, 0);
        transform(re, im, 1);
        for (int i = 0; i < N; i++) re[i] /= N, im[i] /= N;
    }
    uint64_t sum = 0;
    for (int i = 0; i < N; i++) sum = mix_double(sum, re[i]);
    return sum;
}
