// Executes the script that is its argument: an operation of WASI 0.2 a line, for each of which it writes a line with the result to stderr. With WASI3 defined, files are
// those of WASI 0.3.
//
// A word is a register (a letter that says what kind of handle, and a digit), a text in quotes (with \n, \\, \" and \xHH), a number, or letters for flags (`-`: none).
#include "all.h"
#include <stdlib.h>
#include <string.h>

#define D(name) wasi_filesystem_types_method_descriptor_##name
#define IN(name) wasi_io_streams_method_input_stream_##name
#define OUT(name) wasi_io_streams_method_output_stream_##name

typedef wasi_filesystem_types_borrow_descriptor_t descriptor;
typedef wasi_io_streams_borrow_input_stream_t input;
typedef wasi_io_streams_borrow_output_stream_t output;
typedef wasi_io_poll_borrow_pollable_t pollable;
typedef wasi_filesystem_types_new_timestamp_t timestamp;
typedef wasi_filesystem_types_descriptor_stat_t stat_t;

static const char *const codes[] = {
  "access",
#ifndef WASI3
  "would-block",
#endif
  "already", "bad-descriptor", "busy", "deadlock", "quota", "exist", "file-too-large", "illegal-byte-sequence",
  "in-progress", "interrupted", "invalid", "io", "is-directory", "loop", "too-many-links", "message-size", "name-too-long", "no-device",
  "no-entry", "no-lock", "insufficient-memory", "insufficient-space", "not-directory", "not-empty", "not-recoverable", "unsupported", "no-tty",
  "no-such-device", "overflow", "not-permitted", "pipe", "read-only", "invalid-seek", "text-file-busy", "cross-device",
};
#define CODES (sizeof codes / sizeof *codes)

#ifdef WASI3
typedef wasi_filesystem_types_error_code_t error_code;
typedef wasi_filesystem_types_descriptor_type_t file_type;
typedef wasi_filesystem_types_future_result_void_error_code_t outcome;
#define TAG(value) ((value).tag)
static const char *const types[] = {"block-device", "character-device", "directory", "fifo", "symbolic-link", "regular-file", "socket", "other"};
#define DIRECTORY 2
#define OPTION_TIME wasi_filesystem_types_option_instant_t
#else
typedef uint8_t error_code, file_type;
#define TAG(value) (value)
static const char *const types[] = {"unknown", "block-device", "character-device", "directory", "fifo", "symbolic-link", "regular-file", "socket"};
#define DIRECTORY 3
#define OPTION_TIME wasi_filesystem_types_option_datetime_t
#endif

// Handles by kind (descriptor, input, output, pollable, error, directory entries) and number. 0 is no handle.
static int32_t handles[128][10];
static wasi_filesystem_types_metadata_hash_value_t hashes[10];
static uint64_t mark;

// The line that is executed, and what is written about it.
static const char *line;
static char *reply;
static size_t used;

static void put(const char *bytes, size_t len) {
  reply = realloc(reply, used + len + 1);
  memcpy(reply + used, bytes, len);
  used += len;
}
static void say(const char *text) { put(text, strlen(text)); }
static void say_number(uint64_t n) {
  char text[24], *p = text + 23;
  *p = 0;
  do *--p = '0' + n % 10; while (n /= 10);
  say(p);
}
static void say_truth(bool truth) { say(truth ? "true" : "false"); }

// Bytes in quotes; many of them as their number.
static void say_bytes(const uint8_t *bytes, size_t len) {
  if (len > 60) {
    say("bytes ");
    say_number(len);
    return;
  }
  say("\"");
  for (size_t i = 0; i < len; i++) {
    const char *digits = "0123456789abcdef";
    char text[4] = {'\\', 'x', digits[bytes[i] >> 4], digits[bytes[i] & 15]};
    if (bytes[i] == '\n') say("\\n");
    else if (bytes[i] < 32 || bytes[i] > 126) put(text, 4);
    else put((const char *)bytes + i, 1);
  }
  say("\"");
}

static void report(void) {
  output err = {wasi_cli_stderr_get_stderr().__handle};
  put("\n", 1);
  for (size_t at = 0; at < used;) {
    size_t len = used - at < 4096 ? used - at : 4096;
    all_list_u8_t bytes = {(uint8_t *)reply + at, len};
    wasi_io_streams_stream_error_t error;
    if (!OUT(blocking_write_and_flush)(err, &bytes, &error)) break;
    at += len;
  }
  wasi_io_streams_output_stream_drop_own((wasi_io_streams_own_output_stream_t){err.__handle});
  used = 0;
}

static bool has_word(void) {
  while (*line == ' ') line++;
  return *line && *line != '\n';
}

