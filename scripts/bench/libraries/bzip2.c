/* bzip2: a text compressed and back. */
#include "bench.h"
#include "bzlib.h"
#include "text.h"

void bz_internal_error(int code) { exit(code); }

static uint64_t work(void) {
    static char text[SIZE], packed[SIZE + SIZE / 8], back[SIZE];
    uint64_t sum = 0;
    write_text(text);
    for (int round = 0; round < 1; round++) {
        unsigned size = sizeof packed, length = SIZE;
        if (BZ2_bzBuffToBuffCompress(packed, &size, text, SIZE, 9, 0, 30) || BZ2_bzBuffToBuffDecompress(back, &length, packed, size, 0, 0)) return 0;
        if (length != SIZE || memcmp(text, back, SIZE)) return 0;
        sum = mix(sum, size);
        text[round * 31]++;
    }
    return sum;
}
