/* References to objects in C: held over collections, given back, of the wrong type, released, made up and another instance's; C functions that call the module again, also on a
 * stack of the program's own; several instances and threads. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "wative.h"

extern const wative_module wative_module_objects, wative_module_plain;

/* With an argument every allocation collects garbage, so there is less of it. */
static uint32_t scale = 1;

#define CHECK(x) do { if (!(x)) { printf("line %d: %s\n", __LINE__, #x); exit(1); } } while (0)

/* What belongs to an instance. */
struct host {
  uint64_t kept;
  int on_own_stack;
};

static uint32_t call(wative_instance *it, const char *name, uint64_t *values) {
  wative_export function;
  CHECK(wative_export_lookup(it, name, strlen(name), &function));
  return wative_call(it, &function, values);
}

/* The first result of a call that does not trap. */
static uint64_t get(wative_instance *it, const char *name, uint64_t a, uint64_t b) {
  uint64_t values[4] = {a, b};
  uint32_t code = call(it, name, values);
  if (code != 0) {
    char text[500];
    wative_trap_text(it, text, sizeof text);
    printf("%s(%" PRIx64 ", %" PRIx64 "): trap %" PRIu32 "\n%s", name, a, b, code, text);
    exit(1);
  }
  return values[0];
}

static uint32_t trap(wative_instance *it, const char *name, uint64_t a, uint64_t b) {
  uint64_t values[4] = {a, b};
  return call(it, name, values);
}

void wative_import_env__keep(wative_instance *it, uint64_t reference) {
  struct host *host = wative_instance_data(it);
  if (reference) CHECK(wative_reference_retain(it, reference));
  host->kept = reference;
}

/* Gives what was kept for what it gets. */
uint64_t wative_import_env__swap(wative_instance *it, uint64_t reference) {
  struct host *host = wative_instance_data(it);
  uint64_t before = host->kept;
  CHECK(wative_reference_retain(it, reference));
  host->kept = reference;
  get(it, "churn", 300 / scale, 0);
  return before;
}

void wative_import_env__pair(wative_instance *it, uint32_t x, uint64_t *results) {
  results[0] = x;
  results[1] = get(it, "new", 1000, 0);
  double value = 0.5 + x;
  memcpy(&results[2], &value, 8);
}

static ucontext_t there, here;
static wative_instance *there_instance;
static uint32_t there_depth, there_result;

static void enter_there(void) { there_result = get(there_instance, "deep", there_depth, 0); }

/* Calls `deep` again; where the instance's host wants it on a stack of this program's, for one that is divisible by four. */
uint32_t wative_import_env__reenter(wative_instance *it, uint32_t depth) {
  struct host *host = wative_instance_data(it);
  get(host ? it : there_instance, "churn", 50 / scale, 0);
  if (!host) return get(there_instance, "deep", depth, 0);
  if (!host->on_own_stack || depth != 4) return get(it, "deep", depth, 0);
  static char stack[256 << 10];
  there_instance = it;
  there_depth = depth;
  getcontext(&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = sizeof stack;
  there.uc_link = &here;
  makecontext(&there, enter_there, 0);
  swapcontext(&here, &there);
  return there_result;
}

static wative_instance *make(struct host *host, wative_table *table) {
  wative_instance *it;
  wative_extern imports[1] = {{WATIVE_TABLE, WATIVE_FUNCREF, table, NULL}};
  CHECK(wative_instantiate(&wative_module_objects, imports, 1, &it) == WATIVE_OK);
  wative_instance_set_data(it, host);
  return it;
}

static uint32_t deep_sum(uint32_t depth) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i <= depth; i++) sum += 2 * (i + 100);
  return sum;
}

