/* What debuggers are driven over. It needs no library, so that all of its debugging information is its own. */
struct point { int x, y; };
struct shape { const char *name; struct point corner[3]; double scale; };
struct iovec { const char *bytes; unsigned long size; };

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int fd, const struct iovec *list, unsigned long count, unsigned long *written);

int counter;
static struct shape triangle = {"triangle", {{1, 2}, {3, 4}, {5, 6}}, 1.5};

static inline int square(int value) {
    int product = value * value;
    return product + counter;
}

static int weight(struct shape *shape, int corner) {
    int result = square(shape->corner[corner].x);
    result -= shape->corner[corner].y;
    return result;
}

__attribute__((noinline)) int area(struct shape *shape, int times) {
    int sum = 0;
    for (int i = 0; i < times; i++) {
        sum += weight(shape, i % 3);
        counter++;
    }
    return sum;
}

__attribute__((noinline)) void print(const char *text, unsigned long size) {
    struct iovec piece = {text, size};
    unsigned long written;
    fd_write(1, &piece, 1, &written);
}

void _start(void) {
    char digits[12];
    int at = 11;
    digits[at] = '\n';
    int total = area(&triangle, 10);
    do {
        digits[--at] = '0' + total % 10;
        total /= 10;
    } while (total);
    print(digits + at, 12 - at);
}
