/* Two modules in one C program: two instances of `counter`, one of `vector`; imports in C, exports called by symbol and by name,
 * traps by callback and as codes. Every line that it prints is compared. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wative.h"

extern const wative_module wative_module_counter, wative_module_vector;

uint32_t wative_counter__bump(wative_instance *, uint32_t);
uint32_t wative_counter__apply(wative_instance *, uint32_t, uint32_t);
double wative_counter___x5Fodd_x20name_x21(wative_instance *, uint64_t, float);
void wative_counter__divmod(wative_instance *, uint32_t, uint32_t, uint64_t *results);
void wative_counter__mixed(wative_instance *, uint32_t, uint64_t, float, double, uint32_t, uint64_t, uint32_t,
                           uint64_t, double, double, double, double, double, double, double, uint64_t *results);
uint32_t wative_counter__load(wative_instance *, uint32_t);
uint64_t wative_counter__load_careless(wative_instance *, uint32_t);
double wative_counter__sum_pair(wative_instance *, uint32_t);
uint32_t wative_counter__nested(wative_instance *, uint32_t);
uint32_t wative_counter__grow(wative_instance *, uint32_t);
void wative_counter__stop(wative_instance *);
uint32_t wative_counter__recurse(wative_instance *, uint32_t);
double wative_vector__sum(wative_instance *, uint32_t, uint32_t);
uint32_t wative_vector__call(wative_instance *, uint32_t, uint32_t);

/* Imports of `counter`. */
void wative_import_env__log(wative_instance *from, uint32_t a, uint64_t b, float c, double d) {
  printf("%s logs %" PRIu32 " %" PRIu64 " %g %g\n", (char *)wative_instance_data(from), a, b, c, d);
}

/* Returns 64 bits where 32 are declared: the upper half must not matter. */
uint64_t wative_import_env__careless(wative_instance *from, uint32_t a) {
  (void)from;
  return 0xdeadbeef00000000u | a;
}

void wative_import_env__pair(wative_instance *from, uint32_t a, uint64_t *results) {
  double half = a / 2.0;
  (void)from;
  results[0] = 0x1234567800000000u | (a + 1);
  memcpy(&results[1], &half, 8);
}

/* Calls back into the instance that calls it. */
uint32_t wative_import_env__again(wative_instance *from, uint32_t depth) {
  if (depth == 77) wative_raise(WATIVE_TRAP_UNKNOWN_IMPORT);
  return wative_counter__nested(from, depth);
}

static jmp_buf rescue;
static uint32_t trapped;

static void on_trap(wative_instance *instance, uint32_t code) {
  (void)instance;
  trapped = code;
  longjmp(rescue, 1);
}

