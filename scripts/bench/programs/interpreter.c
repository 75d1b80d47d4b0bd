/* A bytecode interpreter with one large switch: a register machine that finds primes. */
#include "bench.h"

enum { LOADI, MOVE, ADD, ADDI, SUB, MUL, MOD, AND, SHR, LT, EQ, JUMP, JUMPZ, JUMPNZ, LOAD, STORE, CALL, RETURN, OUT, HALT };

typedef struct { uint8_t op, a, b, c; } Code;

#define J(target) (uint8_t)((target) & 255), (uint8_t)((target) >> 8)

static const Code program[] = {
    /* r0 = n, r1 = limit, r2 = count */
    {LOADI, 1, J(20000)}, {LOADI, 0, J(2)}, {LOADI, 2, J(0)},
    /* 3: while n < limit */
    {LT, 3, 0, 1}, {JUMPZ, 3, J(10)}, {CALL, 0, J(12)}, {ADD, 2, 2, 4}, {STORE, 0, 4, 0}, {ADDI, 0, 0, 1}, {JUMP, 0, J(3)},
    /* 10 */ {OUT, 2, 0, 0}, {HALT, 0, 0, 0},
    /* 12: is r0 prime? into r4 */
    {LOADI, 5, J(2)}, {LOADI, 4, J(1)},
    /* 14 */ {MUL, 6, 5, 5}, {LT, 7, 0, 6}, {JUMPNZ, 7, J(21)}, {MOD, 8, 0, 5}, {JUMPZ, 8, J(20)}, {ADDI, 5, 5, 1}, 
    /* 20 is reached with r8 = 0 (not prime) or by falling through */ {JUMPNZ, 8, J(14)},
    /* 21 */ {EQ, 9, 8, 10}, {LT, 7, 0, 6}, {JUMPNZ, 7, J(25)}, {LOADI, 4, J(0)},
    /* 25 */ {LOADI, 8, J(1)}, {RETURN, 0, 0, 0},
};

static int32_t memory[65536];

static __attribute__((noinline)) uint64_t run(const Code *code) {
    int32_t r[16] = {0};
    const Code *stack[64];
    int depth = 0;
    uint64_t out = 0;
    r[8] = 1;
    for (const Code *pc = code;;) {
        Code i = *pc++;
        int target = i.b | i.c << 8;
        switch (i.op) {
        case LOADI: r[i.a] = target; break;
        case MOVE: r[i.a] = r[i.b]; break;
        case ADD: r[i.a] = r[i.b] + r[i.c]; break;
        case ADDI: r[i.a] = r[i.b] + i.c; break;
        case SUB: r[i.a] = r[i.b] - r[i.c]; break;
        case MUL: r[i.a] = r[i.b] * r[i.c]; break;
        case MOD: r[i.a] = r[i.c] ? r[i.b] % r[i.c] : 0; break;
        case AND: r[i.a] = r[i.b] & r[i.c]; break;
        case SHR: r[i.a] = (int32_t)((uint32_t)r[i.b] >> (i.c & 31)); break;
        case LT: r[i.a] = r[i.b] < r[i.c]; break;
        case EQ: r[i.a] = r[i.b] == r[i.c]; break;
        case JUMP: pc = code + target; break;
        case JUMPZ: if (!r[i.a]) pc = code + target; break;
        case JUMPNZ: if (r[i.a]) pc = code + target; break;
        case LOAD: r[i.a] = memory[r[i.b] & 65535]; break;
        case STORE: memory[r[i.a] & 65535] = r[i.b]; break;
        case CALL: stack[depth++ & 63] = pc; pc = code + target; break;
        case RETURN: pc = stack[--depth & 63]; break;
        case OUT: out = mix(out, (uint32_t)r[i.a]); break;
        case HALT: return out;
        }
    }
}

static uint64_t work(void) {
    uint64_t sum = 0;
    for (int i = 0; i < 90; i++) sum = mix(sum, run(program));
    for (int i = 0; i < 1000; i++) sum = mix(sum, (uint32_t)memory[i]);
    return sum;
}
