/* Drives the component kit: every type there and back, through the component and functions of this program. The argument says how it ends. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static wative_string text(const char *chars) {
    wative_string s = {chars, strlen(chars)};
    return s;
}

static void show(const char *name, wative_string s) {
    printf("%s \"%.*s\"\n", name, (int)s.len, s.ptr);
}

/* What the component imports. Results that are structures are what came in. */

void kit_import_test_kit_host_shape_of(const struct kit_import_test_kit_host_shape_of_params *params, kit_test_kit_host_shape *result) {
    printf("import: shape %u\n", params->s.tag);
    *result = params->s;
}

void kit_import_test_kit_host_all_of(const struct kit_import_test_kit_host_all_of_params *params, kit_test_kit_host_all *result) {
    const kit_test_kit_host_all *a = &params->a;
    printf("import: all %d %u %d %llu %g %d %zu\n", a->default_, a->c, a->b, (unsigned long long)a->u, a->p.x, a->p.y, a->names.len);
    for (size_t i = 0; i < a->names.len; i++)
        show("import: name", a->names.ptr[i]);
    *result = *a;
}

void kit_import_test_kit_host_small(const struct kit_import_test_kit_host_small_params *params, kit_tuple_test_kit_host_colour_test_kit_host_perms *result) {
    printf("import: small %u %u %u %u\n", params->p, params->c, params->t.f0, params->t.f1);
    result->f0 = params->c;
    result->f1 = params->p;
}

static uint32_t logged;

void kit_import_test_kit_host_log(const struct kit_import_test_kit_host_log_params *params, void *result) {
    (void)result;
    logged++;
    if (params->text.len < 100)
        show("import: log", params->text);
}

static uint64_t squares[100000];

void kit_import_test_kit_host_numbers(const struct kit_import_test_kit_host_numbers_params *params, kit_list_u64 *result) {
    for (size_t i = 0; i < params->n.len; i++)
        squares[i] = (uint64_t)params->n.ptr[i] * params->n.ptr[i];
    result->ptr = squares;
    result->len = params->n.len;
}

void kit_import_test_kit_host_tick(const void *params, uint32_t *result) {
    static uint32_t ticks;
    (void)params;
    *result = ++ticks;
}

/* Items: the representation is a place in a table. */
static uint32_t items[10], item_count, items_dropped;

void kit_import_test_kit_host_item_create(const struct kit_import_test_kit_host_item_create_params *params, kit_test_kit_host_item *result) {
    items[item_count] = params->n;
    uint32_t handle;
    if (kit_test_kit_host_item_handle_new(item_count++, &handle) != 0)
        abort();
    *result = handle;
}

void kit_import_test_kit_host_item_value(const struct kit_import_test_kit_host_item_value_params *params, uint32_t *result) {
    *result = items[params->self];
}

void kit_import_test_kit_host_item_drop(void *reserved, uint32_t rep) {
    (void)reserved;
    printf("import: drop item %u\n", rep);
    items_dropped++;
}

static void check(uint32_t code) {
    if (code != 0) {
        char message[4096];
        wative_component_trap_text(message, sizeof message);
        printf("trap %u: %s", code, message);
        exit(1);
    }
}

static void shapes(void) {
    kit_test_kit_host_shape s, back;
    s.tag = KIT_TEST_KIT_HOST_SHAPE_CIRCLE;
    s.val.circle = 1.5f;
    check(kit_shape_of(s, &back));
    printf("circle %u %g\n", back.tag, back.val.circle);
    kit_test_kit_host_point points[] = {{1, 2}, {-0.5, -3}, {1e300, 32767}};
    s.tag = KIT_TEST_KIT_HOST_SHAPE_MANY;
    s.val.many.ptr = points;
    s.val.many.len = 3;
    check(kit_shape_of(s, &back));
    printf("many %u %zu %d\n", back.tag, back.val.many.len, memcmp(&back.val.many.ptr[2].x, &points[2].x, 8));
    printf("last %d, copied %d\n", back.val.many.ptr[2].y, back.val.many.ptr != points);
    s.tag = KIT_TEST_KIT_HOST_SHAPE_NONE;
    check(kit_shape_of(s, &back));
    printf("none %u\n", back.tag);
    s.tag = KIT_TEST_KIT_HOST_SHAPE_NAME;
    s.val.name = text("gr\xc3\xbc\xc3\x9f");
    check(kit_shape_of(s, &back));
    show("name", back.val.name);
}

