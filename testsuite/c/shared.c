/* Globals and tables of references to objects that C shares with an instance: what each side writes the other one reads, counts of references, numbers that were made up, released or are
 * another instance's, and what is not taken at all. With an argument every allocation collects garbage, so there is less of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wative.h"

extern const wative_module wative_module_shared, wative_module_reader;

static uint32_t scale = 1;

#define CHECK(x) do { if (!(x)) { printf("line %d: %s\n", __LINE__, #x); exit(1); } } while (0)

/* What is shared. */
struct cells {
  uint64_t any, node, fixed, strict;
  wative_table table, again, wide;
};

static uint32_t call(wative_instance *it, const char *name, uint64_t *values) {
  wative_export function;
  CHECK(wative_export_lookup(it, name, strlen(name), &function));
  return wative_call(it, &function, values);
}

/* The first result of a call that does not trap. */
static uint64_t get3(wative_instance *it, const char *name, uint64_t a, uint64_t b, uint64_t c) {
  uint64_t values[4] = {a, b, c};
  uint32_t code = call(it, name, values);
  if (code != 0) {
    char text[500];
    wative_trap_text(it, text, sizeof text);
    printf("%s(%" PRIx64 ", %" PRIx64 ", %" PRIx64 "): trap %" PRIu32 "\n%s", name, a, b, c, code, text);
    exit(1);
  }
  return values[0];
}

static uint64_t get(wative_instance *it, const char *name, uint64_t a, uint64_t b) { return get3(it, name, a, b, 0); }

static int32_t number(wative_instance *it, const char *name, uint64_t a) { return (int32_t)get(it, name, a, 0); }

static uint32_t trap3(wative_instance *it, const char *name, uint64_t a, uint64_t b, uint64_t c) {
  uint64_t values[4] = {a, b, c};
  return call(it, name, values);
}

static uint32_t trap(wative_instance *it, const char *name, uint64_t a) { return trap3(it, name, a, 0, 0); }

static uint64_t i31(int32_t x) { return 1ull << 63 | (uint32_t)x << 1 | 1; }

/* Writes a cell as the rules are. */
static void put(wative_instance *it, uint64_t *cell, uint64_t reference) {
  wative_reference_retain(it, reference);
  uint64_t before = *cell;
  *cell = reference;
  wative_reference_release(it, before);
}

/* What stands for an object after garbage was collected, or nothing. */
static int is_alive(wative_instance *it, uint64_t reference) {
  get(it, "churn", 400 / scale, 0);
  int alive = wative_reference_retain(it, reference);
  if (alive) wative_reference_release(it, reference);
  return alive;
}

static void externs(struct cells *cells, wative_extern *imports) {
  wative_extern all[8] = {
      {WATIVE_GLOBAL, WATIVE_ANYREF | 0x100, &cells->any, NULL},
      {WATIVE_GLOBAL, WATIVE_EQREF | 0x100, &cells->node, NULL},
      {WATIVE_GLOBAL, WATIVE_ANYREF, &cells->fixed, NULL},
      {WATIVE_GLOBAL, WATIVE_EQREF | 0x300, &cells->strict, NULL},
      {WATIVE_TABLE, WATIVE_ANYREF, &cells->table, NULL},
      {WATIVE_TABLE, WATIVE_ANYREF, &cells->again, NULL},
      {WATIVE_TABLE, WATIVE_EQREF | 0x400, &cells->wide, NULL},
      {WATIVE_TAG, 0, NULL, NULL},
  };
  memcpy(imports, all, sizeof all);
}

static wative_instance *make(struct cells *cells) {
  wative_extern imports[8];
  externs(cells, imports);
  wative_instance *it;
  CHECK(wative_instantiate(&wative_module_shared, imports, 8, &it) == WATIVE_OK);
  return it;
}

static void fresh(struct cells *cells, uint64_t fixed) {
  memset(cells, 0, sizeof *cells);
  cells->fixed = fixed;
  CHECK(wative_table_create(8, 40, &cells->table) == WATIVE_OK);
  CHECK(wative_table_create(8, 40, &cells->again) == WATIVE_OK);
  CHECK(wative_table_create(4, 40, &cells->wide) == WATIVE_OK);
}

