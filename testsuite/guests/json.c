// json: checks, formats and queries JSON texts (RFC 8259). A guest program that the README compiles and runs.
//
//   json [-c] [PATH] [FILE]     e.g.  json .planets[2].name planets.json
//
// -c prints compactly, else with an indentation of two spaces. PATH is a sequence of `.key`, `["any key"]`, `[index]` and `[]`
// (every element), `.` is the whole text. Without FILE the text comes from standard input. Exit status: 0; 1 where the
// path leads nowhere; 2 for bad usage or unreadable files; 3 for a text that is not JSON, with line and column.
//
// Scalars keep their spelling, so numbers of any size and precision survive.

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 512 };

typedef enum { SCALAR, STRING, ARRAY, OBJECT } Kind;

// A value; members of arrays and objects are a list. Memory is never freed: the process is short-lived.
typedef struct Value {
    Kind kind;
    const char *text;   // SCALAR, STRING: as spelled in the input, quotes included
    size_t length;
    const char *key;    // in an OBJECT: the member's name, as spelled
    size_t key_length;
    struct Value *first;
    struct Value *next;
} Value;

static const char *input, *cursor, *end;
static bool compact;

static void die(int status, const char *message, const char *detail) {
    fputs("json: ", stderr);
    fputs(message, stderr);
    fputs(detail, stderr);
    fputc('\n', stderr);
    exit(status);
}

static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) die(2, "out of memory", "");
    return memory;
}

static void put_number(unsigned long number, FILE *file) {
    char digits[24];
    int count = 0;
    do digits[count++] = (char)('0' + number % 10); while (number /= 10);
    while (count) fputc(digits[--count], file);
}

static void bad_text(const char *message) {
    unsigned long line = 1, column = 1;
    for (const char *at = input; at < cursor; at++) {
        if (*at == '\n') line++, column = 1;
        else column++;
    }
    fputs("json: line ", stderr);
    put_number(line, stderr);
    fputs(", column ", stderr);
    put_number(column, stderr);
    fputs(": ", stderr);
    fputs(message, stderr);
    fputc('\n', stderr);
    exit(3);
}

// Parsing.

static int peek(void) { return cursor < end ? (unsigned char)*cursor : -1; }

static bool accept(char wanted) {
    if (peek() != wanted) return false;
    cursor++;
    return true;
}

