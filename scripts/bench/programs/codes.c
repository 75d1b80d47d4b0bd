/* Checksums and base64: CRC-32 by a table, Adler-32, encoding and decoding. */
#include "bench.h"

#define SIZE (3 << 16)
static uint8_t data[SIZE], decoded[SIZE];
static char encoded[SIZE / 3 * 4];
static uint32_t table[256];

static uint64_t work(void) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static uint8_t value[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
        table[i] = c;
    }
    for (int i = 0; i < 64; i++) value[(uint8_t)letters[i]] = (uint8_t)i;
    for (int i = 0; i < SIZE; i++) data[i] = (uint8_t)random_next();
    uint64_t sum = 0;
    for (int round = 0; round < 200; round++) {
        uint32_t crc = ~0u, a = 1, b = 0;
        for (int i = 0; i < SIZE; i++) crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
        for (int i = 0; i < SIZE; i++) {
            a += data[i];
            if (a >= 65521) a -= 65521;
            b += a;
            if (b >= 65521) b -= 65521;
        }
        for (int i = 0, j = 0; i < SIZE; i += 3, j += 4) {
            uint32_t v = (uint32_t)data[i] << 16 | (uint32_t)data[i + 1] << 8 | data[i + 2];
            encoded[j] = letters[v >> 18], encoded[j + 1] = letters[v >> 12 & 63], encoded[j + 2] = letters[v >> 6 & 63], encoded[j + 3] = letters[v & 63];
        }
        for (int i = 0, j = 0; i < SIZE; i += 3, j += 4) {
            uint32_t v = 0;
            for (int k = 0; k < 4; k++) v = v << 6 | value[(uint8_t)encoded[j + k]];
            decoded[i] = (uint8_t)(v >> 16), decoded[i + 1] = (uint8_t)(v >> 8), decoded[i + 2] = (uint8_t)v;
        }
        sum = mix(mix(sum, crc), (uint64_t)b << 16 | a);
        data[round] = (uint8_t)(decoded[round] + 1);
    }
    return sum;
}
