/* Exceptions between instances: two of `thrower`, one of `catcher` that imports the tag and the table of the first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wative.h"

extern const wative_module wative_module_thrower, wative_module_catcher;

static wative_instance *first, *second, *catcher;

static uint32_t call(wative_instance *instance, const char *name, uint64_t *values) {
  wative_export function;
  if (!wative_export_lookup(instance, name, strlen(name), &function)) return 999;
  return wative_call(instance, &function, values);
}

static void show(wative_instance *instance, const char *name, uint64_t a, uint64_t b) {
  uint64_t values[2] = {a, b};
  uint32_t code = call(instance, name, values);
  if (code != 0)
    printf("%s: trap %" PRIu32 "\n", name, code);
  else
    printf("%s: %" PRId32 "\n", name, (int32_t)values[0]);
}

/* Calls an export that throws: the exception ends that call. */
uint32_t wative_import_env__back(wative_instance *from, uint32_t x) {
  uint64_t values[1] = {x};
  (void)from;
  return 100 + call(first, "throw", values);
}

int main(void) {
  wative_export tag, other, table, foreign;
  wative_extern imports[2];
  if (wative_instantiate(&wative_module_thrower, NULL, 0, &first) != 0) return 1;
  if (wative_instantiate(&wative_module_thrower, NULL, 0, &second) != 0) return 2;
  if (!wative_export_lookup(first, "e", 1, &tag) || tag.item.kind != WATIVE_TAG) return 3;
  if (!wative_export_lookup(first, "other", 5, &other)) return 4;
  if (!wative_export_lookup(first, "table", 5, &table)) return 5;
  if (!wative_export_lookup(second, "table", 5, &foreign)) return 6;
  imports[0] = other.item;
  imports[1] = table.item;
  printf("wrong tag: %" PRIu32 "\n", wative_instantiate(&wative_module_catcher, imports, 2, &catcher));
  imports[0] = tag.item;
  if (wative_instantiate(&wative_module_catcher, imports, 2, &catcher) != 0) return 7;

  show(catcher, "catch", 0, 21);
  show(catcher, "catch", 1, 30);
  show(first, "count", 0, 0);
  show(second, "count", 0, 0);
  show(catcher, "call_back", 5, 0);
  show(catcher, "uncaught", 5, 0);
  show(first, "throw", 5, 0);
  show(catcher, "again", 0, 0);
  show(catcher, "keep", 77, 0);
  show(catcher, "many", 100000, 0);
  show(catcher, "again", 0, 0);
  show(catcher, "again", 1, 0);
  /* A function of the other instance throws its own tag. */
  ((wative_table *)table.item.address)->elems[0] = ((wative_table *)foreign.item.address)->elems[0];
  show(catcher, "catch", 0, 21);
  show(second, "count", 0, 0);
  return 0;
}
