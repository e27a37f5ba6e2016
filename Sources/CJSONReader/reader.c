// SPDX-License-Identifier: Apache-2.0
// The window over the file, and the walk over its values.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CJSONReader.h"

enum { deepest_checked = 64 };
// A single string, number or wanted record beyond this is refused.
static const size_t longest_token = (size_t)1 << 30;

struct thresh_json {
  int file;         // -1 when the bytes are all here
  char *buffer;     // ends with a NUL behind `end`
  size_t capacity;
  const char *at, *end;
  const char *pin;  // kept in the window, or null
  uint64_t base;    // offset of the buffer in the file
  int at_end;       // the file has no more
  int fresh;        // just behind an opening bracket
  const char *failure;
  uint64_t failure_offset;
  char *arena;      // texts of the current record
  size_t arena_size, arena_used;
  int guesses[32];  // the field that the i-th key of the last record was
};

static uint64_t offset_of(const thresh_json *r, const char *p) {
  return r->base + (uint64_t)(p - r->buffer);
}

static int fail_at(thresh_json *r, const char *p, const char *what) {
  if (!r->failure) {
    r->failure = what;
    r->failure_offset = offset_of(r, p);
  }
  return -1;
}

static int fail(thresh_json *r, const char *what) { return fail_at(r, r->at, what); }

// Reads more behind `end`. What is before `pin` (or `at`) leaves the window. 0 at the end of the file.
static int more(thresh_json *r) {
  if (r->at_end || r->failure) return 0;
  const char *keep = r->pin ? r->pin : r->at;
  const size_t kept = (size_t)(r->end - keep), at = (size_t)(r->at - keep);
  if (kept > r->capacity / 2) {
    if (r->capacity > longest_token) return fail(r, "a value is longer than 1 GiB"), 0;
    char *bigger = malloc(2 * r->capacity + 1);
    if (!bigger) return fail(r, "out of memory"), 0;
    memcpy(bigger, keep, kept);
    r->base += (uint64_t)(keep - r->buffer);
    free(r->buffer);
    r->buffer = bigger;
    r->capacity *= 2;
  } else {
    r->base += (uint64_t)(keep - r->buffer);
    memmove(r->buffer, keep, kept);
  }
  if (r->pin) r->pin = r->buffer;
  r->at = r->buffer + at;
  ssize_t got;
  do got = read(r->file, r->buffer + kept, r->capacity - kept);
  while (got < 0 && errno == EINTR);
  if (got < 0) fail(r, "the file cannot be read");
  if (got <= 0) r->at_end = 1, got = 0;
  r->end = r->buffer + kept + got;
  r->buffer[kept + (size_t)got] = 0;
  return got > 0;
}

static thresh_json *made(size_t capacity) {
  thresh_json *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  r->file = -1;
  r->capacity = capacity;
  r->buffer = malloc(capacity + 1);
  if (!r->buffer) return free(r), NULL;
  r->at = r->end = r->buffer;
  r->buffer[0] = 0;
  return r;
}

static void pass_byte_order_mark(thresh_json *r) {
  while (r->end - r->at < 3 && more(r)) {}
  if (r->end - r->at >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0) r->at += 3;
}

thresh_json *thresh_json_open(const char *path, size_t window, int *error) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return *error = errno, NULL;
  thresh_json *r = made(window < 16 ? 16 : window);
  if (!r) return *error = ENOMEM, close(file), NULL;
  r->file = file;
  pass_byte_order_mark(r);
  if (r->failure) return *error = errno, thresh_json_close(r), NULL;
  return r;
}

thresh_json *thresh_json_of_bytes(const void *bytes, size_t count) {
  thresh_json *r = made(count);
  if (!r) return NULL;
  if (count) memcpy(r->buffer, bytes, count);
  r->end = r->buffer + count;
  r->buffer[count] = 0;
  r->at_end = 1;
  pass_byte_order_mark(r);
  return r;
}

void thresh_json_close(thresh_json *r) {
  if (r->file >= 0) close(r->file);
  free(r->buffer);
  free(r->arena);
  free(r);
}

static inline int is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The next byte that is no blank; 0 at the end.
static inline char next_byte(thresh_json *r) {
  for (;;) {
    while (is_blank(*r->at)) r->at++;
    if (r->at < r->end) return *r->at ? *r->at : (char)1;
    if (!more(r)) return 0;
  }
}

static const char early_end[] = "the file ends too early";

// Passes `word`, whose first letter is next.
static int literal(thresh_json *r, const char *word) {
  const size_t length = strlen(word);
  while ((size_t)(r->end - r->at) < length && more(r)) {}
  if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
    return fail(r, "not a JSON value");
  r->at += length;
  return 0;
}

