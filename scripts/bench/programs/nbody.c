/* Planets that attract each other, from the Computer Language Benchmarks Game. */
#include <math.h>

#include "bench.h"

typedef struct { double x[3], v[3], mass; } Body;

static void advance(Body *b, double dt) {
    for (int i = 0; i < 5; i++)
        for (int j = i + 1; j < 5; j++) {
            double d[3], squared = 0;
            for (int k = 0; k < 3; k++) d[k] = b[i].x[k] - b[j].x[k], squared += d[k] * d[k];
            double force = dt / (squared * sqrt(squared));
            for (int k = 0; k < 3; k++) b[i].v[k] -= d[k] * b[j].mass * force, b[j].v[k] += d[k] * b[i].mass * force;
        }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) b[i].x[k] += dt * b[i].v[k];
}

static uint64_t work(void) {
    Body bodies[5] = {
        {{0, 0, 0}, {0, 0, 0}, 39.47},
        {{4.84, -1.16, -0.10}, {0.60, 2.81, -0.02}, 0.0377},
        {{8.34, 4.12, -0.4}, {-1.01, 1.82, 0.008}, 0.0113},
        {{12.89, -15.11, -0.22}, {1.08, 0.86, -0.01}, 0.0017},
        {{15.37, -25.9, 0.17}, {0.97, 0.59, -0.03}, 0.002},
    };
    for (int i = 0; i < 4000000; i++) advance(bodies, 0.01);
    uint64_t sum = 0;
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) sum = mix_double(sum, bodies[i].x[k]);
    return sum;
}
