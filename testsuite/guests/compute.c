// Recursion, function pointers, sorting, the heap, 64-bit arithmetic and printed floats.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ackermann(int m, int n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

static double add(double a, double b) { return a + b; }
static double sub(double a, double b) { return a - b; }
static double mul(double a, double b) { return a * b; }
static double quot(double a, double b) { return a / b; }

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

struct node {
  struct node *left, *right;
  uint32_t key;
};

static struct node *insert(struct node *t, uint32_t key) {
  if (!t) {
    t = calloc(1, sizeof *t);
    t->key = key;
  } else if (key < t->key) {
    t->left = insert(t->left, key);
  } else {
    t->right = insert(t->right, key);
  }
  return t;
}

static unsigned depth(const struct node *t) {
  if (!t) return 0;
  unsigned l = depth(t->left), r = depth(t->right);
  return 1 + (l > r ? l : r);
}

int main(void) {
  printf("ackermann(2, 300) = %d, (3, 7) = %d\n", ackermann(2, 300), ackermann(3, 7));

  double (*const operations[])(double, double) = {add, sub, mul, quot};
  for (unsigned i = 0; i < 4; i++) printf("%.6g ", operations[i](1e10, 3.0));
  printf("\n%a %e %g %.17g\n", 1.0 / 3, 6.02214076e23, 1e-7, 0.1);
  printf("%f %f %f\n", INFINITY, -INFINITY, sqrt(2));
  printf("%.10f %.10f %.10f\n", sin(1), exp(1.5), pow(2, 0.5));

  char *words[500];
  for (int i = 0; i < 500; i++) {
    words[i] = malloc(24);
    snprintf(words[i], 24, "%llx", (unsigned long long)next());
  }
  qsort(words, 500, sizeof *words, by_text);
  uint64_t hash = 14695981039346656037u;
  for (int i = 0; i < 500; i++)
    for (char *c = words[i]; *c; c++) hash = (hash ^ (unsigned char)*c) * 1099511628211u;
  printf("sorted: %s … %s, hash %016llx\n", words[0], words[499], (unsigned long long)hash);

  struct node *tree = 0;
  for (int i = 0; i < 20000; i++) tree = insert(tree, (uint32_t)next());
  printf("tree depth %u\n", depth(tree));

  int64_t a = INT64_MIN, b = 12345;
  printf("%lld %lld %llu %llu\n", (long long)(a / b), (long long)(a % b), (unsigned long long)a / 7u,
         (unsigned long long)a % 7u);
  uint32_t x = 0xdeadbeef;
  printf("%x %d %d %d\n", x << 5 | x >> 27, __builtin_clz(x), __builtin_ctz(x), __builtin_popcount(x));

  unsigned char *big = malloc(5000000);
  memset(big, 0x5a, 5000000);
  memmove(big + 1, big, 4999999);
  unsigned long total = 0;
  for (int i = 0; i < 5000000; i += 4096) total += big[i];
  printf("total %lu\n", total);
  return 7;
}