static void stop(const char *why) {
  say(why);
  report();
  __builtin_trap();
}

// The next word: a text without its quotes.
static all_string_t word(void) {
  static char room[32][8192];
  static unsigned next;
  char *out = room[next++ % 32];
  all_string_t text = {(uint8_t *)out, 0};
  if (!has_word()) stop("a word is missing");
  if (*line != '"') {
    while (*line && *line != ' ' && *line != '\n') out[text.len++] = *line++;
    out[text.len] = 0;
    return text;
  }
  for (line++; *line && *line != '"'; line++) {
    if (*line != '\\') {
      out[text.len++] = *line;
      continue;
    }
    line++;
    if (*line == 'x') {
      unsigned value = 0;
      for (int i = 0; i < 2; i++) {
        line++;
        value = value * 16 + (*line <= '9' ? *line - '0' : *line - 'a' + 10);
      }
      out[text.len++] = (char)value;
    } else out[text.len++] = *line == 'n' ? '\n' : *line;
  }
  if (*line) line++;
  return text;
}

static int32_t *handle(void) {
  all_string_t text = word();
  return &handles[text.ptr[0] & 127][(text.ptr[1] - '0') % 10];
}
static descriptor desc(void) { return (descriptor){*handle()}; }
static uint64_t number(void) {
  all_string_t text = word();
  uint64_t value = 0;
  for (size_t i = 0; i < text.len; i++) value = value * 10 + (text.ptr[i] - '0');
  return value;
}
// Flags: a bit for each letter, by its place.
static unsigned flags(const char *letters) {
  all_string_t text = word();
  unsigned bits = 0;
  for (size_t i = 0; i < text.len; i++) {
    const char *at = strchr(letters, text.ptr[i]);
    if (at) bits |= 1u << (at - letters);
  }
  return bits;
}
static timestamp when(void) {
  all_string_t text = word();
  timestamp time = {0};
  if (!strcmp((char *)text.ptr, "no")) return time;
  if (!strcmp((char *)text.ptr, "now")) time.tag = 1;
  else {
    uint64_t *part = (uint64_t *)&time.val.timestamp.seconds, nanoseconds = 0;
    time.tag = 2;
    for (size_t i = 0; i < text.len; i++) {
      if (text.ptr[i] == '.') part = &nanoseconds;
      else *part = *part * 10 + (text.ptr[i] - '0');
    }
    time.val.timestamp.nanoseconds = (uint32_t)nanoseconds;
  }
  return time;
}

// What became of a call: `true` if it went well.
static error_code e;
static bool done(bool ok) {
  say(ok ? "ok" : TAG(e) < CODES ? codes[TAG(e)] : "no code");
  return ok;
}
static bool fine(bool ok) { return ok || done(false); }

#ifdef WASI3
// What a read or write that went on later has become.
static uint32_t wait_for(uint32_t status, uint32_t waitable) {
  if (status != ALL_WAITABLE_STATUS_BLOCKED) return status;
  all_waitable_set_t set = all_waitable_set_new();
  all_event_t event;
  all_waitable_join(waitable, set);
  all_waitable_set_wait(set, &event);
  all_waitable_join(waitable, 0);
  all_waitable_set_drop(set);
  return event.code;
}

// How a stream of a file ended.
static bool ended(outcome future) {
  wasi_filesystem_types_result_void_error_code_t result;
  wait_for(wasi_filesystem_types_future_result_void_error_code_read(future, &result), future);
  wasi_filesystem_types_future_result_void_error_code_drop_readable(future);
  if (result.is_err) e = result.val.err;
  return !result.is_err;
}

static bool read_at(descriptor it, uint64_t len, uint64_t at, all_list_u8_t *got, bool *is_end) {
  wasi_filesystem_types_tuple2_stream_u8_future_result_void_error_code_t pair;
  D(read_via_stream)(it, at, &pair);
  got->ptr = malloc(len + 1);
  got->len = 0;
  *is_end = false;
  while (got->len < len && !*is_end) {
    uint32_t status = wait_for(wasi_filesystem_types_stream_u8_read(pair.f0, got->ptr + got->len, len - got->len), pair.f0);
    got->len += ALL_WAITABLE_COUNT(status);
    *is_end = ALL_WAITABLE_STATE(status) == ALL_WAITABLE_DROPPED;
  }
  // The end is told only where nothing was before it, as by a read of 0.2.
  *is_end = *is_end && !got->len;
  wasi_filesystem_types_stream_u8_drop_readable(pair.f0);
  return ended(pair.f1);
}

