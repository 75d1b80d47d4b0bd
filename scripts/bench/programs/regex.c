/* A matcher of regular expressions by backtracking over a compiled form. */
#include "bench.h"

typedef struct { uint8_t kind, low, high, many; } Atom;

static Atom atoms[64];
static int atom_count;

static void compile(const char *p) {
    atom_count = 0;
    while (*p) {
        Atom a = {'c', (uint8_t)*p, (uint8_t)*p, 0};
        if (*p == '.') a = (Atom){'c', 1, 255, 0};
        if (*p == '[') a = (Atom){'c', (uint8_t)p[1], (uint8_t)p[3], 0}, p += 4;
        p++;
        if (*p == '*' || *p == '+' || *p == '?') a.many = (uint8_t)*p++;
        atoms[atom_count++] = a;
    }
}

static int fits(const Atom *a, uint8_t c) { return c >= a->low && c <= a->high; }

static const char *match(const Atom *a, const Atom *end, const char *text) {
    for (; a < end; a++) {
        if (a->many) {
            const char *from = text;
            if (a->many == '+' && !fits(a, (uint8_t)*text++)) return NULL;
            const char *least = text;
            if (a->many == '?') text = from + fits(a, (uint8_t)*from);
            else while (fits(a, (uint8_t)*text)) text++;
            for (; text >= least; text--) {
                const char *rest = match(a + 1, end, text);
                if (rest) return rest;
            }
            return NULL;
        }
        if (!fits(a, (uint8_t)*text++)) return NULL;
    }
    return text;
}

static uint64_t work(void) {
    static const char *patterns[] = {"[a-z]+@[a-z]+\\.com", "[0-9]+-[0-9]+", "a.*b.*c", "colou?r", "x*x*x*y", "[A-Z][a-z]+ [A-Z][a-z]+"};
    static char text[1 << 16];
    for (size_t i = 0; i < sizeof text - 1; i++) {
        static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCxxx0123456789-@. \n";
        text[i] = letters[random_below(sizeof letters - 1)];
    }
    uint64_t sum = 0;
    for (int round = 0; round < 360; round++) {
        compile(patterns[round % 6]);
        for (const char *p = text; *p;) {
            const char *end = match(atoms, atoms + atom_count, p);
            if (end) sum = mix(sum, (uint64_t)(end - p));
            p = end && end > p ? end : p + 1;
        }
    }
    return sum;
}
