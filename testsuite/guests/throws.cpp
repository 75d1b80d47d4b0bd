// Exceptions of C++: destructors on the way, handlers by base class, rethrowing, throwing out of C, from destructors' callees, and many of them.
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

struct Trace {
  explicit Trace(int n) : n(n) {}
  ~Trace() { std::printf(" ~%d", n); }
  int n;
};

struct Base {
  virtual ~Base() {}
  virtual const char *name() const { return "base"; }
};
struct Left : virtual Base {
  int left = 1;
};
struct Right : virtual Base {
  int right = 2;
};
struct Both : Left, Right {
  explicit Both(int n) : n(n) {}
  const char *name() const override { return "both"; }
  int n;
};

[[gnu::noinline]] double deep(int depth, double x, long long y) {
  Trace trace(depth);
  if (depth == 0) throw Both(7);
  return deep(depth - 1, x * 1.5, y + depth) + x + static_cast<double>(y);
}

[[gnu::noinline]] int parse(const char *text) {
  if (*text < '0' || *text > '9') throw static_cast<int>(*text);
  return *text - '0';
}

struct Careful {
  // A handler inside of a destructor that runs because of another exception.
  ~Careful() {
    try {
      parse("?");
    } catch (int c) {
      std::printf(" careful(%c)", c);
    }
  }
};

int compare(const void *a, const void *b) {
  int x = *static_cast<const int *>(a), y = *static_cast<const int *>(b);
  if (x == 13 || y == 13) throw "thirteen";
  return x - y;
}

int again(int n) {
  try {
    return parse(n % 3 == 0 ? "x" : "5");
  } catch (...) {
    if (n % 2 == 0) throw;
    return 1;
  }
}

}  // namespace

int main() {
  try {
    deep(5, 1.25, 3);
  } catch (const Right &e) {
    std::printf(" caught %s %d\n", e.name(), e.right);
  }
  try {
    Careful careful;
    Trace trace(99);
    throw 2.5f;
  } catch (float f) {
    std::printf(" caught %g\n", f);
  }
  int numbers[] = {5, 3, 13, 1};
  try {
    std::qsort(numbers, 4, sizeof numbers[0], compare);
  } catch (const char *text) {
    std::printf("caught %s\n", text);
  }
  int sum = 0;
  for (int i = 0; i < 30000; i++) {
    try {
      sum += again(i);
    } catch (int c) {
      sum += c;
    }
  }
  std::printf("sum %d, %d on their way\n", sum, std::uncaught_exceptions());
  try {
    try {
      deep(2, 0, 0);
    } catch (Left &e) {
      e.left = 42;
      throw;
    }
  } catch (const Both &e) {
    std::printf(" left %d n %d\n", e.left, e.n);
  }
  std::fflush(stdout);
  throw 1;
}