#define TRY(call)                                                                                 \
  do {                                                                                            \
    if (setjmp(rescue) == 0) {                                                                    \
      call;                                                                                       \
      printf("%s: no trap\n", #call);                                                             \
    } else {                                                                                      \
      printf("%s: trap %" PRIu32 "\n", #call, trapped);                                           \
    }                                                                                             \
  } while (0)

static wative_instance *make(const wative_module *module, const wative_extern *imports, size_t count, const char *name) {
  wative_instance *instance;
  uint32_t code = wative_instantiate(module, imports, count, &instance);
  if (code) printf("instantiation of %s: %" PRIu32 "\n", name, code), exit(1);
  wative_instance_set_data(instance, (void *)name);
  return instance;
}

int main(int argc, char **argv) {
  uint32_t flags = argc > 1 && !strcmp(argv[1], "checked") ? WATIVE_MEMORY_CHECKED : 0;
  wative_set_trap_callback(on_trap);

  wative_instance *first = make(&wative_module_counter, 0, 0, "first");
  wative_instance *second = make(&wative_module_counter, 0, 0, "second");

  wative_memory shared;
  wative_table functions;
  if (wative_memory_create(1, 2, flags, &shared) || wative_table_create(4, 8, &functions)) return 2;
  double scale = 0.5;
  uint64_t calls = 40;
  uint64_t base = 65532;
  wative_extern imports[] = {
      {WATIVE_MEMORY, 0, &shared},
      {WATIVE_GLOBAL, WATIVE_F64, &scale},
      {WATIVE_GLOBAL, WATIVE_I64 | 0x100, &calls},
      {WATIVE_TABLE, WATIVE_FUNCREF, &functions},
      {WATIVE_GLOBAL, WATIVE_I32, &base},
  };
  wative_instance *wrong;
  printf("too few imports: %" PRIu32 "\n", wative_instantiate(&wative_module_vector, imports, 3, &wrong));
  imports[1].type = WATIVE_F32;
  printf("wrong type: %" PRIu32 "\n", wative_instantiate(&wative_module_vector, imports, 5, &wrong));
  imports[1].type = WATIVE_F64;
  /* The host decides where segments go: there is room for the first of four. */
  printf("room for one: %" PRIu32, wative_instantiate(&wative_module_vector, imports, 5, &wrong));
  printf(" %.4s %d\n", (char *)shared.base + base, shared.base[48]);
  base = 4;
  wative_instance *vector = make(&wative_module_vector, imports, 5, "vector");
  printf("segments: %.7s %.5s\n", (char *)shared.base + base, (char *)shared.base + 48);

  printf("bump: %" PRIu32, wative_counter__bump(first, 1));
  printf(" %" PRIu32, wative_counter__bump(first, 10));
  printf(" %" PRIu32 "\n", wative_counter__bump(second, 5));
  uint32_t stored;
  memcpy(&stored, wative_memory_base(first) + 16, 4);
  printf("stored: %" PRIu32 ", text %.7s, size %" PRIu64 "\n", stored, (char *)wative_memory_base(second) + 1000,
         wative_memory_size(second));
  printf("apply: %" PRIu32 " %" PRIu32 "\n", wative_counter__apply(first, 0, 21), wative_counter__apply(second, 1, 12));
  printf("odd name: %g\n", wative_counter___x5Fodd_x20name_x21(first, (uint64_t)-3, 0.25f));
  uint64_t results[2];
  wative_counter__divmod(first, 47, 10, results);
  printf("divmod: %" PRIu64 " %" PRIu64 "\n", results[0], results[1]);
  wative_counter__mixed(second, 1, 20, 0.5f, 0.25, 300, 4000, 50000, 600000, 1, 2, 3, 4, 5, 6, 7, results);
  double sum;
  memcpy(&sum, &results[1], 8);
  printf("mixed: %" PRIu64 " %g\n", results[0], sum);
  printf("careless: %" PRIu64 "\n", wative_counter__load_careless(first, 16));
  /* Arguments whose upper halves are dirty, as C permits. */
  uint32_t (*volatile load)(wative_instance *, uint64_t) = (uint32_t(*)(wative_instance *, uint64_t))wative_counter__load;
  uint32_t (*volatile apply)(wative_instance *, uint64_t, uint64_t) =
      (uint32_t(*)(wative_instance *, uint64_t, uint64_t))wative_counter__apply;
  printf("dirty: %" PRIu32 " %" PRIu32 "\n", load(first, 0xdeadbeef00000010u), apply(second, 0xffffffff00000001u, 0x10000000cu));
  printf("pair: %g\n", wative_counter__sum_pair(first, 9));
  printf("nested: %" PRIu32 "\n", wative_counter__nested(second, 30));

  for (int i = 0; i < 10; i++) {
    double value = i;
    memcpy(shared.base + 8 * i + 64, &value, 8);
  }
  printf("sum: %g", wative_vector__sum(vector, 64, 10));
  printf(", calls %" PRIu64 "\n", calls);
  printf("negate: %" PRId32 "\n", (int32_t)wative_vector__call(vector, 2, 5));

  /* A function of one instance in the table of another module. */
  wative_export export;
  if (wative_export_lookup(first, "double", 6, &export) && export.funcref) {
    functions.elems[1] = (uint64_t)export.funcref;
    printf("through the table: %" PRIu32 "\n", wative_vector__call(vector, 1, 1000));
  }
  if (wative_export_lookup(second, "count", 5, &export))
    printf("count of second: %" PRIu32 "\n", *(uint32_t *)export.item.address);
  printf("no such export: %d\n", wative_export_lookup(second, "nothing", 7, &export));

  TRY(wative_counter__stop(first));
  TRY(wative_counter__load(first, 65536));
  TRY(wative_counter__load(second, UINT32_MAX));
  TRY(wative_counter__load(second, 65535));
  TRY(wative_counter__divmod(first, 1, 0, results));
  TRY(wative_counter__apply(second, 3, 0));
  TRY(wative_counter__apply(second, 4, 0));
  TRY(wative_counter__nested(first, 78));
  TRY(wative_counter__recurse(second, 0));
  TRY(wative_counter__recurse(second, 0));
  TRY(wative_vector__sum(vector, 65528, 2));
  char text[1000];
  wative_trap_text(vector, text, sizeof text);
  printf("message: %.*s\n", (int)strcspn(text, "\n"), text);

  printf("grow: %" PRIu32, wative_counter__grow(first, 2));
  printf(" %" PRIu32 "\n", wative_counter__grow(first, 2));
  printf("beyond: %" PRIu32 "\n", wative_counter__load(first, 3 * 65536 - 1));
  TRY(wative_counter__load(first, 3 * 65536));
  TRY(wative_counter__load(second, 65536));

  if (wative_export_lookup(second, "divmod", 6, &export)) {
    uint64_t values[2] = {100 | 0xabcd00000000u, 0};
    printf("by name: %" PRIu32 "\n", wative_call(second, &export, values));
    values[1] = 7;
    uint32_t code = wative_call(second, &export, values);
    printf("by name: %" PRIu32 " %" PRIu64 " %" PRIu64 "\n", code, values[0], values[1]);
  }
  wative_instance_delete(first);
  printf("second goes on: %" PRIu32 "\n", wative_counter__bump(second, 1));
  wative_instance_delete(second);

  /* CVE-2026-34988: nothing of an instance is left for the next one. */
  for (int i = 0; i < 3; i++) {
    wative_instance *next = make(&wative_module_counter, 0, 0, "next");
    size_t size = wative_memory_size(next), left = 0;
    unsigned char *base = wative_memory_base(next);
    for (size_t at = 2000; at < size; at++) left += base[at] != 0;
    printf("next: %zu bytes, %zu left, bump %" PRIu32, size, left, wative_counter__bump(next, 1));
    printf(", grow %" PRIu32 "\n", wative_counter__grow(next, 1));
    base = wative_memory_base(next);
    size = wative_memory_size(next);
    memset(base + 2000, 0xaa, size - 2000);
    wative_instance_delete(next);
  }
  fflush(stdout);

  /* A fault of the host itself is not a trap. */
  if (argc > 2) *(volatile int *)8 = 1;
  return 0;
}