static void records(void) {
    wative_string names[] = {text("one"), text(""), text("three")};
    kit_test_kit_host_all a, back;
    memset(&a, 0, sizeof a);
    a.default_ = true;
    a.c = 0x1f980;
    a.b = -7;
    a.u = UINT64_MAX;
    a.p.x = 0.25;
    a.p.y = -1;
    a.names.ptr = names;
    a.names.len = 3;
    a.o.is_some = true;
    a.o.val = 65535;
    a.more.f0 = text("first");
    a.more.f1 = text("second");
    a.r.is_err = true;
    a.r.val.err = text("bad");
    check(kit_all_of(a, &back));
    printf("all %d %x %d %llu %g %d %d %u\n", back.default_, back.c, back.b, (unsigned long long)back.u, back.p.x, back.p.y, back.o.is_some, back.o.val);
    show("name 2", back.names.ptr[2]);
    show("more", back.more.f1);
    show("error", back.r.val.err);
    a.r.is_err = false;
    a.r.val.ok.x = -2;
    a.o.is_some = false;
    a.names.len = 0;
    check(kit_all_of(a, &back));
    printf("ok %d %g %d %zu\n", back.r.is_err, back.r.val.ok.x, back.o.is_some, back.names.len);
    kit_tuple_u8_u32 t = {255, 1u << 31};
    kit_tuple_test_kit_host_colour_test_kit_host_perms pair;
    check(kit_small(KIT_TEST_KIT_HOST_PERMS_READ | KIT_TEST_KIT_HOST_PERMS_EXEC, KIT_TEST_KIT_HOST_COLOUR_BLUE, t, &pair));
    printf("small %u %u\n", pair.f0, pair.f1);
}

static void lists(void) {
    check(kit_log(text("hello")));
    /* More than a chunk of the memory between the two. */
    char *large = malloc(50000);
    memset(large, 'x', 50000);
    wative_string s = {large, 50000};
    for (int i = 0; i < 3; i++)
        check(kit_log(s));
    free(large);
    static uint32_t numbers[100000];
    for (uint32_t i = 0; i < 10000; i++)
        numbers[i] = i * 7;
    kit_list_u32 n = {numbers, 10000};
    kit_list_u64 back;
    check(kit_numbers(n, &back));
    printf("logged %u, numbers %zu %llu\n", logged, back.len, (unsigned long long)back.ptr[9999]);
    n.len = 0;
    n.ptr = NULL;
    check(kit_numbers(n, &back));
    printf("empty %zu\n", back.len);
}

static void resources(void) {
    uint32_t value, handle, rep;
    check(kit_items(21, &value));
    printf("items %u\n", value);
    check(kit_make_item(5, &handle));
    check(kit_test_kit_host_item_handle_rep(handle, &rep));
    printf("item %u is %u\n", handle, rep);
    check(kit_use_item(handle, &value));
    printf("used %u, dropped %u\n", value, items_dropped);
    check(kit_make_item(6, &handle));
    check(kit_test_kit_host_item_handle_drop(handle));
    printf("dropped %u\n", items_dropped);
    check(kit_ticks(&value));
    printf("ticks %u\n", value);
    uint32_t stream, again;
    check(kit_out(&stream));
    check(kit_wasi_io_streams_output_stream_drop(stream));
    check(kit_out(&again));
    printf("stream again %d\n", again == stream);
    check(kit_wasi_io_streams_output_stream_drop(again));
    uint32_t one, two;
    check(kit_test_kit_counters_counter_create(3, &one));
    check(kit_test_kit_counters_counter_create(4, &two));
    check(kit_test_kit_counters_counter_count(two, &value));
    printf("counters %u %u: %u\n", one, two, value);
    check(kit_test_kit_counters_counter_drop(one));
    check(kit_test_kit_counters_counter_dropped(&value));
    printf("sum of dropped %u\n", value);
    check(kit_test_kit_counters_counter_count(two, &value));
    check(kit_test_kit_counters_counter_drop(two));
    check(kit_test_kit_counters_counter_dropped(&value));
    printf("sum of dropped %u\n", value);
}

int main(int argc, char **argv) {
    check(wative_component_start());
    shapes();
    records();
    lists();
    resources();
    uint32_t value;
    if (argc > 1 && strcmp(argv[1], "utf8") == 0) {
        wative_string bad = {"\xff", 1};
        printf("bad text: %u\n", kit_log(bad));
    } else if (argc > 1 && strcmp(argv[1], "case") == 0) {
        kit_test_kit_host_shape s = {0}, back;
        s.tag = 4;
        printf("bad case: %u\n", kit_shape_of(s, &back));
    } else if (argc > 1 && strcmp(argv[1], "handle") == 0) {
        printf("bad handle: %u\n", kit_use_item(77, &value));
    } else {
        printf("fail: %u\n", kit_fail());
    }
    char message[4096];
    wative_component_trap_text(message, sizeof message);
    printf("%.*s\n", (int)(strchr(message, '\n') - message), message);
    printf("dead: %u\n", kit_ticks(&value));
    return 0;
}