static void skip_space(void) {
    while (cursor < end && strchr(" \t\n\r", *cursor) && *cursor) cursor++;
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

static int hex_value(int c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static void skip_digits(void) {
    if (!is_digit(peek())) bad_text("expected a digit");
    while (is_digit(peek())) cursor++;
}

static void skip_number(void) {
    accept('-');
    if (!accept('0')) skip_digits();
    if (accept('.')) skip_digits();
    if (accept('e') || accept('E')) {
        if (!accept('+')) accept('-');
        skip_digits();
    }
}

static void skip_string(void) {
    cursor++;
    for (;;) {
        int c = peek();
        if (c < 0) bad_text("the text ends within a string");
        if (c < ' ') bad_text("control character in a string");
        cursor++;
        if (c == '"') return;
        if (c != '\\') continue;
        c = peek();
        if (c == 'u') {
            cursor++;
            for (int i = 0; i < 4; i++, cursor++)
                if (hex_value(peek()) < 0) bad_text("expected four hexadecimal digits");
        } else if (c > 0 && strchr("\"\\/bfnrt", c)) {
            cursor++;
        } else {
            bad_text("unknown escape");
        }
    }
}

static void skip_word(const char *word) {
    for (; *word; word++)
        if (!accept(*word)) bad_text("expected a value");
}

static Value *parse(int depth);

static void parse_members(Value *parent, char close, int depth) {
    Value **link = &parent->first;
    cursor++;
    skip_space();
    if (accept(close)) return;
    do {
        const char *key = NULL;
        size_t key_length = 0;
        skip_space();
        if (parent->kind == OBJECT) {
            if (peek() != '"') bad_text("expected a key");
            key = cursor;
            skip_string();
            key_length = (size_t)(cursor - key);
            skip_space();
            if (!accept(':')) bad_text("expected ':'");
        }
        Value *member = parse(depth + 1);
        member->key = key;
        member->key_length = key_length;
        *link = member;
        link = &member->next;
        skip_space();
    } while (accept(','));
    if (!accept(close)) bad_text(close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
}

static Value *parse(int depth) {
    if (depth > MAX_DEPTH) bad_text("nested too deeply");
    Value *value = allocate(sizeof *value);
    skip_space();
    value->text = cursor;
    switch (peek()) {
    case '{': value->kind = OBJECT; parse_members(value, '}', depth); break;
    case '[': value->kind = ARRAY; parse_members(value, ']', depth); break;
    case '"': value->kind = STRING; skip_string(); break;
    case 't': skip_word("true"); break;
    case 'f': skip_word("false"); break;
    case 'n': skip_word("null"); break;
    default:
        if (peek() != '-' && !is_digit(peek())) bad_text("expected a value");
        skip_number();
    }
    value->length = (size_t)(cursor - value->text);
    return value;
}

// Printing.

static void new_line(int depth) {
    if (compact) return;
    putchar('\n');
    for (int i = 0; i < depth; i++) fputs("  ", stdout);
}

static void print(const Value *value, int depth) {
    if (value->kind == SCALAR || value->kind == STRING) {
        fwrite(value->text, 1, value->length, stdout);
        return;
    }
    const char *brackets = value->kind == OBJECT ? "{}" : "[]";
    putchar(brackets[0]);
    for (const Value *member = value->first; member; member = member->next) {
        new_line(depth + 1);
        if (member->key) {
            fwrite(member->key, 1, member->key_length, stdout);
            fputs(compact ? ":" : ": ", stdout);
        }
        print(member, depth + 1);
        if (member->next) putchar(',');
    }
    if (value->first) new_line(depth);
    putchar(brackets[1]);
}

// Queries.

static bool has_key(const Value *member, const char *name, size_t length) {
    return member->key && member->key_length == length + 2 && memcmp(member->key + 1, name, length) == 0;
}

// Prints what `path` leads to from `value`; returns how many values that were.
static int query(const Value *value, const char *path) {
    if (!*path) {
        print(value, 0);
        putchar('\n');
        return 1;
    }
    const char *name = path + 1;
    size_t length;
    if (*path == '.') {
        length = strcspn(name, ".[");
        if (!length) return *name == '.' ? 0 : query(value, name);
        path = name + length;
    } else if (*path == '[' && *name == '"') {
        const char *close = strstr(++name, "\"]");
        if (!close) die(2, "bad path: expected \"] in ", path);
        length = (size_t)(close - name);
        path = close + 2;
    } else if (*path == '[') {
        char *rest;
        bool every = *name == ']';
        unsigned long index = strtoul(name, &rest, 10);
        if (*rest != ']' || (!every && !is_digit((unsigned char)*name))) die(2, "bad path: expected [index] in ", path);
        int count = 0;
        if (value->kind != ARRAY) return 0;
        for (const Value *member = value->first; member; member = member->next)
            if (every || index-- == 0) {
                count += query(member, rest + 1);
                if (!every) break;
            }
        return count;
    } else {
        die(2, "bad path: expected . or [ at ", path);
        return 0;
    }
    const Value *found = NULL;
    if (value->kind == OBJECT)
        for (const Value *member = value->first; member; member = member->next)
            if (has_key(member, name, length)) found = member;   // the last one counts
    return found ? query(found, path) : 0;
}

static void read_input(const char *name) {
    FILE *file = name ? fopen(name, "rb") : stdin;
    if (!file) die(2, "cannot open ", name);
    size_t size = 0, capacity = 1 << 16;
    char *buffer = allocate(capacity);
    size_t count;
    while ((count = fread(buffer + size, 1, capacity - size, file)) > 0) {
        size += count;
        if (size < capacity) continue;
        buffer = realloc(buffer, capacity *= 2);
        if (!buffer) die(2, "out of memory", "");
    }
    if (ferror(file)) die(2, "cannot read ", name ? name : "standard input");
    input = cursor = buffer;
    end = buffer + size;
}

int main(int argc, char **argv) {
    const char *path = ".", *file = NULL;
    int positional = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-c")) compact = true;
        else if (argv[i][0] == '-') die(2, "usage: json [-c] [PATH] [FILE]", "");
        else if (positional == 0) path = argv[i], positional++;
        else if (positional == 1) file = argv[i], positional++;
        else die(2, "usage: json [-c] [PATH] [FILE]", "");
    }
    if (path[0] != '.' && path[0] != '[') die(2, "bad path: expected . or [ at ", path);
    read_input(file);
    Value *root = parse(0);
    skip_space();
    if (cursor < end) bad_text("expected the end of the text");
    int found = query(root, path);
    if (fflush(stdout) != 0) die(2, "cannot write standard output", "");
    return found ? 0 : 1;
}