static void globals(wative_instance *it, struct cells *cells) {
  CHECK(number(it, "any_value", 0) == -1);
  /* Numbers of 31 bits and values of C need nothing. */
  cells->any = i31(-77);
  CHECK(number(it, "any_value", 0) == -77);
  cells->any = 4711;
  CHECK(number(it, "any_value", 0) == -2 && get(it, "any_get", 0, 0) == 4711);
  get(it, "any_set", i31(5), 0);
  CHECK(cells->any == i31(5));
  get(it, "any_set", 99, 0);
  CHECK(cells->any == 99);
  get(it, "any_set", 0, 0);
  CHECK(cells->any == 0);
  /* The cell has what the module wrote, and keeps it. */
  get(it, "any_new", 12, 0);
  uint64_t first = cells->any;
  CHECK(first >> 63 == 1 && is_alive(it, first) && number(it, "value", first) == 12 && number(it, "any_value", 0) == 12);
  /* As often as it is read, what is answered is one more. */
  CHECK(get(it, "any_get", 0, 0) == first && wative_reference_release(it, first) && is_alive(it, first));
  get(it, "any_set", first, 0);
  CHECK(cells->any == first && is_alive(it, first));
  get(it, "any_new", 13, 0);
  CHECK(cells->any != first && !is_alive(it, first) && number(it, "any_value", 0) == 13);
  /* What C writes. */
  uint64_t node = get(it, "new", 14, 0);
  put(it, &cells->any, node);
  CHECK(wative_reference_release(it, node) && is_alive(it, node) && number(it, "any_value", 0) == 14);
  put(it, &cells->any, 0);
  CHECK(!is_alive(it, node));
  /* It is compared with the type. */
  uint64_t big = get(it, "new_big", 15, 0);
  put(it, &cells->node, big);
  CHECK((uint32_t)get(it, "node_sum", 200 / scale, 0) == 1015);
  CHECK(cells->node != big && is_alive(it, big));
  cells->node = i31(3);
  CHECK(trap(it, "node_sum", 1) == WATIVE_TRAP_CAST_FAILURE);
  cells->node = 33;
  CHECK(trap(it, "node_sum", 1) == WATIVE_TRAP_CAST_FAILURE);
  get(it, "node_set", big, 0);
  CHECK(cells->node == big);
  get(it, "node_set", 0, 0);
  CHECK(wative_reference_release(it, big) && !is_alive(it, big));
  /* Where null must not be. */
  CHECK(trap(it, "strict_value", 0) == WATIVE_TRAP_NULL_REFERENCE);
  get(it, "strict_set", 16, 0);
  CHECK(number(it, "strict_value", 0) == 16);
  CHECK(number(it, "fixed_value", 0) == -2 && get(it, "fixed", 0, 0) == cells->fixed && get(it, "copy", 0, 0) == cells->fixed);
}

static void forged(wative_instance *it, struct cells *cells) {
  uint64_t node = get(it, "new", 8, 0);
  get(it, "any_set", 0, 0);
  /* Written without being the cell's: when the module writes over it, that is one release too many, and a number that is none any more. */
  cells->any = node;
  get(it, "any_set", 0, 0);
  CHECK(!wative_reference_release(it, node));
  cells->any = node;
  CHECK(trap(it, "any_value", 0) == WATIVE_TRAP_CAST_FAILURE);
  get(it, "any_new", 9, 0);
  uint64_t other = cells->any;
  CHECK(other != node && (uint32_t)other == (uint32_t)node);
  for (int bit = 0; bit < 63; bit++) {
    cells->any = other ^ 1ull << bit;
    uint32_t code = trap(it, "any_value", 0);
    CHECK(code == WATIVE_TRAP_CAST_FAILURE || (code == 0 && bit == 0));
    cells->table.elems[0] = other ^ 1ull << bit;
    CHECK(trap(it, "table_value", 0) == code);
    CHECK(trap3(it, "copy_in", 0, 0, 1) == code && trap3(it, "copy_within", 1, 0, 1) == code);
  }
  cells->any = other;
  cells->table.elems[0] = cells->table.elems[1] = 0;
  CHECK(number(it, "any_value", 0) == 9);
  get(it, "any_set", 0, 0);
}

