/* Exceptions between instances with heaps of their own (two of `crossing`) and without (`thrower`, `catcher`): what is known on both sides, what is not and comes back, what is kept, garbage, and
 * C. With an argument every allocation collects garbage, so there is less of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wative.h"

extern const wative_module wative_module_crossing, wative_module_thrower, wative_module_catcher;

static uint32_t scale = 1;

#define CHECK(x) do { if (!(x)) { printf("line %d: %s\n", __LINE__, #x); exit(1); } } while (0)

static wative_instance *thrower, *catcher, *a, *b;
static uint64_t of_a, of_b, host = 4711;

uint32_t wative_import_env__back(wative_instance *from, uint32_t x) {
  (void)from;
  return x;
}

static uint32_t call(wative_instance *it, const char *name, uint64_t *values) {
  wative_export function;
  CHECK(wative_export_lookup(it, name, strlen(name), &function));
  return wative_call(it, &function, values);
}

static uint64_t get(wative_instance *it, const char *name, uint64_t x, uint64_t y) {
  uint64_t values[4] = {x, y};
  uint32_t code = call(it, name, values);
  if (code != 0) {
    char text[500];
    wative_trap_text(it, text, sizeof text);
    printf("%s(%" PRIu64 ", %" PRIu64 "): trap %" PRIu32 "\n%s", name, x, y, code, text);
    exit(1);
  }
  return values[0];
}

static int32_t number(wative_instance *it, const char *name, uint64_t x, uint64_t y) { return (int32_t)get(it, name, x, y); }

static uint32_t trap(wative_instance *it, const char *name, uint64_t x, uint64_t y) {
  uint64_t values[4] = {x, y};
  return call(it, name, values);
}

static wative_extern export(wative_instance *it, const char *name) {
  wative_export found;
  CHECK(wative_export_lookup(it, name, strlen(name), &found));
  return found.item;
}

static wative_instance *make(uint64_t *shared) {
  wative_extern imports[4] = {
      export(thrower, "e"),
      export(thrower, "table"),
      {WATIVE_GLOBAL, WATIVE_EXNREF | 0x100, shared, NULL},
      {WATIVE_GLOBAL, WATIVE_EXTERNREF, &host, NULL},
  };
  wative_instance *it;
  CHECK(wative_instantiate(&wative_module_crossing, imports, 4, &it) == WATIVE_OK);
  return it;
}

/* What `keep` has kept in all places, as often as it is thrown. */
static void is_kept(wative_instance *it, int32_t want) {
  for (int round = 0; round < 2; round++)
    for (int from = 0; from < 5; from++) {
      get(it, "churn", 200 / scale, 0);
      CHECK(number(it, "kept", from, 0) == want);
    }
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) scale = 20;
  CHECK(wative_instantiate(&wative_module_thrower, NULL, 0, &thrower) == WATIVE_OK);
  wative_extern imports[2] = {export(thrower, "e"), export(thrower, "table")};
  CHECK(wative_instantiate(&wative_module_catcher, imports, 2, &catcher) == WATIVE_OK);
  a = make(&of_a);
  b = make(&of_b);
  /* Of the module without objects. Its number is doubled as a floating-point number. */
  for (int i = 0; i < 40; i++) CHECK(number(a, "catch", 0, i) == i + 2000 * i);
  CHECK(number(a, "keep", 0, 21) == -1);
  is_kept(a, 21 + 2000 * 21);
  CHECK(number(b, "keep", 1, 22) == -1);
  is_kept(b, 22 + 2000 * 22);
  is_kept(a, 21 + 2000 * 21);
  /* To it. */
  get(a, "put", 0, 0);
  CHECK(number(catcher, "catch", 0, 30) == 30 + 0 + 1000 + 7);
  CHECK(number(catcher, "many", 20000 / scale, 0) == (int32_t)((int64_t)(20000 / scale) * (20000 / scale + 1) / 2));
  get(a, "put", 1, 0);
  get(catcher, "keep", 31, 0);
  CHECK(number(catcher, "many", 20000 / scale, 0) > 0);
  CHECK(number(catcher, "again", 0, 0) == 31 && number(catcher, "again", 1, 0) == 31);
  /* What it does not know goes through it. */
  get(a, "put", 0, 1);
  get(a, "put", 1, 3);
  CHECK(number(catcher, "catch", 0, 30) == -1 && number(catcher, "catch", 1, 30) == -1);
  CHECK(trap(catcher, "uncaught", 3, 0) == WATIVE_TRAP_UNCAUGHT_EXCEPTION);
  /* Between two with objects: known to both, and not. */
  get(a, "put", 0, 0);
  CHECK(number(b, "catch", 0, 40) == 40 + 1000 && number(a, "catch", 0, 41) == 41 + 1000);
  CHECK(number(b, "keep", 0, 42) == -1);
  is_kept(b, 42 + 1000);
  get(a, "put", 0, 1);
  CHECK(number(a, "catch", 0, 43) == 7043 && number(b, "catch", 0, 44) == -1);
  CHECK(number(a, "keep", 0, 45) == -1 && number(b, "keep", 0, 46) == -1);
  is_kept(a, 7045);
  is_kept(b, -1);
  get(a, "put", 1, 3);
  CHECK(number(b, "catch", 1, 47) == -1);
  /* Through another instance and back: the tag's own one finds its objects again. */
  get(b, "put", 1, 2);
  for (int i = 0; i < 40; i++) CHECK(number(a, "catch", 1, i) == 7000 + i);
  CHECK(number(a, "keep", 1, 48) == -1);
  is_kept(a, 7048);
  CHECK(number(b, "catch", 1, 49) == -1 && number(b, "kept", 0, 0) == -1);
  /* And of what was thrown by itself, through the other one: `again` of both call each other no more than once. */
  get(a, "put", 0, 0);
  CHECK(number(a, "catch", 1, 50) == 50 + 1000 && number(catcher, "catch", 1, 51) == 51 + 1000 + 7);
  CHECK(number(b, "catch", 1, 52) == 52 + 1000);
  /* Whatever was kept of the other instance stays as it was. */
  is_kept(a, 7048);
  get(b, "churn", 400 / scale, 0);
  /* Nobody catches it. */
  for (int i = 0; i < 2; i++) {
    CHECK(trap(b, "uncaught", i, 1) == WATIVE_TRAP_UNCAUGHT_EXCEPTION && trap(a, "uncaught", i, 1) == WATIVE_TRAP_UNCAUGHT_EXCEPTION);
  }
  /* In C they are references to objects. */
  uint64_t exception = get(a, "exception", 0, 0);
  CHECK(exception >> 63 == 1 && exception == of_a && number(a, "take", exception, 0) == 7048);
  CHECK(number(a, "take", 0, 0) == 0 && trap(a, "kept", 0, 0) == WATIVE_TRAP_NULL_REFERENCE);
  CHECK(number(a, "take", exception, 0) == 7048);
  CHECK(trap(b, "take", exception, 0) == WATIVE_TRAP_CAST_FAILURE && trap(a, "take", 4711, 0) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(trap(a, "take", 1ull << 63 | 7, 0) == WATIVE_TRAP_CAST_FAILURE);
  for (int bit = 0; bit < 63; bit++) CHECK(trap(a, "take", exception ^ 1ull << bit, 0) == WATIVE_TRAP_CAST_FAILURE);
  of_b = exception;
  CHECK(trap(b, "kept", 3, 0) == WATIVE_TRAP_CAST_FAILURE);
  of_b = 0;
  uint64_t foreign = get(b, "exception", 0, 0);
  CHECK(number(b, "take", foreign, 0) == 1 + 1000);
  CHECK(wative_reference_release(b, foreign));
  get(a, "forget", 0, 0);
  CHECK(of_a == 0 && wative_reference_release(a, exception) && !wative_reference_release(a, exception));
  CHECK(trap(a, "take", exception, 0) == WATIVE_TRAP_CAST_FAILURE);
  /* Circles are garbage, and what is kept counts in the limit. */
  get(a, "circles", 40000 / (scale * scale), 0);
  if (scale == 1) CHECK(trap(a, "endless", 0, 0) == WATIVE_TRAP_OUT_OF_MEMORY);
  get(a, "forget", 0, 0);
  CHECK(number(a, "catch", 0, 53) == 53 + 1000);
  wative_instance_delete(b);
  wative_instance_delete(a);
  puts("done");
  return 0;
}
