/* Products of 4x4 matrices of floats in vectors of 128 bits. */
#include "bench.h"

typedef float Row __attribute__((vector_size(16)));
typedef struct { Row row[4]; } Matrix;

static inline Row splat(float x) { return (Row){x, x, x, x}; }

static __attribute__((noinline)) void multiply(Matrix *out, const Matrix *a, const Matrix *b, int count) {
    for (int i = 0; i < count; i++)
        for (int r = 0; r < 4; r++) {
            Row x = a[i].row[r];
            out[i].row[r] = splat(x[0]) * b[i].row[0] + splat(x[1]) * b[i].row[1] + splat(x[2]) * b[i].row[2] + splat(x[3]) * b[i].row[3];
        }
}

static Matrix a[512], b[512], c[512];

static uint64_t work(void) {
    for (int i = 0; i < 512; i++)
        for (int r = 0; r < 4; r++)
            for (int k = 0; k < 4; k++) {
                a[i].row[r][k] = (float)random_below(1000) / 2048.0f;
                b[i].row[r][k] = (float)random_below(1000) / 2048.0f - 0.25f;
            }
    for (int round = 0; round < 60000; round++) {
        multiply(c, a, b, 512);
        a[round & 511].row[round & 3] += splat(c[round & 511].row[0][0] * 0.001f);
    }
    uint64_t sum = 0;
    for (int i = 0; i < 512; i++)
        for (int r = 0; r < 4; r++)
            for (int k = 0; k < 4; k++) sum = mix_double(sum, c[i].row[r][k]);
    return sum;
}