// At a quote: the string's content as it stands, and whether it has escapes. It stays in the window
// until the next byte is read.
static int string(thresh_json *r, const char **text, size_t *length, int *escaped) {
  const char *outer = r->pin;
  if (!outer) r->pin = r->at;
  const size_t start = (size_t)(r->at - r->pin) + 1;
  size_t i = start;
  *escaped = 0;
  for (;;) {
    const unsigned char c = (unsigned char)r->pin[i];
    if (c == '"') break;
    if (c >= 0x20 && c != '\\') {
      i++;
    } else if (r->pin + i + (c == '\\') < r->end) {
      if (c != '\\') return fail_at(r, r->pin + i, "a control character in a string");
      *escaped = 1;
      i += 2;
    } else {
      r->at = r->end;
      if (!more(r)) return fail(r, "a string does not end");
    }
  }
  *text = r->pin + start;
  *length = i - start;
  r->at = r->pin + i + 1;
  if (!outer) r->pin = NULL;
  return 0;
}

static int hex4(const char *p, const char *end, unsigned *value) {
  if (end - p < 4) return -1;
  *value = 0;
  for (int i = 0; i < 4; i++) {
    const char c = p[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    *value = *value * 16 + (unsigned)digit;
  }
  return 0;
}

static char *put_utf8(char *out, unsigned c) {
  if (c < 0x80) return *out++ = (char)c, out;
  if (c < 0x800) return *out++ = (char)(0xc0 | c >> 6), *out++ = (char)(0x80 | (c & 0x3f)), out;
  if (c < 0x10000) {
    *out++ = (char)(0xe0 | c >> 12);
  } else {
    *out++ = (char)(0xf0 | c >> 18);
    *out++ = (char)(0x80 | (c >> 12 & 0x3f));
  }
  *out++ = (char)(0x80 | (c >> 6 & 0x3f));
  *out++ = (char)(0x80 | (c & 0x3f));
  return out;
}

// Copies a string without its escapes; `out` has room for `length` bytes. The new length, or -1.
static ptrdiff_t unescape(const char *text, size_t length, char *out) {
  char *const start = out;
  const char *const end = text + length;
  while (text < end) {
    if (*text != '\\') {
      *out++ = *text++;
      continue;
    }
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char name = text[1];
    text += 2;
    const char *known = name ? strchr(names, name) : NULL;
    if (known) {
      *out++ = values[known - names];
      continue;
    }
    unsigned c, low;
    if (name != 'u' || hex4(text, end, &c)) return -1;
    text += 4;
    if (c >= 0xd800 && c < 0xdc00 && end - text >= 6 && text[0] == '\\' && text[1] == 'u' &&
        !hex4(text + 2, end, &low) && low >= 0xdc00 && low < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      text += 6;
    } else if (c >= 0xd800 && c < 0xe000) {
      c = 0xfffd;
    }
    out = put_utf8(out, c);
  }
  return out - start;
}

// Room in the arena; the texts stored before it keep their offsets, not their addresses.
static char *room(thresh_json *r, size_t count) {
  if (r->arena_size - r->arena_used < count) {
    const size_t size = 2 * (r->arena_used + count) + 256;
    char *bigger = realloc(r->arena, size);
    if (!bigger) return fail(r, "out of memory"), NULL;
    r->arena = bigger;
    r->arena_size = size;
  }
  return r->arena + r->arena_used;
}

// A string into the arena; `*place` is its offset there.
static int stored_string(thresh_json *r, size_t *place, size_t *length) {
  const char *text, *before = r->at;
  const uint64_t offset = offset_of(r, before);
  int escaped;
  if (string(r, &text, length, &escaped)) return -1;
  char *out = room(r, *length);
  if (!out) return -1;
  *place = r->arena_used;
  if (escaped) {
    const ptrdiff_t size = unescape(text, *length, out);
    if (size < 0) {
      r->failure = "an escape in a string is not valid";
      r->failure_offset = offset;
      return -1;
    }
    *length = (size_t)size;
  } else if (*length) {
    memcpy(out, text, *length);
  }
  r->arena_used += *length;
  return 0;
}

static int number(thresh_json *r, thresh_json_value *v) {
  for (;;) {
    const char *end = thresh_json_number(r->at, &v->number, &v->integer, &v->kind);
    // A number that touches the end of the window may go on behind it.
    if ((!end || end == r->end || r->end - r->at < 16) && !r->at_end) {
      const char *outer = r->pin;
      if (!outer) r->pin = r->at;
      const char *at = r->at;
      const size_t place = (size_t)(at - r->pin);
      r->at = r->end;
      const int got = more(r);
      r->at = r->pin + place;
      if (!outer) r->pin = NULL;
      if (got) continue;
      if (r->failure) return -1;
      continue;
    }
    if (!end || end > r->end) return fail(r, "not a JSON value");
    r->at = end;
    return 0;
  }
}

static thresh_json_kind kind_of(char c) {
  switch (c) {
  case '{': return THRESH_JSON_OBJECT;
  case '[': return THRESH_JSON_ARRAY;
  case '"': return THRESH_JSON_STRING;
  case 't':
  case 'f': return THRESH_JSON_BOOLEAN;
  case 'n': return THRESH_JSON_NULL;
  case 0: return THRESH_JSON_ABSENT;
  default: return THRESH_JSON_NUMBER;
  }
}

thresh_json_kind thresh_json_peek(thresh_json *r) {
  if (r->failure) return THRESH_JSON_ABSENT;
  return kind_of(next_byte(r));
}

uint64_t thresh_json_offset(thresh_json *r) {
  next_byte(r);
  return offset_of(r, r->at);
}

int thresh_json_enter(thresh_json *r) {
  if (r->failure) return -1;
  const char c = next_byte(r);
  if (c != '[' && c != '{') return fail(r, c ? "a list or an object expected" : early_end);
  r->at++;
  r->fresh = 1;
  return 0;
}

// The comma or bracket between items.
static int next_in(thresh_json *r, char close) {
  if (r->failure) return -1;
  const char c = next_byte(r);
  if (c == close) {
    r->at++;
    r->fresh = 0;
    return 0;
  }
  if (r->fresh) {
    r->fresh = 0;
    return c ? 1 : fail(r, early_end);
  }
  if (c != ',') return fail(r, c ? "a comma or a closing bracket expected" : early_end);
  r->at++;
  const char next = next_byte(r);
  if (!next) return fail(r, early_end);
  return next == close ? fail(r, "a comma before a closing bracket") : 1;
}

int thresh_json_next_item(thresh_json *r) { return next_in(r, ']'); }

// The quoted key and the colon behind it. The text stays in the window until the next byte is read,
// unless it had escapes, when it is in the arena.
static int key(thresh_json *r, const char **text, size_t *length) {
  if (next_byte(r) != '"') return fail(r, "a name in quotes expected");
  int escaped;
  if (string(r, text, length, &escaped)) return -1;
  if (escaped) {
    char *out = room(r, *length);
    if (!out) return -1;
    const ptrdiff_t size = unescape(*text, *length, out);
    if (size < 0) return fail(r, "an escape in a name is not valid");
    *text = out;
    *length = (size_t)size;
  }
  return 0;
}

static int colon(thresh_json *r) {
  if (next_byte(r) != ':') return fail(r, "a colon expected");
  r->at++;
  return 0;
}

int thresh_json_next_key(thresh_json *r, const char **text, size_t *length) {
  const int more_keys = next_in(r, '}');
  if (more_keys <= 0) return more_keys;
  const char *name;
  if (key(r, &name, length)) return -1;
  r->arena_used = 0;
  char *out = room(r, *length);
  if (!out) return -1;
  if (*length) memmove(out, name, *length);
  r->arena_used = *length;
  *text = out;
  return colon(r) ? -1 : 1;
}

typedef unsigned char block __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t halves __attribute__((vector_size(16)));

// The first byte of [p, end) that opens or closes, or `end`.
static const char *structural(const char *p, const char *end) {
  while (end - p >= 64) {
    const block *b = (const block *)p;
    block any = {0};
    for (int i = 0; i < 4; i++) {
      const block lower = b[i] | 0x20;
      any |= (block)(lower == '{') | (block)(lower == '}') | (block)(b[i] == '"');
    }
    const halves h = (halves)any;
    if (h[0] | h[1]) break;
    p += 64;
  }
  for (; p < end; p++) {
    const char lower = *p | 0x20;
    if (lower == '{' || lower == '}' || *p == '"') return p;
  }
  return end;
}

// Passes over a string without keeping it.
static int skip_string(thresh_json *r) {
  r->at++;
  for (;;) {
    const char *quote = memchr(r->at, '"', (size_t)(r->end - r->at));
    const char *slash = memchr(r->at, '\\', (size_t)((quote ? quote : r->end) - r->at));
    if (slash) {
      r->at = slash;
      while (r->end - r->at < 2 && more(r)) {}
      if (r->end - r->at < 2) return fail(r, "a string does not end");
      r->at += 2;
    } else if (quote) {
      r->at = quote + 1;
      return 0;
    } else {
      r->at = r->end;
      if (!more(r)) return fail(r, "a string does not end");
    }
  }
}

int thresh_json_skip(thresh_json *r) {
  if (r->failure) return -1;
  const char c = next_byte(r);
  thresh_json_value ignored;
  switch (kind_of(c)) {
  case THRESH_JSON_ABSENT: return fail(r, early_end);
  case THRESH_JSON_STRING: return skip_string(r);
  case THRESH_JSON_NULL: return literal(r, "null");
  case THRESH_JSON_BOOLEAN: return literal(r, c == 't' ? "true" : "false");
  case THRESH_JSON_ARRAY:
  case THRESH_JSON_OBJECT: break;
  default: return number(r, &ignored);
  }
  uint64_t objects = 0;  // one bit a level
  for (int64_t depth = 0;;) {
    r->at = structural(r->at, r->end);
    if (r->at == r->end) {
      if (!more(r)) return fail(r, early_end);
      continue;
    }
    switch (*r->at) {
    case '"':
      if (skip_string(r)) return -1;
      continue;
    case '[':
    case '{':
      if (depth < deepest_checked) {
        const uint64_t bit = (uint64_t)1 << depth;
        objects = *r->at == '{' ? objects | bit : objects & ~bit;
      }
      depth++;
      break;
    case ']':
    case '}':
      depth--;
      if (depth < deepest_checked && (objects >> depth & 1) != (*r->at == '}'))
        return fail(r, "a bracket closes what it did not open");
      if (depth == 0) {
        r->at++;
        r->fresh = 0;
        return 0;
      }
      break;
    }
    r->at++;
  }
}

static int read_numbers(thresh_json *r, thresh_json_value *v) {
  int more_items;
  r->at++;
  r->fresh = 1;
  v->item = THRESH_JSON_ABSENT;
  v->count = 0;
  while ((more_items = next_in(r, ']')) > 0) {
    thresh_json_value item;
    const char c = *r->at;
    const uint64_t offset = offset_of(r, r->at);
    item.kind = kind_of(c);
    if (item.kind == THRESH_JSON_NUMBER ? number(r, &item) : thresh_json_skip(r)) return -1;
    if (item.kind == THRESH_JSON_HUGE) item.kind = THRESH_JSON_NUMBER;
    const int is_number = item.kind == THRESH_JSON_INTEGER || item.kind == THRESH_JSON_NUMBER;
    if (!is_number && v->item == THRESH_JSON_ABSENT) {
      v->item = item.kind;
      v->offset = offset;
    }
    if (v->count < 4) v->numbers[v->count] = item.number;
    v->count++;
    r->fresh = 0;
  }
  v->kind = THRESH_JSON_ARRAY;
  return more_items;
}

// Reads a value whose first byte is next; texts as offsets into the arena.
static int read_value(thresh_json *r, thresh_json_want want, thresh_json_value *v, size_t *place) {
  const char c = next_byte(r);
  v->offset = offset_of(r, r->at);
  v->kind = kind_of(c);
  if (v->kind == THRESH_JSON_ABSENT) return fail(r, early_end);
  if (want == THRESH_JSON_WANT_RAW) {
    const char *outer = r->pin;
    if (!outer) r->pin = r->at;
    const size_t start = (size_t)(r->at - r->pin);
    if (thresh_json_skip(r)) return -1;
    v->length = (size_t)(r->at - r->pin) - start;
    char *out = room(r, v->length);
    if (!out) return -1;
    memcpy(out, r->pin + start, v->length);
    *place = r->arena_used;
    r->arena_used += v->length;
    if (!outer) r->pin = NULL;
    return 0;
  }
  switch (v->kind) {
  case THRESH_JSON_NUMBER:
    if (number(r, v)) return -1;
    if (want == THRESH_JSON_WANT_INTEGER && v->kind == THRESH_JSON_NUMBER &&
        v->number >= -9007199254740992.0 && v->number <= 9007199254740992.0 &&
        v->number == (double)(int64_t)v->number) {
      v->integer = (int64_t)v->number;
      v->kind = THRESH_JSON_INTEGER;
    }
    if (want == THRESH_JSON_WANT_NUMBER && v->kind == THRESH_JSON_HUGE) v->kind = THRESH_JSON_NUMBER;
    return 0;
  case THRESH_JSON_ARRAY:
    if (want == THRESH_JSON_WANT_NUMBERS) return read_numbers(r, v);
    return thresh_json_skip(r);
  case THRESH_JSON_STRING:
    if (want == THRESH_JSON_WANT_TEXT) return stored_string(r, place, &v->length);
    return thresh_json_skip(r);
  case THRESH_JSON_BOOLEAN:
    v->integer = c == 't';
    v->number = (double)v->integer;
    return thresh_json_skip(r);
  default: return thresh_json_skip(r);
  }
}

static int has_text(const thresh_json_value *v, thresh_json_want want) {
  return want == THRESH_JSON_WANT_RAW ? v->kind != THRESH_JSON_ABSENT
                                      : want == THRESH_JSON_WANT_TEXT && v->kind == THRESH_JSON_STRING;
}

int thresh_json_read(thresh_json *r, thresh_json_want want, thresh_json_value *v) {
  if (r->failure) return -1;
  r->arena_used = 0;
  size_t place = 0;
  v->kind = THRESH_JSON_ABSENT;
  if (read_value(r, want, v, &place)) return -1;
  if (has_text(v, want)) v->text = r->arena + place;
  return 0;
}

// Which field a key names, or -1.
static int field_named(
    thresh_json *r, const thresh_json_field *fields, int count, int position, const char *name,
    size_t length) {
  const int guess = position < 32 ? r->guesses[position] : -1;
  if (guess >= 0 && guess < count && fields[guess].length == length &&
      memcmp(fields[guess].name, name, length) == 0)
    return guess;
  for (int i = 0; i < count; i++)
    if (fields[i].length == length && memcmp(fields[i].name, name, length) == 0) {
      if (position < 32) r->guesses[position] = i;
      return i;
    }
  return -1;
}

int thresh_json_record(
    thresh_json *r, const thresh_json_field *fields, int count, thresh_json_value *values,
    thresh_json_value *whole) {
  enum { most = 32 };
  if (r->failure) return -1;
  if (count > most) return fail(r, "too many fields");
  if (next_byte(r) != '{') return fail(r, r->at == r->end ? early_end : "an object expected");
  size_t places[most] = {0};
  for (int i = 0; i < count; i++) values[i].kind = THRESH_JSON_ABSENT;
  r->arena_used = 0;
  if (whole) {
    r->pin = r->at;
    whole->offset = offset_of(r, r->at);
    whole->kind = THRESH_JSON_OBJECT;
  }
  r->at++;
  r->fresh = 1;
  int more_keys;
  for (int position = 0; (more_keys = next_in(r, '}')) > 0; position++) {
    const char *name;
    size_t length;
    if (key(r, &name, &length)) return -1;
    const int field = field_named(r, fields, count, position, name, length);
    if (colon(r)) return -1;
    if (field < 0 ? thresh_json_skip(r)
                  : read_value(r, fields[field].want, &values[field], &places[field]))
      return -1;
  }
  if (more_keys < 0) return -1;
  for (int i = 0; i < count; i++)
    if (has_text(&values[i], fields[i].want)) values[i].text = r->arena + places[i];
  if (whole) {
    whole->text = r->pin;
    whole->length = (size_t)(r->at - r->pin);
    r->pin = NULL;
  }
  return 0;
}

int thresh_json_finish(thresh_json *r) {
  if (r->failure) return -1;
  return next_byte(r) ? fail(r, "text behind the end of the value") : 0;
}

const char *thresh_json_failure(const thresh_json *r, uint64_t *offset) {
  if (r->failure) *offset = r->failure_offset;
  return r->failure;
}

static void count_lines(
    const char *p, size_t count, uint64_t *line, uint64_t *column) {
  for (const char *end = p + count; p < end;) {
    const char *next = memchr(p, '\n', (size_t)(end - p));
    if (!next) {
      *column += (uint64_t)(end - p);
      return;
    }
    ++*line;
    *column = 1;
    p = next + 1;
  }
}

int thresh_json_position(thresh_json *r, uint64_t offset, uint64_t *line, uint64_t *column) {
  *line = *column = 1;
  if (r->file < 0) {
    const uint64_t here = (uint64_t)(r->end - r->buffer);
    count_lines(r->buffer, offset < here ? offset : here, line, column);
    return 0;
  }
  char bytes[1 << 14];
  for (uint64_t at = 0; at < offset;) {
    const uint64_t left = offset - at;
    const ssize_t got =
        pread(r->file, bytes, left < sizeof bytes ? left : sizeof bytes, (off_t)at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    count_lines(bytes, (size_t)got, line, column);
    at += (uint64_t)got;
  }
  return 0;
}