static bool write_at(descriptor it, all_string_t *text, uint64_t at, uint64_t *count) {
  wasi_filesystem_types_stream_u8_writer_t writer;
  outcome future = D(write_via_stream)(it, wasi_filesystem_types_stream_u8_new(&writer), at);
  *count = 0;
  while (*count < text->len) {
    uint32_t status = wait_for(wasi_filesystem_types_stream_u8_write(writer, text->ptr + *count, text->len - *count), writer);
    *count += ALL_WAITABLE_COUNT(status);
    if (ALL_WAITABLE_STATE(status) == ALL_WAITABLE_DROPPED) break;
  }
  wasi_filesystem_types_stream_u8_drop_writable(writer);
  return ended(future);
}

typedef wasi_filesystem_types_stream_directory_entry_t entries_t;

// Streams of directories' entries, with their futures, and whether they have ended.
static struct listing { entries_t entries; outcome future; bool has_ended; } listings[16];

// That of a stream, or a free one.
static struct listing *listing_of(entries_t entries) {
  for (int i = 0; i < 16; i++)
    if (listings[i].entries == entries) return &listings[i];
  stop("no such stream");
  return 0;
}

static bool open_entries(descriptor it, int32_t *to) {
  wasi_filesystem_types_tuple2_stream_directory_entry_future_result_void_error_code_t pair;
  wasi_filesystem_types_result_void_error_code_t result;
  D(read_directory)(it, &pair);
  // An error at once is known at once.
  uint32_t status = wasi_filesystem_types_future_result_void_error_code_read(pair.f1, &result);
  if (status == ALL_WAITABLE_STATUS_BLOCKED) {
    wasi_filesystem_types_future_result_void_error_code_cancel_read(pair.f1);
    *listing_of(0) = (struct listing){pair.f0, pair.f1, false};
    *to = pair.f0;
    return true;
  }
  wasi_filesystem_types_future_result_void_error_code_drop_readable(pair.f1);
  wasi_filesystem_types_stream_directory_entry_drop_readable(pair.f0);
  e = result.val.err;
  return false;
}

static bool next_entry(entries_t entries, wasi_filesystem_types_directory_entry_t *entry, bool *is_some) {
  struct listing *listing = listing_of(entries);
  *is_some = false;
  if (listing->has_ended) return true;
  uint32_t status = wait_for(wasi_filesystem_types_stream_directory_entry_read(entries, entry, 1), entries);
  *is_some = ALL_WAITABLE_COUNT(status) == 1;
  if (*is_some) return true;
  wasi_filesystem_types_result_void_error_code_t result;
  outcome future = listing->future;
  listing->has_ended = true;
  wait_for(wasi_filesystem_types_future_result_void_error_code_read(future, &result), future);
  if (result.is_err) e = result.val.err;
  return !result.is_err;
}

static void drop_entries(entries_t entries) {
  struct listing *listing = listing_of(entries);
  wasi_filesystem_types_stream_directory_entry_drop_readable(entries);
  wasi_filesystem_types_future_result_void_error_code_drop_readable(listing->future);
  listing->entries = 0;
}
#else
typedef int32_t entries_t;

static bool read_at(descriptor it, uint64_t len, uint64_t at, all_list_u8_t *got, bool *is_end) {
  all_tuple2_list_u8_bool_t both;
  if (!D(read)(it, len, at, &both, &e)) return false;
  *got = both.f0;
  *is_end = both.f1;
  return true;
}

static bool write_at(descriptor it, all_string_t *text, uint64_t at, uint64_t *count) {
  return D(write)(it, (all_list_u8_t *)text, at, count, &e);
}

static bool open_entries(descriptor it, int32_t *to) {
  wasi_filesystem_types_own_directory_entry_stream_t entries;
  if (!D(read_directory)(it, &entries, &e)) return false;
  *to = entries.__handle;
  return true;
}

static bool next_entry(entries_t entries, wasi_filesystem_types_directory_entry_t *entry, bool *is_some) {
  wasi_filesystem_types_borrow_directory_entry_stream_t it = {entries};
  wasi_filesystem_types_option_directory_entry_t next;
  if (!wasi_filesystem_types_method_directory_entry_stream_read_directory_entry(it, &next, &e)) return false;
  *is_some = next.is_some;
  *entry = next.val;
  return true;
}

static void drop_entries(entries_t entries) {
  wasi_filesystem_types_directory_entry_stream_drop_own((wasi_filesystem_types_own_directory_entry_stream_t){entries});
}
#endif

static wasi_io_streams_stream_error_t se;
static bool streamed(bool ok) {
  if (ok) return true;
  if (se.tag) say("closed");
  else {
    handles['e'][0] = se.val.last_operation_failed.__handle;
    say("failed ");
#ifdef WASI3
    say("elsewhere");
#else
    uint8_t code;
    bool is_file = wasi_filesystem_types_filesystem_error_code((wasi_filesystem_types_borrow_error_t){handles['e'][0]}, &code);
    say(is_file ? codes[code] : "elsewhere");
#endif
  }
  return false;
}
static void stream_done(bool ok) { if (streamed(ok)) say("ok"); }

