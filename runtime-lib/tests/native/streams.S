// Trap streams of hand-made functions (`src/streams.rs`). How many bits a distance takes the assembler knows only at its end, so all is said in expressions: comparisons are
// -1 where they are true.

#ifdef __aarch64__
#define CODE_SHIFT 2
#else
#define CODE_SHIFT 0
#endif

// Sets `name` to the bits of a number from `least` below 63 << least, and `name_len` to how many there are.
.macro number name, value, least_is
.set \name\()_least, (\least_is)
.set \name\()_ones, -(((\value) >= 1 << \name\()_least) + ((\value) >= 3 << \name\()_least) + ((\value) >= 7 << \name\()_least) + ((\value) >= 15 << \name\()_least) + ((\value) >= 31 << \name\()_least))
.set \name\()_base, ((1 << \name\()_ones) - 1) << \name\()_least
.set \name, ((1 << \name\()_ones) - 1) | ((\value) - \name\()_base) << (\name\()_ones + 1)
.set \name\()_len, 2 * \name\()_ones + 1 + \name\()_least
.endm

// Likewise, of an entry, above which all bits are ones. Its step is not 0.
.macro bits name, from, to, step, code
number \name\()_distance, (\to-\from)>>CODE_SHIFT, 4-CODE_SHIFT
number \name\()_step, 2*(\step), 7
.set \name\()_what, 0b10000111 | \code << 3 | \name\()_step << 8
.set \name\()_len, \name\()_distance_len + 8 + \name\()_step_len
.set \name, \name\()_distance | \name\()_what << \name\()_distance_len | -1 << \name\()_len
.endm

// A function's stream of up to three entries: where each is, its distance in the .wasm file, its code. The first two have at most 64 bits.
.macro stream from, to, step, code, to2, step2, code2, to3, step3, code3
bits first\@, \from, \to, \step, \code
.ifb \to2
.quad first\@
.else
bits second\@, \to, \to2, \step2, \code2
.set both\@, first\@ & (second\@ << first\@\()_len | ~(-1 << first\@\()_len))
.ifb \to3
.quad both\@
.else
bits third\@, \to2, \to3, \step3, \code3
.set at\@, first\@\()_len + second\@\()_len
.quad both\@ & (third\@ << at\@ | ~(-1 << at\@))
.quad third\@ >> (64 - at\@) | -1 << at\@
.endif
.endif
.endm
