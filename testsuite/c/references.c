/* References to objects of a library in C: retained and released, as often as they were got, and what becomes of those that were not. With an argument every allocation collects
 * garbage, so there is less of it. */
#include "references.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(x) do { if (!(x)) { printf("line %d: %s\n", __LINE__, #x); exit(1); } } while (0)

/* More nodes than the limit of the heap, 1 MiB, has room for. */
enum { MANY = 80000 };

static int scale = 1;

struct host {
    int retains;
    uint64_t kept;
};

static void on_keep(references_instance *it, uint64_t reference, uint32_t n) {
    struct host *host = references_data(it);
    uint32_t sum;
    /* It is good at least until this returns. */
    CHECK(references_churn(it, 200 / scale) == 0);
    CHECK(references_sum(it, reference, &sum) == 0 && sum == n);
    if (host->retains)
        CHECK(references_retain(it, reference));
    host->kept = reference;
}

/* What is returned is the module's. */
static uint64_t on_last(references_instance *it) {
    struct host *host = references_data(it);
    if (host->retains)
        CHECK(references_retain(it, host->kept));
    return host->kept;
}

static references_instance *make(references_imports *imports, struct host *host) {
    *imports = (references_imports){host, on_keep, on_last};
    references_instance *it;
    CHECK(references_new(imports, NULL, 0, &it) == WATIVE_OK);
    return it;
}

static uint64_t node(references_instance *it, uint32_t n, uint64_t next) {
    uint64_t reference = 0;
    CHECK(references_node(it, n, next, &reference) == 0 && reference >> 63 == 1);
    return reference;
}

static void is(references_instance *it, uint64_t reference, uint32_t want) {
    uint32_t sum = 0;
    CHECK(references_churn(it, 200 / scale) == 0);
    CHECK(references_sum(it, reference, &sum) == 0 && sum == want);
}

static void is_gone(references_instance *it, uint64_t reference) {
    uint32_t sum;
    CHECK(references_sum(it, reference, &sum) == WATIVE_TRAP_CAST_FAILURE);
    CHECK(!references_retain(it, reference) && !references_release(it, reference));
}

static void counted(references_instance *it) {
    uint64_t a = node(it, 7, 0);
    is(it, a, 7);
    CHECK(references_retain(it, a) && references_retain(it, a));
    CHECK(references_release(it, a));
    CHECK(references_release(it, a));
    is(it, a, 7);
    CHECK(references_release(it, a));
    is_gone(it, a);
    /* An object keeps what it refers to; that is got once more each time. */
    uint64_t b = node(it, 1, 0), c = node(it, 2, b), again;
    CHECK(references_release(it, b));
    is_gone(it, b);
    is(it, c, 3);
    CHECK(references_next(it, c, &a) == 0 && a != b);
    for (int i = 0; i < 2; i++)
        CHECK(references_next(it, c, &again) == 0 && again == a);
    CHECK(references_release(it, c));
    is_gone(it, c);
    for (int i = 0; i < 3; i++) {
        is(it, a, 1);
        CHECK(references_release(it, a));
    }
    is_gone(it, a);
    /* What is none. */
    CHECK(!references_retain(it, 0) && !references_release(it, 0));
    CHECK(!references_retain(it, 5) && !references_release(it, 5));
    CHECK(!references_retain(it, 1ull << 63 | 3) && !references_release(it, 1ull << 63 | 3));
}

static void of_another(references_instance *it, references_instance *other) {
    uint64_t a = node(it, 7, 0);
    uint64_t b = node(other, 8, 0);
    is_gone(other, a);
    is_gone(it, b);
    is(it, a, 7);
    is(other, b, 8);
    CHECK(references_release(it, a) && references_release(other, b));
}

static void handed_out(references_instance *it, struct host *host) {
    uint32_t n;
    host->retains = 1;
    CHECK(references_hand_out(it, 9) == 0);
    is(it, host->kept, 9);
    for (int i = 0; i < 3; i++)
        CHECK(references_take_back(it, &n) == 0 && n == 9);
    is(it, host->kept, 9);
    CHECK(references_release(it, host->kept));
    is_gone(it, host->kept);
    /* Not retained: the number means nothing once the function has returned. */
    host->retains = 0;
    CHECK(references_hand_out(it, 10) == 0);
    is_gone(it, host->kept);
    CHECK(references_take_back(it, &n) == WATIVE_TRAP_CAST_FAILURE);
    host->kept = 0;
    CHECK(references_take_back(it, &n) == 0 && n == 0);
}

/* What is released makes room, what is not does not. */
static void limited(references_instance *it) {
    uint64_t *all = malloc(MANY * sizeof *all);
    CHECK(all);
    for (int i = 0; i < 3 * MANY; i++)
        CHECK(references_release(it, node(it, i, 0)));
    int count = 0;
    uint32_t code;
    while ((code = references_node(it, count, 0, &all[count])) == 0 && count < MANY - 1)
        count++;
    CHECK(code == WATIVE_TRAP_OUT_OF_MEMORY);
    for (int i = 0; i < count; i += 1000) {
        uint32_t sum;
        CHECK(references_sum(it, all[i], &sum) == 0 && sum == (uint32_t)i);
    }
    for (int i = 0; i < count; i++)
        CHECK(references_release(it, all[i]));
    is_gone(it, all[0]);
    free(all);
    is(it, node(it, 7, 0), 7);
}

static void *all(void *unused) {
    struct host host = {0, 0};
    references_imports imports;
    references_instance *it = make(&imports, &host), *other = make(&imports, &host);
    for (int i = 0; i < 4; i++) {
        counted(it);
        handed_out(it, &host);
        of_another(it, other);
    }
    references_delete(other);
    if (scale == 1)
        limited(it);
    references_delete(it);
    return unused;
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1)
        scale = 20;
    all(NULL);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, all, NULL) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    printf("done\n");
    return 0;
}