static void say_stat(stat_t *stat) {
  say(types[TAG(stat->type)]);
  if (TAG(stat->type) != DIRECTORY) {
    say(" links ");
    say_number(stat->link_count);
    say(" size ");
    say_number(stat->size);
  }
}

static bool is(all_string_t *operation, const char *name) { return !strcmp((char *)operation->ptr, name); }

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

// The rest of a directory's entries, sorted.
static void names(entries_t entries, bool only_count) {
  char **all = 0;
  size_t count = 0;
  for (;;) {
    wasi_filesystem_types_directory_entry_t entry;
    bool is_some;
    if (!fine(next_entry(entries, &entry, &is_some))) return;
    if (!is_some) break;
    const char *type = types[TAG(entry.type)];
    char *text = malloc(entry.name.len + strlen(type) + 2);
    memcpy(text, entry.name.ptr, entry.name.len);
    text[entry.name.len] = ':';
    strcpy(text + entry.name.len + 1, type);
    all_string_free(&entry.name);
    all = realloc(all, (count + 1) * sizeof *all);
    all[count++] = text;
  }
  if (only_count) {
    say_number(count);
    return;
  }
  qsort(all, count, sizeof *all, compare);
  for (size_t i = 0; i < count; i++) {
    if (i) say(" ");
    say(all[i]);
  }
  if (!count) say("nothing");
}

static bool differ(uint8_t *bytes, size_t len) {
  for (size_t i = 1; i < len; i++)
    if (bytes[i] != bytes[0]) return true;
  return len < 16;
}

static void drop(void) {
  all_string_t text = word();
  int32_t it = handles[text.ptr[0] & 127][(text.ptr[1] - '0') % 10];
  switch (text.ptr[0]) {
    case 'd': wasi_filesystem_types_descriptor_drop_own((wasi_filesystem_types_own_descriptor_t){it}); break;
    case 'i': wasi_io_streams_input_stream_drop_own((wasi_io_streams_own_input_stream_t){it}); break;
    case 'o': wasi_io_streams_output_stream_drop_own((wasi_io_streams_own_output_stream_t){it}); break;
    case 'p': wasi_io_poll_pollable_drop_own((wasi_io_poll_own_pollable_t){it}); break;
    case 'e': wasi_io_error_error_drop_own((wasi_io_error_own_error_t){it}); break;
    case 'r': drop_entries(it); break;
    default: stop("no such kind");
  }
  say("ok");
}

