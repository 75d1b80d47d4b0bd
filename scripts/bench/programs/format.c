/* Numbers to text and back by the C library. */
#include "bench.h"

static uint64_t work(void) {
    char text[128];
    uint64_t sum = 0;
    for (int i = 0; i < 250000; i++) {
        double number = (double)(int64_t)random_next() / (1 << (i & 15));
        int length = snprintf(text, sizeof text, "%d %08x %s %.6g %lld", i, (unsigned)random_next(), "text", number, (long long)random_next());
        for (int k = 0; k < length; k++) sum = sum * 31 + (uint8_t)text[k];
        char *end;
        sum = mix(sum, (uint64_t)strtol(text, &end, 10));
        sum = mix(sum, strtoul(end, &end, 16));
        sum = mix_double(sum, strtod(end + 6, &end));
    }
    return sum;
}
