// SPDX-License-Identifier: Apache-2.0
// Streams large JSON arrays of records in a fixed window and skips what is not asked for.
//
// A file is read in pieces, so that a record need not fit the memory that a parser of whole files
// takes. What is skipped is only balanced, not validated. No function ends the process; after a
// mistake in the text every further call fails and `thresh_json_failure` says what and where.
#ifndef THRESH_CJSONREADER_H
#define THRESH_CJSONREADER_H

#include <stddef.h>
#include <stdint.h>

typedef struct thresh_json thresh_json;

// What stands in a file.
typedef enum {
  THRESH_JSON_ABSENT,
  THRESH_JSON_NULL,
  THRESH_JSON_BOOLEAN,
  THRESH_JSON_INTEGER,
  THRESH_JSON_NUMBER,
  THRESH_JSON_NONFINITE,  // NaN, Infinity, or beyond the range of doubles
  THRESH_JSON_HUGE,       // an integer beyond 64 bits
  THRESH_JSON_STRING,
  THRESH_JSON_ARRAY,
  THRESH_JSON_OBJECT,
} thresh_json_kind;

// What is wanted of a field.
typedef enum {
  THRESH_JSON_WANT_INTEGER,  // also 1.0
  THRESH_JSON_WANT_NUMBER,
  THRESH_JSON_WANT_NUMBERS,  // up to four in a list
  THRESH_JSON_WANT_TEXT,
  THRESH_JSON_WANT_RAW,      // the text of the value itself
} thresh_json_want;

typedef struct {
  const char *name;
  size_t length;
  thresh_json_want want;
} thresh_json_field;

// A value as it was found. `text` is valid until the next record.
typedef struct {
  thresh_json_kind kind;
  thresh_json_kind item;  // of a list: the first item that is no finite number, else ABSENT
  int64_t integer;        // INTEGER, BOOLEAN
  double number;          // INTEGER, NUMBER, NONFINITE
  double numbers[4];
  int64_t count;          // items of a list
  const char *text;
  size_t length;
  uint64_t offset;        // of the value (or of `item`) in bytes from the start of the file
} thresh_json_value;

// Reads the file `window` bytes at a time, more where a single value needs it. Returns null and sets
// `*error` to errno.
thresh_json *thresh_json_open(const char *path, size_t window, int *error);
// Copies the bytes. Null when memory is short.
thresh_json *thresh_json_of_bytes(const void *bytes, size_t count);
void thresh_json_close(thresh_json *reader);

// The kind of the value that comes next; ABSENT at the end or after a failure. A number counts as
// NUMBER, whatever it is.
thresh_json_kind thresh_json_peek(thresh_json *reader);
// The offset of the next value.
uint64_t thresh_json_offset(thresh_json *reader);

// Steps into a list or an object.
int thresh_json_enter(thresh_json *reader);
// 1 when another item follows, 0 after the last (its bracket is passed), -1 after a failure.
int thresh_json_next_item(thresh_json *reader);
// The same of an object; the key's text is valid until the next call.
int thresh_json_next_key(thresh_json *reader, const char **key, size_t *length);
// Passes over a value. 0, or -1 after a failure.
int thresh_json_skip(thresh_json *reader);
// Reads one value.
int thresh_json_read(thresh_json *reader, thresh_json_want want, thresh_json_value *value);
// Reads the fields of an object into `values`, one each; all others are passed over. When `whole` is
// not null it becomes the text of the record.
int thresh_json_record(
    thresh_json *reader, const thresh_json_field *fields, int count, thresh_json_value *values,
    thresh_json_value *whole);
// Whether only blanks are left. -1 after a failure, which text behind the value is.
int thresh_json_finish(thresh_json *reader);

// What is wrong, or null; `*offset` is where.
const char *thresh_json_failure(const thresh_json *reader, uint64_t *offset);
// Line and column, from 1, of an offset; reads the file again up to there. 0, or -1.
int thresh_json_position(thresh_json *reader, uint64_t offset, uint64_t *line, uint64_t *column);

// The double that a number of JSON's form stands for, correctly rounded. Returns the end of the
// number, or null when there is none. `*kind` is INTEGER (then `*integer` is set), HUGE, NUMBER or
// NONFINITE. The text must end with a byte that no number has, e.g. NUL.
const char *thresh_json_number(
    const char *text, double *value, int64_t *integer, thresh_json_kind *kind);

#endif
