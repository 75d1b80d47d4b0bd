/* Zstandard: a text compressed at three levels, and back. */
#include "bench.h"
#include "text.h"
#include "zstd.h"

static uint64_t work(void) {
    static char text[SIZE], packed[SIZE + SIZE / 8], back[SIZE];
    uint64_t sum = 0;
    write_text(text);
    for (int round = 0; round < 12; round++) {
        size_t size = ZSTD_compress(packed, sizeof packed, text, SIZE, round % 3 == 0 ? 1 : round % 3 == 1 ? 3 : 9);
        for (int i = 0; i < 5; i++)
            if (ZSTD_decompress(back, SIZE, packed, size) != SIZE || memcmp(text, back, SIZE)) return 0;
        sum = mix(sum, size);
        text[round * 31]++;
    }
    return sum;
}