static void held(wative_instance *it) {
  const int COUNT = 700 / scale;
  uint64_t refs[700];
  for (int i = 0; i < COUNT; i++) {
    refs[i] = get(it, "list", i + 1, 0);
    if (i % 50 == 0) get(it, "churn", 100 / scale, 0);
  }
  for (int i = 0; i < COUNT; i++) CHECK(get(it, "sum", refs[i], 0) == (uint32_t)((i + 1) * (i + 2) / 2));
  /* The same object is the same reference, as often as it is given. */
  CHECK(get(it, "any", refs[3], 0) == refs[3]);
  CHECK(wative_reference_release(it, refs[3]));
  CHECK(get(it, "sum", refs[3], 0) == 10);
  CHECK(wative_reference_release(it, refs[3]));
  CHECK(!wative_reference_release(it, refs[3]));
  CHECK(!wative_reference_retain(it, refs[3]));
  CHECK(trap(it, "sum", refs[3], 0) == WATIVE_TRAP_CAST_FAILURE);
  /* Nor does it come back with what has its place now. */
  uint64_t other = get(it, "list", 5, 0);
  CHECK(other != refs[3] && (uint32_t)other == (uint32_t)refs[3]);
  CHECK(trap(it, "sum", refs[3], 0) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(get(it, "sum", other, 0) == 15);
  wative_reference_release(it, other);
  for (int i = 0; i < COUNT; i++) CHECK(wative_reference_release(it, refs[i]) == (i != 3));
}

static void wrong(wative_instance *it, wative_instance *other) {
  uint64_t node = get(it, "new", 7, 0), big = get(it, "new_big", 8, 0), number = get(it, "number", -3, 0);
  CHECK(get(it, "value", node, 0) == 7 && get(it, "value", big, 0) == 8 && get(it, "big_value", big, 0) == 77);
  CHECK(trap(it, "big_value", node, 0) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(trap(it, "value", number, 0) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(trap(it, "value", 0, 0) == WATIVE_TRAP_NULL_REFERENCE);
  CHECK(trap(it, "value", 12345, 0) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(trap(it, "none", node, 0) == WATIVE_TRAP_CAST_FAILURE && get(it, "none", 0, 0) == 1);
  CHECK(trap(it, "struct", number, 0) == WATIVE_TRAP_CAST_FAILURE && get(it, "struct", big, 0) == 0);
  CHECK((uint32_t)get(it, "of_number", number, 0) == (uint32_t)-3);
  CHECK(trap(it, "of_number", 0, 0) == WATIVE_TRAP_NULL_REFERENCE);
  CHECK(get(it, "is_node", node, 0) == 1 && get(it, "is_node", number, 0) == 0 && get(it, "is_node", 999, 0) == 0);
  /* A value of the host is what it was. */
  CHECK(get(it, "any", 999, 0) == 999 && get(it, "any", ~0ull >> 1, 0) == ~0ull >> 1 && get(it, "any", 0, 0) == 0);
  /* Another instance's. */
  CHECK(trap(other, "value", node, 0) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(!wative_reference_release(other, node));
  /* Bits one by one, and numbers that look like some. */
  for (int bit = 0; bit < 63; bit++) {
    uint64_t values[1] = {node ^ 1ull << bit};
    uint32_t code = call(it, "value", values);
    CHECK(code == WATIVE_TRAP_CAST_FAILURE || (code == 0 && values[0] == 8));
  }
  uint64_t seed = 1;
  for (int i = 0; i < 3000 / (int)scale; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t guess = 1ull << 63 | (i % 2 ? seed >> 1 : (node & ~0xffffffffull) | (seed >> 40));
    uint64_t values[1] = {guess};
    uint32_t code = call(it, "value", values);
    CHECK(code == WATIVE_TRAP_CAST_FAILURE || guess == node || (code == 0 && values[0] == 8));
    values[0] = guess;
    code = call(it, "inside", values);
    CHECK(code == WATIVE_TRAP_CAST_FAILURE || guess == node || (code == 0 && values[0] == 8));
  }
  wative_reference_release(it, node);
  wative_reference_release(it, big);
}

/* External references stay good until the instance ends. */
static void external(wative_instance *it) {
  uint64_t node = get(it, "new", 31, 0), outside = get(it, "outside", node, 0);
  CHECK(outside == node);
  for (int i = 0; i < 5; i++) CHECK(wative_reference_release(it, node));
  get(it, "churn", 400 / scale, 0);
  CHECK(get(it, "inside", outside, 0) == 31);
  CHECK(get(it, "outside", 5, 0) == 5 && get(it, "outside", 0, 0) == 0);
  CHECK(trap(it, "inside", 5, 0) == WATIVE_TRAP_CAST_FAILURE);
}

static void state(wative_instance *it) {
  uint64_t list = get(it, "list", 100, 0);
  get(it, "keep_global", list, 0);
  get(it, "table_set", 3, list);
  uint64_t first = get(it, "new", 5, 0);
  get(it, "link", first, list);
  wative_reference_release(it, list);
  get(it, "churn", 600 / scale, 0);
  CHECK(get(it, "kept", 0, 0) == 5050 && get(it, "sum", first, 0) == 5055);
  uint64_t again = get(it, "table_get", 3, 0);
  CHECK(get(it, "sum", again, 0) == 5050);
  get(it, "keep_global", 0, 0);
  get(it, "table_set", 3, 0);
  get(it, "churn", 600 / scale, 0);
  CHECK(get(it, "sum", again, 0) == 5050);
  wative_reference_release(it, again);
  wative_reference_release(it, first);
  wative_export missing;
  CHECK(!wative_export_lookup(it, "refs", 4, &missing) && !wative_export_lookup(it, "first", 5, &missing));
}

static void imports(wative_instance *it, struct host *host) {
  get(it, "hand_null", 0, 0);
  CHECK(host->kept == 0);
  get(it, "hand_out", 41, 0);
  get(it, "churn", 300 / scale, 0);
  CHECK(get(it, "value", host->kept, 0) == 41);
  CHECK(get(it, "exchange", 42, 0) == 41 && get(it, "exchange", 43, 0) == 42);
  CHECK(get(it, "value", host->kept, 0) == 43);
  /* What a C function must not give. */
  wative_reference_release(it, host->kept);
  CHECK(trap(it, "exchange", 44, 0) == WATIVE_TRAP_CAST_FAILURE);
  host->kept = 4;
  CHECK(trap(it, "exchange", 44, 0) == WATIVE_TRAP_CAST_FAILURE);
  host->kept = 0;
  CHECK((uint32_t)get(it, "exchange", 44, 0) == (uint32_t)-1);
  CHECK(get(it, "pairs", 20, 0) == 1040);
  uint64_t values[3] = {9};
  CHECK(call(it, "two", values) == 0 && values[1] == (uint64_t)-5 && values[2] == 0);
  CHECK(get(it, "value", values[0], 0) == 9);
}

static void functions(wative_instance *it, wative_instance *other, wative_instance *plain, struct host *host) {
  uint64_t node = get(it, "new", 6, 0);
  CHECK(get(it, "visit", 0, node) == 6 && get(it, "visit", 1, node) == 1006);
  CHECK(trap(it, "visit", 2, node) == WATIVE_TRAP_BAD_SIGNATURE);
  CHECK(trap(it, "visit", 3, node) == WATIVE_TRAP_INDIRECT_CALL_TO_NULL);
  CHECK(get(it, "is_visit", 0, 0) == 1 && get(it, "is_visit", 1, 0) == 3 && get(it, "is_visit", 2, 0) == 0);
  get(it, "fill", 0, 0);
  get(other, "fill", 1, 0);
  get(other, "fill", 2, 2);
  CHECK(get(it, "visit_shared", 0, node) == 6 && get(it, "tail_shared", 0, node) == 6);
  /* References never go to another instance, whatever its functions are called by. */
  CHECK(trap(it, "visit_shared", 1, node) == WATIVE_TRAP_BAD_SIGNATURE);
  CHECK(trap(it, "tail_shared", 1, node) == WATIVE_TRAP_BAD_SIGNATURE);
  CHECK(get(it, "plain_shared", 2, 50) == 155);
  /* Frames of another module, of which the collector knows nothing, between frames that have references. */
  there_instance = it;
  CHECK(get(it, "plain_shared", 3, 5) == deep_sum(5) + 55);
  CHECK(get(plain, "through", 7, 0) == deep_sum(7));
  host->on_own_stack = 1;
  CHECK(get(it, "deep", 9, 0) == deep_sum(9));
  host->on_own_stack = 0;
  wative_reference_release(it, node);
}

static void *thread(void *table) {
  struct host host = {0, 0};
  for (int round = 0; round < (scale == 1 ? 3 : 1); round++) {
    wative_instance *it = make(&host, table);
    held(it);
    CHECK(get(it, "deep", 12, 0) == deep_sum(12));
    for (int i = 0; i < 20; i++) CHECK(get(it, "caught", 30, 0) == 465);
    wative_instance_delete(it);
  }
  return NULL;
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) scale = 20;
  struct host host = {0, 0}, other_host = {0, 0};
  wative_table table, for_threads;
  CHECK(wative_table_create(4, 8, &table) == WATIVE_OK && wative_table_create(4, 8, &for_threads) == WATIVE_OK);
  wative_instance *it = make(&host, &table), *other = make(&other_host, &table), *plain;
  wative_extern imported[1] = {{WATIVE_TABLE, WATIVE_FUNCREF, &table, NULL}};
  CHECK(wative_instantiate(&wative_module_plain, imported, 1, &plain) == WATIVE_OK);
  held(it);
  wrong(it, other);
  external(it);
  state(it);
  imports(it, &host);
  CHECK(get(it, "deep", 40, 0) == deep_sum(40));
  CHECK(get(it, "caught", 40, 0) == 820);
  for (int i = 0; i < 40; i++) CHECK(trap(it, "uncaught", 9, 0) == WATIVE_TRAP_UNCAUGHT_EXCEPTION);
  functions(it, other, plain, &host);
  CHECK(trap(it, "null_field", 0, 0) == WATIVE_TRAP_NULL_REFERENCE);
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, thread, &for_threads) == 0);
  for (int i = 0; i < 10; i++) CHECK(get(it, "deep", 10, 0) == deep_sum(10));
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  if (scale == 1) CHECK(trap(other, "endless", 0, 0) == WATIVE_TRAP_OUT_OF_MEMORY);
  CHECK(get(other, "deep", 10, 0) == deep_sum(10));
  CHECK(get(it, "deep", 10, 0) == deep_sum(10));
  wative_instance_delete(other);
  wative_instance_delete(it);
  puts("done");
  return 0;
}
