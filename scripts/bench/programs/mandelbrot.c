/* Iterations until points leave the Mandelbrot set's circle. */
#include "bench.h"

static uint64_t work(void) {
    uint64_t sum = 0;
    for (int py = 0; py < 900; py++)
        for (int px = 0; px < 900; px++) {
            double cx = px / 300.0 - 2.2, cy = py / 300.0 - 1.5, x = 0, y = 0;
            int n = 0;
            while (n < 200 && x * x + y * y < 4) {
                double t = x * x - y * y + cx;
                y = 2 * x * y + cy;
                x = t;
                n++;
            }
            sum = mix(sum, (uint64_t)n);
        }
    return sum;
}
