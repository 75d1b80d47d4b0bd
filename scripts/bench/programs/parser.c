/* A calculator: recursive descent over expressions to a tree of nodes with function pointers, evaluated for many values. */
#include "bench.h"

typedef struct Node { int64_t (*evaluate)(const struct Node *, const int64_t *); const struct Node *a, *b; int64_t value; } Node;

static Node nodes[4096];
static int node_count;
static const char *at;

static int64_t number(const Node *n, const int64_t *v) { (void)v; return n->value; }
static int64_t variable(const Node *n, const int64_t *v) { return v[n->value]; }
static int64_t plus(const Node *n, const int64_t *v) { return (int64_t)((uint64_t)n->a->evaluate(n->a, v) + (uint64_t)n->b->evaluate(n->b, v)); }
static int64_t minus(const Node *n, const int64_t *v) { return (int64_t)((uint64_t)n->a->evaluate(n->a, v) - (uint64_t)n->b->evaluate(n->b, v)); }
static int64_t times(const Node *n, const int64_t *v) { return (int64_t)((uint64_t)n->a->evaluate(n->a, v) * (uint64_t)n->b->evaluate(n->b, v)); }
static int64_t over(const Node *n, const int64_t *v) {
    int64_t b = n->b->evaluate(n->b, v);
    return b == 0 || b == -1 ? 0 : n->a->evaluate(n->a, v) / b;
}

static const Node *make(int64_t (*evaluate)(const Node *, const int64_t *), const Node *a, const Node *b, int64_t value) {
    Node *node = &nodes[node_count++];
    *node = (Node){evaluate, a, b, value};
    return node;
}

static const Node *sum_of(void);

static const Node *factor(void) {
    if (*at == '(') {
        at++;
        const Node *node = sum_of();
        at++;
        return node;
    }
    if (*at >= 'a' && *at <= 'z') return make(variable, NULL, NULL, *at++ - 'a');
    int64_t value = 0;
    while (*at >= '0' && *at <= '9') value = value * 10 + *at++ - '0';
    return make(number, NULL, NULL, value);
}

static const Node *product(void) {
    const Node *node = factor();
    while (*at == '*' || *at == '/') {
        char op = *at++;
        node = make(op == '*' ? times : over, node, factor(), 0);
    }
    return node;
}

static const Node *sum_of(void) {
    const Node *node = product();
    while (*at == '+' || *at == '-') {
        char op = *at++;
        node = make(op == '+' ? plus : minus, node, product(), 0);
    }
    return node;
}

static char *generate(char *p, int depth) {
    if (depth == 0 || random_below(8) == 0) {
        if (random_below(2)) *p++ = (char)('a' + random_below(8));
        else p += sprintf(p, "%u", random_below(1000));
        return p;
    }
    *p++ = '(';
    p = generate(p, depth - 1);
    *p++ = "+-*/"[random_below(4)];
    p = generate(p, depth - 1);
    *p++ = ')';
    return p;
}

static uint64_t work(void) {
    static char text[1 << 16];
    uint64_t sum = 0;
    for (int round = 0; round < 1500; round++) {
        *generate(text, 8) = 0;
        node_count = 0;
        at = text;
        const Node *root = sum_of();
        int64_t values[8];
        for (int i = 0; i < 600; i++) {
            for (int k = 0; k < 8; k++) values[k] = i * (k + 1) - 50 * k;
            sum = mix(sum, (uint64_t)root->evaluate(root, values));
        }
    }
    return sum;
}