static void files(all_string_t *op) {
  if (is(op, "preopens")) {
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t all;
    wasi_filesystem_preopens_get_directories(&all);
    say_number(all.len);
    for (size_t i = 0; i < all.len; i++) {
      if (i < 10) handles['d'][i] = all.ptr[i].f0.__handle;
      say(" ");
      put((char *)all.ptr[i].f1.ptr, all.ptr[i].f1.len);
    }
  } else if (is(op, "open")) {
    int32_t *to = handle();
    descriptor in = desc();
    unsigned path_flags = flags("f");
    all_string_t path = word();
    unsigned open = flags("cdxt"), mode = flags("rwFDRm");
    wasi_filesystem_types_own_descriptor_t opened;
    if (done(D(open_at)(in, path_flags, &path, open, mode, &opened, &e))) *to = opened.__handle;
  } else if (is(op, "flags")) {
    uint8_t bits;
    if (fine(D(get_flags)(desc(), &bits, &e)))
      for (int i = 0; i < 6; i++) put(bits >> i & 1 ? &"rwFDRm"[i] : "-", 1);
  } else if (is(op, "type")) {
    file_type type;
    if (fine(D(get_type)(desc(), &type, &e))) say(types[TAG(type)]);
  } else if (is(op, "stat")) {
    stat_t stat;
    if (fine(D(stat)(desc(), &stat, &e))) say_stat(&stat);
  } else if (is(op, "stat-at")) {
    descriptor in = desc();
    unsigned path_flags = flags("f");
    all_string_t path = word();
    stat_t stat;
    if (fine(D(stat_at)(in, path_flags, &path, &stat, &e))) say_stat(&stat);
  } else if (is(op, "times")) {
    stat_t stat;
    if (fine(D(stat)(desc(), &stat, &e))) {
      OPTION_TIME *times[] = {&stat.data_access_timestamp, &stat.data_modification_timestamp};
      for (int i = 0; i < 2; i++) {
        say(i ? " " : "");
        say_number(times[i]->val.seconds);
        say(".");
        say_number(times[i]->val.nanoseconds);
      }
    }
  } else if (is(op, "recent")) {
    // Whether access and modification were within the last minute.
    stat_t stat;
    wasi_clocks_wall_clock_datetime_t now;
    wasi_clocks_wall_clock_now(&now);
    if (fine(D(stat)(desc(), &stat, &e))) {
      say_truth(stat.data_access_timestamp.val.seconds + 60 > now.seconds);
      say(" ");
      say_truth(stat.data_modification_timestamp.val.seconds + 60 > now.seconds);
    }
  } else if (is(op, "set-times")) {
    descriptor it = desc();
    timestamp access = when(), modification = when();
    done(D(set_times)(it, &access, &modification, &e));
  } else if (is(op, "set-times-at")) {
    descriptor in = desc();
    unsigned path_flags = flags("f");
    all_string_t path = word();
    timestamp access = when(), modification = when();
    done(D(set_times_at)(in, path_flags, &path, &access, &modification, &e));
  } else if (is(op, "hash")) {
    all_string_t to = word();
    done(D(metadata_hash)(desc(), &hashes[(to.ptr[1] - '0') % 10], &e));
  } else if (is(op, "hash-at")) {
    all_string_t to = word();
    descriptor in = desc();
    unsigned path_flags = flags("f");
    all_string_t path = word();
    done(D(metadata_hash_at)(in, path_flags, &path, &hashes[(to.ptr[1] - '0') % 10], &e));
  } else if (is(op, "same-hash")) {
    all_string_t a = word(), b = word();
    say_truth(!memcmp(&hashes[(a.ptr[1] - '0') % 10], &hashes[(b.ptr[1] - '0') % 10], sizeof hashes[0]));
  } else if (is(op, "same")) {
    descriptor a = desc();
    say_truth(D(is_same_object)(a, desc()));
  } else if (is(op, "read")) {
    descriptor it = desc();
    uint64_t len = number();
    all_list_u8_t got;
    bool is_end;
    if (fine(read_at(it, len, number(), &got, &is_end))) {
      say_bytes(got.ptr, got.len);
      say(is_end ? " end" : "");
      all_list_u8_free(&got);
    }
  } else if (is(op, "write")) {
    descriptor it = desc();
    all_string_t text = word();
    uint64_t count;
    if (fine(write_at(it, &text, number(), &count))) say_number(count);
  } else if (is(op, "set-size")) {
    descriptor it = desc();
    done(D(set_size)(it, number(), &e));
  } else if (is(op, "advise")) {
    descriptor it = desc();
    uint64_t offset = number(), len = number();
    done(D(advise)(it, offset, len, (uint8_t)number(), &e));
  } else if (is(op, "sync")) {
    done(D(sync)(desc(), &e));
  } else if (is(op, "sync-data")) {
    done(D(sync_data)(desc(), &e));
  } else if (is(op, "mkdir") || is(op, "rmdir") || is(op, "unlink")) {
    descriptor in = desc();
    all_string_t path = word();
    done(is(op, "mkdir") ? D(create_directory_at)(in, &path, &e)
         : is(op, "rmdir") ? D(remove_directory_at)(in, &path, &e)
                           : D(unlink_file_at)(in, &path, &e));
  } else if (is(op, "readlink")) {
    descriptor in = desc();
    all_string_t path = word(), target;
    if (fine(D(readlink_at)(in, &path, &target, &e))) say_bytes(target.ptr, target.len);
  } else if (is(op, "symlink")) {
    all_string_t target = word();
    descriptor in = desc();
    all_string_t path = word();
    done(D(symlink_at)(in, &target, &path, &e));
  } else if (is(op, "link")) {
    descriptor in = desc();
    unsigned path_flags = flags("f");
    all_string_t path = word();
    descriptor to = desc();
    all_string_t new = word();
    done(D(link_at)(in, path_flags, &path, to, &new, &e));
  } else if (is(op, "rename")) {
    descriptor in = desc();
    all_string_t path = word();
    descriptor to = desc();
    all_string_t new = word();
    done(D(rename_at)(in, &path, to, &new, &e));
  } else if (is(op, "readdir")) {
    int32_t *to = handle();
    done(open_entries(desc(), to));
  } else if (is(op, "next")) {
    wasi_filesystem_types_directory_entry_t entry;
    bool is_some;
    if (fine(next_entry(*handle(), &entry, &is_some))) say(is_some ? "some" : "end");
  } else if (is(op, "names") || is(op, "count")) {
    names(*handle(), is(op, "count"));
  } else if (is(op, "make-many") || is(op, "remove-many")) {
    descriptor in = desc();
    uint64_t count = number();
    bool ok = true;
    for (uint64_t i = 0; i < count && ok; i++) {
      char name[8] = {'m', '0' + i / 1000 % 10, '0' + i / 100 % 10, '0' + i / 10 % 10, '0' + i % 10};
      all_string_t path = {(uint8_t *)name, 5};
      ok = is(op, "make-many") ? D(create_directory_at)(in, &path, &e) : D(remove_directory_at)(in, &path, &e);
    }
    done(ok);
  } else if (is(op, "hunt")) {
    // Opens a path again and again, in each way, while others change what it leads to; it must never lead to the secret.
    uint64_t times = number(), opened = 0, found = 0;
    descriptor in = desc();
    all_string_t path = word();
    for (uint64_t i = 0; i < times; i++) {
      wasi_filesystem_types_own_descriptor_t file;
      stat_t stat;
      if (D(stat_at)(in, i & 1, &path, &stat, &e)) found += stat.size == 4321;
      if (!D(open_at)(in, i & 1, &path, 0, 1, &file, &e)) continue;
      all_list_u8_t got;
      bool is_end;
      opened++;
      if (read_at((descriptor){file.__handle}, 6, 0, &got, &is_end)) {
        found += got.len == 6 && !memcmp(got.ptr, "secret", 6);
        all_list_u8_free(&got);
      }
      wasi_filesystem_types_descriptor_drop_own(file);
    }
    say(found ? "escaped" : opened ? "opened" : "never opened");
  } else if (is(op, "harm")) {
    // The same with everything that changes something. What it did is judged from outside.
    uint64_t times = number();
    descriptor in = desc();
    all_string_t path = word(), own = {(uint8_t *)"own", 3};
    timestamp past = {.tag = 2, .val.timestamp.seconds = 1};
    for (uint64_t i = 0; i < times; i++) {
      wasi_filesystem_types_own_descriptor_t file;
      if (D(open_at)(in, 1, &path, i & 9, 3, &file, &e)) wasi_filesystem_types_descriptor_drop_own(file);
      D(set_times_at)(in, i & 1, &path, &past, &past, &e);
      D(create_directory_at)(in, &path, &e);
      D(symlink_at)(in, &own, &path, &e);
      D(link_at)(in, 0, &own, in, &path, &e);
      D(link_at)(in, 0, &path, in, &own, &e);
      D(unlink_file_at)(in, &own, &e);
      if (i & 1) D(rename_at)(in, &path, in, &own, &e);
      D(unlink_file_at)(in, &path, &e);
      D(remove_directory_at)(in, &path, &e);
    }
    say("ok");
  } else stop("no such operation");
}

