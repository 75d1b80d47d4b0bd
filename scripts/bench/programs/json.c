/* A JSON text is parsed into a tree and printed again. */
#include "bench.h"

typedef struct Value { char kind; double number; char *text; struct Value *first, *next; } Value;

static const char *at;
static char *out;

static void space(void) { while (*at == ' ' || *at == '\n' || *at == ',' || *at == ':') at++; }

static char *string(void) {
    const char *start = ++at;
    while (*at != '"') at += *at == '\\' ? 2 : 1;
    size_t length = (size_t)(at++ - start);
    char *copy = malloc(length + 1);
    memcpy(copy, start, length);
    copy[length] = 0;
    return copy;
}

static Value *parse(void) {
    space();
    Value *value = calloc(1, sizeof *value);
    value->kind = *at;
    switch (*at) {
    case '{':
    case '[': {
        char close = *at++ == '{' ? '}' : ']';
        Value **last = &value->first;
        for (space(); *at != close; space()) {
            char *key = NULL;
            if (close == '}') key = string();
            *last = parse();
            if (key) {
                Value *wrapped = calloc(1, sizeof *wrapped);
                wrapped->kind = 'k', wrapped->text = key, wrapped->first = *last;
                *last = wrapped;
            }
            last = &(*last)->next;
        }
        at++;
        break;
    }
    case '"': value->text = string(); break;
    case 't': at += 4; break;
    case 'f': at += 5; break;
    case 'n': at += 4; break;
    default: {
        char *end;
        value->kind = '0';
        value->number = strtod(at, &end);
        at = end;
    }
    }
    return value;
}

static void put(const char *text) { while (*text) *out++ = *text++; }

static void print(const Value *value) {
    switch (value->kind) {
    case '{':
    case '[':
        *out++ = value->kind;
        for (const Value *v = value->first; v; v = v->next) {
            print(v);
            if (v->next) *out++ = ',';
        }
        *out++ = value->kind == '{' ? '}' : ']';
        break;
    case 'k': *out++ = '"'; put(value->text); put("\":"); print(value->first); break;
    case '"': *out++ = '"'; put(value->text); *out++ = '"'; break;
    case 't': put("true"); break;
    case 'f': put("false"); break;
    case 'n': put("null"); break;
    default: out += sprintf(out, "%.17g", value->number);
    }
}

static void drop(Value *value) {
    while (value) {
        Value *next = value->next;
        drop(value->first);
        free(value->text);
        free(value);
        value = next;
    }
}

static uint64_t work(void) {
    static char text[1 << 20], printed[1 << 21];
    char *p = text;
    p += sprintf(p, "[");
    for (int i = 0; i < 3000; i++)
        p += sprintf(p, "{\"id\": %d, \"name\": \"item \\\" %x\", \"tags\": [\"a%u\", \"b\", true, null], \"price\": %u.%u, \"nested\": {\"x\": %d, \"y\": [[], {}]}},\n", i,
                     (unsigned)random_next(), random_below(100), random_below(1000), random_below(100), (int)random_below(1000) - 500);
    p += sprintf(p, "false]");
    uint64_t sum = 0;
    for (int round = 0; round < 40; round++) {
        at = text;
        out = printed;
        Value *value = parse();
        print(value);
        drop(value);
        sum = mix(sum, (uint64_t)(out - printed));
    }
    for (char *c = printed; c < out; c++) sum = mix(sum, (uint64_t)*c);
    return sum;
}
