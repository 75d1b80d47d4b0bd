// The program: the exports of the component, in another module than what they use.
#include "linked.h"

#define EXPORT(name) __attribute__((export_name(name)))

// Nobody has it.
__attribute__((weak)) int absent(int n);

int offset(int n) { return n + 7; }

__attribute__((constructor)) static void construct(void) { counted += 100; }

EXPORT("calculate") int calculate(unsigned which, int n) { return absent ? absent(n) : calculate_with(which, n); }

EXPORT("name") const void *name(unsigned which) {
  static struct { const char *text; unsigned len; } text;
  text.text = names[which % 3];
  for (text.len = 0; text.text[text.len]; text.len++) {}
  return &text;
}

EXPORT("set-scale") int set_scale(int to) {
  int before = scale;
  scale = to;
  return before;
}

EXPORT("constructed") unsigned count(void) { return counted; }

EXPORT("same") int same(void) {
  volatile operation here = triple;
  return here == own_operation();
}

EXPORT("deep") unsigned deep(unsigned depth) { return deeper(depth, deep); }