static void streams(all_string_t *op) {
  uint64_t count;
  if (is(op, "stdin")) {
    *handle() = wasi_cli_stdin_get_stdin().__handle;
    say("ok");
  } else if (is(op, "stdout")) {
    *handle() = wasi_cli_stdout_get_stdout().__handle;
    say("ok");
  } else if (is(op, "stderr")) {
    *handle() = wasi_cli_stderr_get_stderr().__handle;
    say("ok");
#ifndef WASI3
  } else if (is(op, "in")) {
    int32_t *to = handle();
    descriptor it = desc();
    wasi_filesystem_types_own_input_stream_t stream;
    if (done(D(read_via_stream)(it, number(), &stream, &e))) *to = stream.__handle;
  } else if (is(op, "out")) {
    int32_t *to = handle();
    descriptor it = desc();
    wasi_filesystem_types_own_output_stream_t stream;
    if (done(D(write_via_stream)(it, number(), &stream, &e))) *to = stream.__handle;
  } else if (is(op, "append")) {
    int32_t *to = handle();
    wasi_filesystem_types_own_output_stream_t stream;
    if (done(D(append_via_stream)(desc(), &stream, &e))) *to = stream.__handle;
#endif
  } else if (is(op, "get") || is(op, "wait-get")) {
    input it = {*handle()};
    uint64_t len = number();
    all_list_u8_t got;
    if (streamed(is(op, "get") ? IN(read)(it, len, &got, &se) : IN(blocking_read)(it, len, &got, &se))) {
      say_bytes(got.ptr, got.len);
      all_list_u8_free(&got);
    }
  } else if (is(op, "skip") || is(op, "wait-skip")) {
    input it = {*handle()};
    uint64_t len = number();
    if (streamed(is(op, "skip") ? IN(skip)(it, len, &count, &se) : IN(blocking_skip)(it, len, &count, &se))) say_number(count);
  } else if (is(op, "permit")) {
    if (streamed(OUT(check_write)((output){*handle()}, &count, &se))) say(count ? "some" : "none");
  } else if (is(op, "put") || is(op, "wait-put")) {
    output it = {*handle()};
    all_string_t text = word();
    stream_done(is(op, "put") ? OUT(write)(it, (all_list_u8_t *)&text, &se) : OUT(blocking_write_and_flush)(it, (all_list_u8_t *)&text, &se));
  } else if (is(op, "put-many") || is(op, "wait-put-many")) {
    output it = {*handle()};
    all_list_u8_t bytes;
    bytes.len = number();
    bytes.ptr = malloc(bytes.len);
    memset(bytes.ptr, 'x', bytes.len);
    stream_done(is(op, "put-many") ? OUT(write)(it, &bytes, &se) : OUT(blocking_write_and_flush)(it, &bytes, &se));
  } else if (is(op, "put-permitted")) {
    // As much as may be written, and so much more.
    output it = {*handle()};
    uint64_t more = number();
    if (streamed(OUT(check_write)(it, &count, &se))) {
      all_list_u8_t bytes = {malloc(count + more), count + more};
      memset(bytes.ptr, 'x', bytes.len);
      stream_done(OUT(write)(it, &bytes, &se));
    }
  } else if (is(op, "flush")) {
    stream_done(OUT(flush)((output){*handle()}, &se));
  } else if (is(op, "wait-flush")) {
    stream_done(OUT(blocking_flush)((output){*handle()}, &se));
  } else if (is(op, "zeroes") || is(op, "wait-zeroes")) {
    output it = {*handle()};
    uint64_t len = number();
    stream_done(is(op, "zeroes") ? OUT(write_zeroes)(it, len, &se) : OUT(blocking_write_zeroes_and_flush)(it, len, &se));
  } else if (is(op, "splice") || is(op, "wait-splice")) {
    output to = {*handle()};
    input from = {*handle()};
    uint64_t len = number();
    if (streamed(is(op, "splice") ? OUT(splice)(to, from, len, &count, &se) : OUT(blocking_splice)(to, from, len, &count, &se))) say_number(count);
  } else if (is(op, "debug")) {
    all_string_t text;
    wasi_io_error_method_error_to_debug_string((wasi_io_error_borrow_error_t){*handle()}, &text);
    say(text.len ? "some text" : "no text");
  } else files(op);
}

