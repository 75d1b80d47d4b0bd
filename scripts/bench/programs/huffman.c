/* Huffman codes of a text: frequencies, tree, bits out and in. */
#include "bench.h"

#define SIZE (1 << 19)
static uint8_t text[SIZE], back[SIZE], bits[SIZE * 2];
static int left[511], right[511];
static uint32_t codes[256], lengths[256];

static void assign(int node, uint32_t code, uint32_t length) {
    if (node < 256) {
        codes[node] = code, lengths[node] = length;
    } else {
        assign(left[node], code, length + 1);
        assign(right[node], code | 1u << length, length + 1);
    }
}

static int build(void) {
    uint32_t weight[511] = {0};
    uint8_t taken[511] = {0};
    int nodes = 256;
    for (int i = 0; i < SIZE; i++) weight[text[i]]++;
    for (;;) {
        int a = -1, b = -1;
        for (int i = 0; i < nodes; i++)
            if (!taken[i] && weight[i]) {
                if (a < 0 || weight[i] < weight[a]) b = a, a = i;
                else if (b < 0 || weight[i] < weight[b]) b = i;
            }
        if (b < 0) return a;
        taken[a] = taken[b] = 1;
        left[nodes] = a, right[nodes] = b, weight[nodes++] = weight[a] + weight[b];
    }
}

static uint64_t work(void) {
    for (int i = 0; i < SIZE; i++) text[i] = (uint8_t)(random_below(16) * random_below(16) + 20);
    int root = build();
    assign(root, 0, 0);
    uint64_t sum = 0;
    for (int round = 0; round < 20; round++) {
        uint64_t buffer = 0;
        uint32_t count = 0;
        size_t size = 0;
        for (int i = 0; i < SIZE; i++) {
            buffer |= (uint64_t)codes[text[i]] << count;
            count += lengths[text[i]];
            while (count >= 8) bits[size++] = (uint8_t)buffer, buffer >>= 8, count -= 8;
        }
        bits[size++] = (uint8_t)buffer;
        size_t at = 0;
        for (int i = 0; i < SIZE; i++) {
            int node = root;
            for (; node >= 256; at++) node = bits[at >> 3] >> (at & 7) & 1 ? right[node] : left[node];
            back[i] = (uint8_t)node;
        }
        if (memcmp(text, back, SIZE)) return 0;
        sum = mix(sum, size);
        text[round * 7] = text[round * 11];
    }
    return sum;
}
