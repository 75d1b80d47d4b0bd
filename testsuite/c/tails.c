/* Tail calls in objects: inside an instance they keep the stack as it is, into another they may not, but arrive. And imports of typed
 * references. Every line that it prints is compared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wative.h"

extern const wative_module wative_module_tails, wative_module_refs;

uint64_t wative_tails__run(wative_instance *, uint64_t, uint32_t);
uint64_t wative_refs__through(wative_instance *, uint64_t, uint32_t);

uint64_t wative_import_host__notify(wative_instance *from, uint64_t value) {
  return value * 100 + (uint64_t)(((char *)wative_instance_data(from))[0] - 'a');
}

static wative_instance *make(uint32_t slot, wative_table *table, const char *name) {
  static uint64_t slots[2];
  slots[slot] = slot;
  wative_extern imports[] = {
      {WATIVE_GLOBAL, WATIVE_I32, &slots[slot], 0},
      {WATIVE_TABLE, WATIVE_FUNCREF, table, 0},
  };
  wative_instance *instance;
  uint32_t code = wative_instantiate(&wative_module_tails, imports, 2, &instance);
  if (code) printf("instantiation of %s: %" PRIu32 "\n", name, code), exit(1);
  wative_instance_set_data(instance, (void *)name);
  return instance;
}

static wative_extern item(wative_instance *instance, const char *name) {
  wative_export export;
  if (!wative_export_lookup(instance, name, strlen(name), &export)) exit(2);
  return export.item;
}

static uint64_t hits(wative_instance *instance) {
  uint64_t *hits = item(instance, "hits").address, was = *hits;
  *hits = 0;
  return was;
}

int main(void) {
  wative_table table;
  if (wative_table_create(2, 2, &table)) return 2;
  wative_instance *a = make(0, &table, "a"), *b = make(1, &table, "b");

  /* Even one word for each step would be more than the stack has. */
  uint64_t result = wative_tails__run(a, 10000000, 0);
  printf("inside: %" PRIu64, result);
  printf(" %" PRIu64, hits(a));
  printf(" %" PRIu64 "\n", hits(b));
  result = wative_tails__run(b, 9999, 0xffffffff);
  printf("between: %" PRIu64, result);
  printf(" %" PRIu64, hits(a));
  printf(" %" PRIu64 "\n", hits(b));
  result = wative_tails__run(a, 20000, 0x00010100);
  printf("both: %" PRIu64, result);
  printf(" %" PRIu64, hits(a));
  printf(" %" PRIu64 "\n", hits(b));

  wative_extern step = item(a, "step"), other = item(a, "other"), count = item(a, "hits");
  wative_extern imports[2] = {step, step};
  wative_instance *refs;
  uint32_t code = wative_instantiate(&wative_module_refs, imports, 2, &refs);
  printf("a subtype: %" PRIu32 "\n", code);
  if (code) return 1;
  result = wative_refs__through(refs, 1000, 0x1);
  printf("through a reference: %" PRIu64, result);
  printf(" %" PRIu64, hits(a));
  printf(" %" PRIu64 "\n", hits(b));
  wative_instance *wrong;
  imports[1] = other;
  printf("another type: %" PRIu32, wative_instantiate(&wative_module_refs, imports, 2, &wrong));
  imports[1] = count;
  printf(" %" PRIu32, wative_instantiate(&wative_module_refs, imports, 2, &wrong));
  imports[1] = step;
  imports[1].function_type = 0;
  printf(" %" PRIu32, wative_instantiate(&wative_module_refs, imports, 2, &wrong));
  imports[0] = imports[1] = other;
  imports[1] = step;
  code = wative_instantiate(&wative_module_refs, imports, 2, &wrong);
  printf(" %" PRIu32 "\n", code);
  return 0;
}
