/* Shortest paths in a sparse graph: Dijkstra's algorithm with a binary heap. */
#include "bench.h"

#define NODES 60000
#define EDGES (NODES * 6)

typedef struct { uint32_t distance, node; } Entry;

static uint32_t first[NODES + 1], targets[EDGES], weights[EDGES], best[NODES];
static Entry heap[EDGES + 1];

static uint64_t search(uint32_t from) {
    size_t size = 1;
    memset(best, 255, sizeof best);
    best[from] = 0;
    heap[0] = (Entry){0, from};
    while (size) {
        Entry top = heap[0], last = heap[--size];
        size_t at = 0;
        for (size_t child; (child = 2 * at + 1) < size; at = child) {
            if (child + 1 < size && heap[child + 1].distance < heap[child].distance) child++;
            if (heap[child].distance >= last.distance) break;
            heap[at] = heap[child];
        }
        heap[at] = last;
        if (top.distance > best[top.node]) continue;
        for (uint32_t e = first[top.node]; e < first[top.node + 1]; e++) {
            uint32_t distance = top.distance + weights[e], node = targets[e];
            if (distance < best[node]) {
                best[node] = distance;
                size_t at = size++;
                for (; at && heap[(at - 1) / 2].distance > distance; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
                heap[at] = (Entry){distance, node};
            }
        }
    }
    uint64_t sum = 0;
    for (int i = 0; i < NODES; i++) sum += best[i];
    return sum;
}

static uint64_t work(void) {
    for (uint32_t i = 0; i <= NODES; i++) first[i] = i * 6;
    for (int i = 0; i < EDGES; i++) targets[i] = random_below(NODES), weights[i] = 1 + random_below(1000);
    uint64_t sum = 0;
    for (int i = 0; i < 18; i++) sum = mix(sum, search(random_below(NODES)));
    return sum;
}
