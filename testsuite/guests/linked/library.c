// A library: its data has addresses of functions and of data, which are known when it is linked.
#include "linked.h"

extern int offset(int n);

int scale = 10;
unsigned counted;

static int square(int n) { return n * n; }
int triple(int n) { return 3 * n; }

// `offset` is the program's.
static const operation operations[] = {square, triple, offset};
const char *const names[] = {"square", "triple", "offset"};

__attribute__((constructor)) static void construct(void) { counted += 1; }

int calculate_with(unsigned which, int n) { return operations[which % 3](n) * scale; }
operation own_operation(void) { return triple; }

unsigned deeper(unsigned depth, unsigned (*back)(unsigned)) {
  volatile char room[4096];
  room[depth % sizeof room] = (char)depth;
  return depth ? back(depth - 1) + sizeof room : (unsigned)(room[0] != 0);
}
