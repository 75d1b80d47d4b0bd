/* Variables in locals and on the operand stack. Functions named see_… get variables of their caller under the same names: what a debugger shows in both frames must be equal. */
#define NOINLINE __attribute__((noinline))
volatile long long sink;
volatile double fsink;
volatile int source = 7;

NOINLINE void see_int(int sum, int i, int n) { sink = sum; sink = i; sink = n; }
NOINLINE void see_more(int i, int a, int b, int c, int d) { sink = i; sink = a; sink = b; sink = c; sink = d; }
NOINLINE void see_mixed(int i, long long big, double real, float small) { sink = i; sink = big; fsink = real; fsink = small; }
NOINLINE void see_swap(int first, int second, int round) { sink = first; sink = second; sink = round; }
NOINLINE void see_depth(int depth, int below, const int *place) { sink = depth; sink = below; sink = (long)place; }

static inline int step(int value, int i) {
    int twice = value * 2;
    if (i & 1) twice += i;
    return twice;
}

/* A sum in a loop, with a body that is inlined. */
NOINLINE int loop(int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum += step(source, i);
        see_int(sum, i, n);
    }
    return sum;
}

/* More values than registers, over calls. */
NOINLINE int many(int n) {
    int a = source, b = source + 1, c = source + 2, d = source + 3, e = source + 4, f = source + 5;
    int g = source + 6, h = source + 7, k = source + 8, l = source + 9, m = source + 10, o = source + 11;
    for (int i = 0; i < n; i++) {
        a += b; b ^= c; c += d; d -= e; e += f; f ^= g; g += h; h -= k; k += l; l ^= m; m += o; o -= a;
        see_more(i, a, b, c, d);
    }
    return a + b + c + d + e + f + g + h + k + l + m + o;
}

NOINLINE double mixed(int n) {
    long long big = 1LL << 40;
    double real = 0.5;
    float small = 1.25f;
    for (int i = 0; i < n; i++) {
        if (i == 2) big = -big;
        see_mixed(i, big, real, small);
        real = real * 3 + i;
        small -= 0.5f;
        big += source;
    }
    return real + small + (double)big;
}

/* Values that change places. */
NOINLINE int swap(int n) {
    int first = source, second = source * 3;
    for (int round = 0; round < n; round++) {
        int kept = first;
        first = second;
        second = kept + round;
        see_swap(first, second, round);
    }
    return first - second;
}

NOINLINE int deep(int depth, const int *place) {
    int below = 0;
    if (depth) below = deep(depth - 1, place + 1);
    see_depth(depth, below, place);
    return below + depth;
}

void _start(void) {
    sink = loop(4);
    sink = many(3);
    fsink = mixed(4);
    sink = swap(4);
    sink = deep(3, (const int *)1024);
}