static void clocks(all_string_t *op) {
  if (is(op, "input-pollable")) {
    int32_t *to = handle();
    *to = IN(subscribe)((input){*handle()}).__handle;
    say("ok");
  } else if (is(op, "output-pollable")) {
    int32_t *to = handle();
    *to = OUT(subscribe)((output){*handle()}).__handle;
    say("ok");
  } else if (is(op, "instant")) {
    int32_t *to = handle();
    *to = wasi_clocks_monotonic_clock_subscribe_instant(number()).__handle;
    say("ok");
  } else if (is(op, "instant-from-now")) {
    int32_t *to = handle();
    *to = wasi_clocks_monotonic_clock_subscribe_instant(wasi_clocks_monotonic_clock_now() + number()).__handle;
    say("ok");
  } else if (is(op, "duration")) {
    int32_t *to = handle();
    *to = wasi_clocks_monotonic_clock_subscribe_duration(number()).__handle;
    say("ok");
  } else if (is(op, "ready")) {
    say_truth(wasi_io_poll_method_pollable_ready((pollable){*handle()}));
  } else if (is(op, "block")) {
    wasi_io_poll_method_pollable_block((pollable){*handle()});
    say("ok");
  } else if (is(op, "poll")) {
    pollable all[64];
    wasi_io_poll_list_borrow_pollable_t list = {all, 0};
    all_list_u32_t ready;
    while (has_word() && list.len < 64) all[list.len++].__handle = *handle();
    wasi_io_poll_poll(&list, &ready);
    for (size_t i = 0; i < ready.len; i++) {
      say(i ? " " : "");
      say_number(ready.ptr[i]);
    }
    all_list_u32_free(&ready);
  } else if (is(op, "mark")) {
    mark = wasi_clocks_monotonic_clock_now();
    say("ok");
  } else if (is(op, "passed")) {
    // Whether so many nanoseconds passed since the mark, and not two seconds more.
    uint64_t least = number(), passed = wasi_clocks_monotonic_clock_now() - mark;
    say(passed < least ? "less" : passed > least + 2000000000 ? "much more" : "ok");
  } else if (is(op, "clocks")) {
    wasi_clocks_wall_clock_datetime_t now, resolution;
    wasi_clocks_wall_clock_now(&now);
    wasi_clocks_wall_clock_resolution(&resolution);
    uint64_t first = wasi_clocks_monotonic_clock_now(), second = wasi_clocks_monotonic_clock_now();
    say_truth(now.seconds > 1700000000 && now.nanoseconds < 1000000000);
    say(" ");
    say_truth(resolution.seconds < 2 && resolution.nanoseconds < 1000000000 && resolution.seconds + resolution.nanoseconds);
    say(" ");
    say_truth(second >= first && wasi_clocks_monotonic_clock_resolution() > 0);
  } else streams(op);
}

