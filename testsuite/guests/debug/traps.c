/* Traps in a function that is inlined twice over, whose backtrace names all of them. */
static int read_at(const int *list, unsigned long index) {
    return list[index];
}

static int sum_of(const int *list, unsigned long last) {
    int sum = 0;
    for (unsigned long i = 0; i <= last; i += 1000) {
        sum += read_at(list, i);
    }
    return sum;
}

__attribute__((noinline)) int work(const int *list, unsigned long last) {
    return sum_of(list, last) + 1;
}

int result;

void _start(void) {
    static int list[16];
    result = work(list, 0x10000000);
}
