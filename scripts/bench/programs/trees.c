/* Binary trees that malloc makes and free takes apart. */
#include "bench.h"

typedef struct Node { struct Node *left, *right; } Node;

static Node *make(int depth) {
    Node *node = malloc(sizeof *node);
    node->left = depth ? make(depth - 1) : NULL;
    node->right = depth ? make(depth - 1) : NULL;
    return node;
}

static int count(const Node *node) { return node->left ? 1 + count(node->left) + count(node->right) : 1; }

static void drop(Node *node) {
    if (node->left) drop(node->left), drop(node->right);
    free(node);
}

static uint64_t work(void) {
    uint64_t sum = 0;
    Node *old = make(16);
    for (int depth = 4; depth <= 16; depth += 4)
        for (int i = 0; i < 1 << (19 - depth); i++) {
            Node *node = make(depth);
            sum = mix(sum, (uint64_t)count(node));
            drop(node);
        }
    sum = mix(sum, (uint64_t)count(old));
    drop(old);
    return sum;
}
