/* What programs of the benchmark need of it: the result is what `run` returns. */
static inline int printf(const char *format, ...) { return !format; }