#ifdef WASI3
// Whether the operation is on a stream of a file, which WASI 0.3 has in another form.
static bool needs_stream(all_string_t *op) {
  has_word();
  bool is_stream = *line == 'i' || *line == 'o';
  return is_stream && line[1] >= '0' && line[1] <= '9' && !handles[(int)*line][line[1] - '0'] && memcmp(op->ptr, "std", 3);
}
#endif

static bool execute(all_string_t *op, uint32_t *status) {
#ifdef WASI3
  if (needs_stream(op)) {
    say("no streams");
    return true;
  }
#endif
  all_list_u8_t bytes;
  if (is(op, "random") || is(op, "insecure")) {
    uint64_t len = number();
    if (is(op, "random")) wasi_random_random_get_random_bytes(len, &bytes);
    else wasi_random_insecure_get_insecure_random_bytes(len, &bytes);
    say_number(bytes.len);
    say(differ(bytes.ptr, bytes.len) ? "" : " all the same");
  } else if (is(op, "random-numbers")) {
    all_tuple2_u64_u64_t seed;
    wasi_random_insecure_seed_insecure_seed(&seed);
    say_truth(wasi_random_random_get_random_u64() != wasi_random_random_get_random_u64());
    say_truth(wasi_random_insecure_get_insecure_random_u64() != wasi_random_insecure_get_insecure_random_u64());
    say_truth(seed.f0 != seed.f1);
  } else if (is(op, "arguments")) {
    all_list_string_t all;
    wasi_cli_environment_get_arguments(&all);
    say_number(all.len);
    for (size_t i = 2; i < all.len; i++) {
      say(" ");
      say_bytes(all.ptr[i].ptr, all.ptr[i].len);
    }
  } else if (is(op, "environment")) {
    all_list_tuple2_string_string_t all;
    wasi_cli_environment_get_environment(&all);
    say_number(all.len);
    for (size_t i = 0; i < all.len; i++) {
      say(" ");
      say_bytes(all.ptr[i].f0.ptr, all.ptr[i].f0.len);
      say("=");
      say_bytes(all.ptr[i].f1.ptr, all.ptr[i].f1.len);
    }
  } else if (is(op, "cwd")) {
    all_string_t cwd;
    if (wasi_cli_environment_initial_cwd(&cwd)) say_bytes(cwd.ptr, cwd.len);
    else say("none");
  } else if (is(op, "terminals")) {
    wasi_cli_terminal_stdin_own_terminal_input_t in;
    wasi_cli_terminal_stdout_own_terminal_output_t out, err;
    bool is_in = wasi_cli_terminal_stdin_get_terminal_stdin(&in), is_out = wasi_cli_terminal_stdout_get_terminal_stdout(&out);
    bool is_err = wasi_cli_terminal_stderr_get_terminal_stderr(&err);
    say_truth(is_in);
    say(" ");
    say_truth(is_out);
    say(" ");
    say_truth(is_err);
    if (is_in) wasi_cli_terminal_input_terminal_input_drop_own(in);
    if (is_out) wasi_cli_terminal_output_terminal_output_drop_own(out);
    if (is_err) wasi_cli_terminal_output_terminal_output_drop_own(err);
  } else if (is(op, "drop")) {
    drop();
  } else if (is(op, "exit")) {
    wasi_cli_exit_result_void_void_t result = {.is_err = number() != 0};
    wasi_cli_exit_exit(&result);
  } else if (is(op, "exit-with-code")) {
    wasi_cli_exit_exit_with_code((uint8_t)number());
  } else if (is(op, "return")) {
    *status = (uint32_t)number();
    return false;
  } else clocks(op);
  return true;
}

bool exports_wasi_cli_run_run(void) {
  all_list_string_t arguments;
  uint32_t status = 0;
  wasi_cli_environment_get_arguments(&arguments);
  if (arguments.len < 2) stop("the script is missing");
  char *script = malloc(arguments.ptr[1].len + 1);
  memcpy(script, arguments.ptr[1].ptr, arguments.ptr[1].len);
  script[arguments.ptr[1].len] = 0;
  for (line = script; *line; line++) {
    if (has_word()) {
      all_string_t operation = word();
      if (!execute(&operation, &status)) break;
      report();
    }
    while (*line && *line != '\n') line++;
    if (!*line) break;
  }
  return status == 0;
}
