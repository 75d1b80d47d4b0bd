/* A hash table of strings with open addressing. */
#include "bench.h"

typedef struct { const char *key; uint32_t hash, count; } Slot;

static Slot *slots;
static size_t capacity, used;

static uint32_t hash_of(const char *key) {
    uint32_t hash = 2166136261u;
    for (; *key; key++) hash = (hash ^ (uint8_t)*key) * 16777619u;
    return hash;
}

static Slot *find(Slot *slots, size_t capacity, const char *key, uint32_t hash) {
    for (size_t i = hash;; i++) {
        Slot *slot = &slots[i & (capacity - 1)];
        if (!slot->key || (slot->hash == hash && strcmp(slot->key, key) == 0)) return slot;
    }
}

static void grow(void) {
    size_t larger = capacity ? capacity * 2 : 16;
    Slot *fresh = calloc(larger, sizeof *fresh);
    for (size_t i = 0; i < capacity; i++)
        if (slots[i].key) *find(fresh, larger, slots[i].key, slots[i].hash) = slots[i];
    free(slots);
    slots = fresh;
    capacity = larger;
}

static uint64_t work(void) {
    static char text[1 << 21];
    size_t at = 0;
    slots = NULL;
    capacity = used = 0;
    for (int i = 0; i < 5000000; i++) {
        if (used * 4 >= capacity * 3) grow();
        char *key = text + at;
        uint32_t number = random_below(1 << 16);
        number = number * number >> 16;
        int length = 0;
        do key[length++] = (char)('a' + number % 26); while (number /= 26);
        key[length++] = 'x';
        key[length] = 0;
        Slot *slot = find(slots, capacity, key, hash_of(key));
        if (!slot->key) {
            *slot = (Slot){key, hash_of(key), 0};
            at += (size_t)length + 1;
            used++;
        }
        slot->count++;
    }
    uint64_t sum = used;
    for (size_t i = 0; i < capacity; i++)
        if (slots[i].key) sum += slots[i].count * (uint64_t)slots[i].hash;
    free(slots);
    return sum;
}