static void tables(wative_instance *it, struct cells *cells) {
  uint64_t *elems = cells->table.elems;
  /* Segments. */
  CHECK(elems[0] == 0 && elems[1] == i31(50) && elems[2] == cells->fixed && number(it, "table_value", 3) == 51);
  get3(it, "init", 4, 0, 4);
  CHECK(elems[4] == i31(60) && number(it, "table_value", 5) == 61 && elems[6] == 0 && elems[7] == cells->fixed);
  CHECK(trap3(it, "init", 5, 1, 4) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(trap3(it, "init", 4, 1, 4) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS && elems[4] == i31(60));
  CHECK(trap3(it, "init", ~0u, 0, 1) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(trap3(it, "init", 0, ~0u, 1) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  uint64_t of_segment = elems[5];
  get3(it, "init_nulls", 4, 0, 2);
  CHECK(elems[4] == 0 && elems[5] == 0 && !is_alive(it, of_segment));
  get(it, "drop", 0, 0);
  CHECK(trap3(it, "init", 0, 0, 1) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  get3(it, "init", 8, 0, 0);
  CHECK(trap3(it, "init", 9, 0, 0) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  /* Elements. */
  uint64_t node = get(it, "new", 20, 0);
  get(it, "set", 0, node);
  CHECK(elems[0] == node && wative_reference_release(it, node) && is_alive(it, node) && number(it, "table_value", 0) == 20);
  CHECK(trap3(it, "set", 8, node, 0) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS && trap(it, "get", 8) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(get(it, "get", 0, 0) == node && wative_reference_release(it, node));
  /* Each copy is counted. */
  get3(it, "copy_within", 1, 0, 4);
  CHECK(elems[0] == node && elems[1] == node && elems[2] == i31(50) && elems[3] == cells->fixed && number(it, "table_value", 4) == 51);
  get3(it, "copy_within", 0, 1, 4);
  CHECK(elems[0] == node && elems[1] == i31(50) && elems[2] == cells->fixed && elems[3] == elems[4]);
  put(it, &elems[0], 0);
  CHECK(!is_alive(it, node));
  get3(it, "fill", 0, 21, 5);
  uint64_t filled = elems[0];
  for (int i = 0; i < 5; i++) {
    CHECK(elems[i] == filled && is_alive(it, filled));
    put(it, &elems[i], 0);
  }
  CHECK(!is_alive(it, filled));
  CHECK(trap3(it, "fill", 4, 21, 5) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS && elems[4] == 0);
  CHECK(trap3(it, "fill", ~0u, 21, 2) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  /* To and from a table of the module. */
  for (int i = 0; i < 4; i++) get(it, "own_set", i, 30 + i);
  get3(it, "copy_out", 2, 0, 4);
  for (int i = 0; i < 4; i++) CHECK(number(it, "table_value", 2 + i) == 30 + i);
  put(it, &elems[2], i31(40));
  get3(it, "copy_in", 8, 2, 4);
  for (int i = 0; i < 6; i++) put(it, &elems[i], 0);
  get(it, "churn", 200 / scale, 0);
  CHECK(number(it, "own_value", 8) == 40);
  for (int i = 1; i < 4; i++) CHECK(number(it, "own_value", 8 + i) == 30 + i);
  CHECK(trap3(it, "copy_in", 13, 0, 4) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS && trap3(it, "copy_in", 0, 5, 4) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(trap3(it, "copy_out", 5, 0, 4) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS && trap3(it, "copy_out", 0, 13, 4) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  /* Between two of C's. */
  get3(it, "fill", 0, 22, 2);
  get3(it, "copy_again", 3, 0, 2);
  filled = elems[0];
  CHECK(cells->again.elems[3] == filled && cells->again.elems[4] == filled);
  put(it, &elems[0], 0);
  put(it, &elems[1], 0);
  put(it, &cells->again.elems[3], 0);
  CHECK(is_alive(it, filled));
  put(it, &cells->again.elems[4], 0);
  CHECK(!is_alive(it, filled));
  CHECK(number(it, "locals", 9) == 45045);
  for (int i = 0; i < 8; i++) put(it, &elems[i], 0);
  /* Growth. */
  CHECK(get(it, "grow", 23, 3) == 8 && get(it, "size", 0, 0) == 11);
  elems = cells->table.elems;
  filled = elems[8];
  CHECK(elems[9] == filled && elems[10] == filled && number(it, "table_value", 10) == 23);
  for (int i = 8; i < 11; i++) {
    CHECK(is_alive(it, filled));
    put(it, &elems[i], 0);
  }
  CHECK(!is_alive(it, filled));
  CHECK((uint32_t)get(it, "grow", 24, 30) == ~0u && get(it, "size", 0, 0) == 11);
  CHECK(get(it, "grow", 24, 0) == 11 && get(it, "grow_null", 2, 0) == 11 && cells->table.elems[12] == 0);
}

static void wide(wative_instance *it, struct cells *cells) {
  uint64_t *elems = cells->wide.elems, many = 1ull << 62;
  get(it, "wide_new", 0, 80);
  get3(it, "wide_fill", 1, 81, 3);
  CHECK(number(it, "wide_value", 0) == 80 && number(it, "wide_value", 3) == 81 && elems[1] == elems[3]);
  CHECK(trap3(it, "wide_fill", 1, 81, ~0ull) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(trap3(it, "wide_fill", 1ull << 32, 81, 1) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(trap3(it, "wide_in", many, 0, 4 * many - 1) == WATIVE_TRAP_TABLE_OUT_OF_BOUNDS);
  get3(it, "wide_in", 0, 0, 4);
  get3(it, "wide_fill", 0, 82, 4);
  get3(it, "wide_out", 1, 0, 2);
  CHECK(number(it, "wide_value", 0) == 82 && number(it, "wide_value", 1) == 80 && number(it, "wide_value", 2) == 81);
  get3(it, "wide_to_narrow", 5, 1, 2);
  CHECK(cells->table.elems[5] == elems[1] && cells->table.elems[6] == elems[2]);
  get3(it, "wide_init", 0, 0, 2);
  CHECK(number(it, "wide_value", 0) == 70 && elems[1] == 0 && number(it, "table_value", 5) == 80);
  CHECK(get(it, "wide_grow", 83, 2) == 4 && number(it, "wide_value", 5) == 83);
  CHECK(get(it, "wide_grow", 84, 1ull << 40) == ~0ull && get(it, "wide_grow", 84, ~0ull) == ~0ull);
  /* Its elements are nodes only. */
  cells->wide.elems[0] = i31(1);
  CHECK(trap(it, "wide_value", 0) == WATIVE_TRAP_CAST_FAILURE && trap3(it, "wide_in", 0, 0, 1) == WATIVE_TRAP_CAST_FAILURE);
  CHECK(trap3(it, "wide_to_narrow", 0, 0, 1) == WATIVE_TRAP_CAST_FAILURE);
}

/* Instances with heaps of their own share numbers and values of C, and no objects. */
static void two(wative_instance *it, struct cells *cells) {
  wative_extern imports[3] = {
      {WATIVE_GLOBAL, WATIVE_ANYREF | 0x100, &cells->any, NULL},
      {WATIVE_TABLE, WATIVE_ANYREF, &cells->table, NULL},
      {WATIVE_TAG, 0, NULL, NULL},
  };
  wative_instance *other, *none;
  CHECK(wative_instantiate(&wative_module_reader, imports, 3, &other) == WATIVE_OK);
  get(it, "any_set", i31(17), 0);
  CHECK(get(other, "any_get", 0, 0) == i31(17));
  get(it, "any_set", 18, 0);
  CHECK(get(other, "any_get", 0, 0) == 18);
  get(it, "any_new", 19, 0);
  uint64_t ours = cells->any;
  CHECK(trap(other, "any_get", 0) == WATIVE_TRAP_CAST_FAILURE && number(it, "any_value", 0) == 19);
  put(it, &cells->table.elems[1], ours);
  CHECK(trap(other, "get", 1) == WATIVE_TRAP_CAST_FAILURE && trap3(other, "copy_within", 0, 1, 1) == WATIVE_TRAP_CAST_FAILURE);
  /* Written over by the other instance it stays until C releases it. */
  get(other, "any_null", 0, 0);
  CHECK(cells->any == 0 && wative_reference_release(it, ours) && is_alive(it, ours));
  put(it, &cells->table.elems[1], 0);
  CHECK(!is_alive(it, ours));
  get(other, "any_new", 25, 0);
  uint64_t theirs = cells->any;
  CHECK(trap(it, "any_value", 0) == WATIVE_TRAP_CAST_FAILURE);
  get(it, "any_set", 0, 0);
  CHECK(wative_reference_release(other, theirs) && !wative_reference_release(other, theirs));
  /* Each has a tag of its own, and takes no other one. */
  CHECK(number(it, "caught", 26) == 31 && number(other, "caught", 27) == 27);
  wative_export tag;
  CHECK(wative_export_lookup(it, "thrown", 6, &tag) && tag.item.kind == WATIVE_TAG);
  imports[2] = tag.item;
  CHECK(wative_instantiate(&wative_module_reader, imports, 3, &none) == WATIVE_ERROR_IMPORT_TYPE && none == NULL);
  /* What is exported again is what was given. */
  wative_export table;
  CHECK(wative_export_lookup(it, "table", 5, &table) && table.item.address == &cells->table && table.item.type == WATIVE_ANYREF);
  CHECK(wative_export_lookup(it, "any", 3, &table) && table.item.address == &cells->any && table.item.type == (WATIVE_ANYREF | 0x100));
  wative_instance_delete(other);
}

/* Types that are not those of the imports. */
static void refused(struct cells *cells) {
  static const struct {
    int import;
    uint32_t type;
  } wrong[] = {{0, WATIVE_ANYREF},           {0, WATIVE_EQREF | 0x100},    {0, WATIVE_EXTERNREF | 0x100}, {1, WATIVE_EXTERNREF | 0x100},
               {2, WATIVE_ANYREF | 0x100},   {2, WATIVE_EXTERNREF},        {3, WATIVE_EQREF | 0x100},     {4, WATIVE_EXTERNREF},
               {4, WATIVE_ANYREF | 0x200},   {4, WATIVE_FUNCREF},          {6, WATIVE_EQREF}};
  wative_instance *it;
  wative_extern imports[8];
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    externs(cells, imports);
    imports[wrong[i].import].type = wrong[i].type;
    CHECK(wative_instantiate(&wative_module_shared, imports, 8, &it) == WATIVE_ERROR_IMPORT_TYPE);
  }
  for (int i = 0; i < 7; i++) {
    externs(cells, imports);
    imports[i].address = NULL;
    CHECK(wative_instantiate(&wative_module_shared, imports, 8, &it) == WATIVE_ERROR_IMPORT_TYPE);
  }
  /* What is no value of C's ends the instantiation, which reads it. */
  externs(cells, imports);
  cells->fixed = 1ull << 63 | 1ull << 40;
  CHECK(wative_instantiate(&wative_module_shared, imports, 8, &it) == WATIVE_TRAP_CAST_FAILURE);
  wative_instance_delete(it);
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) scale = 20;
  struct cells cells, others;
  fresh(&cells, 1234567);
  wative_instance *it = make(&cells);
  globals(it, &cells);
  tables(it, &cells);
  wide(it, &cells);
  forged(it, &cells);
  get(it, "fill_any", 3000 / (scale * scale), 0);
  two(it, &cells);
  /* After an instance has gone its objects have, too. */
  get(it, "any_new", 1, 0);
  wative_instance_delete(it);
  cells.table.len = 8;
  it = make(&cells);
  CHECK(trap(it, "any_value", 0) == WATIVE_TRAP_CAST_FAILURE);
  get(it, "any_new", 2, 0);
  CHECK(number(it, "any_value", 0) == 2);
  /* Two imports may be the same table. */
  fresh(&others, 0);
  others.again = others.table;
  wative_extern imports[8];
  externs(&others, imports);
  imports[5].address = &others.table;
  wative_instance *same;
  CHECK(wative_instantiate(&wative_module_shared, imports, 8, &same) == WATIVE_OK);
  for (int i = 0; i < 6; i++) put(same, &others.table.elems[i], i31(i));
  get3(same, "copy_again", 1, 0, 5);
  for (int i = 1; i < 6; i++) CHECK(others.table.elems[i] == i31(i - 1));
  get3(same, "copy_again", 0, 1, 5);
  for (int i = 0; i < 5; i++) CHECK(others.table.elems[i] == i31(i));
  wative_instance_delete(same);
  wative_instance_delete(it);
  refused(&others);
  puts("done");
  return 0;
}
