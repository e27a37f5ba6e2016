// SPDX-License-Identifier: Apache-2.0
// The only door between Swift and lua_State. No function here lets a Lua error cross a Swift
// frame: arguments come decoded, results and errors go back as data, and the shim raises after
// Swift has returned. Lua's own headers are not visible from here on purpose.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct thresh_session thresh_session;
typedef struct thresh_class thresh_class;

typedef enum thresh_tag {
  THRESH_NIL,
  THRESH_BOOLEAN,
  THRESH_INTEGER,
  THRESH_NUMBER,
  THRESH_STRING,
  THRESH_TABLE,      // by reference
  THRESH_FUNCTION,   // by reference
  THRESH_OBJECT,     // a Swift object in a userdata
  THRESH_FREED,      // a userdata whose object was given up
  THRESH_OTHER,      // any other Lua value, by reference
  THRESH_NEW_TABLE,  // `integer` list items, then `length` pairs of key and value follow
  THRESH_NEW_FUNCTION,  // a closure over the Swift body in `object`
  THRESH_NEW_BOX,       // that body alone, for a class's handlers
  THRESH_POINTER,       // a light userdata, for the shim's own functions
} thresh_tag;

/// One value on its way between Lua and Swift.
typedef struct thresh_value {
  thresh_tag tag;
  int32_t slot;  // reference slot, 0 for none
  union {
    bool boolean;
    int64_t integer;
    double number;
    const char *bytes;
    void *object;
  };
  size_t length;       // bytes of a string, pairs of a new table
  thresh_class *type;  // class of an object
} thresh_value;

enum { THRESH_LOCAL_VALUES = 4 };

/// A growing list of values. It owns its strings, objects and slots until it is cleared.
typedef struct thresh_list {
  thresh_value *values;
  int32_t count;
  int32_t capacity;
  bool plain;   // nothing in it needs memory when it is pushed
  bool failed;  // malloc gave nothing
  thresh_value local[THRESH_LOCAL_VALUES];
} thresh_list;

/// What a Swift function answers.
typedef enum thresh_status {
  THRESH_OK,
  THRESH_FAILED,         // `failure` says why
  THRESH_RAISE,          // raise the first result as it is
  THRESH_OUT_OF_MEMORY,  // collect garbage and try once more, then as FAILED
  THRESH_INTERRUPTED,
  THRESH_LIMITED,  // the time or the instructions of the outermost call are used up
  THRESH_CLOSED,
} thresh_status;

/// Why a call failed; the texts are owned copies.
typedef struct thresh_failure {
  char *message;
  char *op;          // operation or function, may be NULL
  char *parameter;   // name of the bad argument, may be NULL
  int32_t argument;  // 1-based position of the bad argument, 0 when it is not about one
  int32_t given;     // how many arguments came when `argument` is the first of too many, else 0
} thresh_failure;

/// One call from Lua into Swift. Valid until the Swift function returns.
typedef struct thresh_call {
  thresh_session *session;
  void *state;
  const thresh_value *arguments;
  int32_t count;
  int32_t asked;  // the last argument that the body asked for
  thresh_list results;
  thresh_failure failure;
} thresh_call;

/// What came of a call from Swift into Lua.
typedef struct thresh_outcome {
  thresh_status status;
  thresh_list values;  // the results, or the error value alone
  char *message;       // texts of an error, owned
  char *op;
  char *traceback;
  size_t message_length;
} thresh_outcome;

/// Swift's side of the door.
typedef struct thresh_hooks {
  int32_t (*invoke)(void *body, thresh_call *call);
  void (*retain)(void *object);
  void (*release)(void *object);
} thresh_hooks;

/// The shim's own functions that Swift may call like a reference.
typedef enum thresh_builtin {
  THRESH_LOAD,           // (source, name) -> function
  THRESH_LOAD_FILE,      // (path or nil for stdin) -> function
  THRESH_GET,            // (table, key) -> value
  THRESH_SET,            // (table, key, value)
  THRESH_RAW_GET,        // (table, key) -> value
  THRESH_LENGTH,         // (value) -> value
  THRESH_TO_STRING,      // (value) -> string, __tostring honoured
  THRESH_GET_GLOBAL,     // (name) -> value
  THRESH_SET_GLOBAL,     // (name, value)
  THRESH_PRELOAD,        // (module, address and length of its text, chunk name)
  THRESH_SET_LOADED,     // (module, value)
  THRESH_IDENTITY,       // (...) -> ...
  THRESH_COLLECT,        // ()
  THRESH_WARNINGS_ON,    // ()
  THRESH_CLASS_CREATE,   // (class, name, parent class or nil)
  THRESH_CLASS_ADD,      // (class, member kind, name, body)
  THRESH_BUILTIN_COUNT,
} thresh_builtin;

typedef enum thresh_member {
  THRESH_METHOD,
  THRESH_GETTER,
  THRESH_SETTER,
  THRESH_METAMETHOD,
  THRESH_INDEX,      // keys that are no strings
  THRESH_NEW_INDEX,
  THRESH_FIELD,      // names that are neither method nor property
  THRESH_NEW_FIELD,
} thresh_member;

/// Numbers of a nested list, row by row.
typedef enum thresh_number_kind {
  THRESH_KIND_NONE,  // an empty list
  THRESH_KIND_BOOLEAN,
  THRESH_KIND_INTEGER,
  THRESH_KIND_NUMBER,
} thresh_number_kind;

enum { THRESH_MAX_RANK = 32 };

typedef struct thresh_numbers {
  thresh_number_kind kind;
  int32_t rank;
  int64_t shape[THRESH_MAX_RANK];
  size_t count;
  size_t capacity;
  union {
    int64_t *integers;  // of KIND_BOOLEAN and KIND_INTEGER
    double *numbers;    // of KIND_NUMBER
  };
} thresh_numbers;

/// What a session is opened with.
typedef struct thresh_settings {
  size_t memory_limit;      // bytes, 0 for none
  bool ignore_environment;  // LUA_PATH and the like
  bool sandboxed;           // globals by allow-list: no files, processes, bytecode, debug
} thresh_settings;

// Sessions.
thresh_session *thresh_session_create(
    thresh_hooks hooks, void *context, thresh_settings settings);
/// A session in a `lua_State` that another program owns, for the module `thresh`: its libraries,
/// its memory and its interrupts stay its own.
thresh_session *thresh_session_adopt(thresh_hooks hooks, void *context, void *state);
/// Ends the opening of an adopted session, during which the state called the host.
void thresh_session_adopted(thresh_session *session);
void thresh_session_set_context(thresh_session *session, void *context);
void thresh_session_close(thresh_session *session);
void thresh_session_retain(thresh_session *session);
void thresh_session_release(thresh_session *session);
void *thresh_session_context(const thresh_session *session);
const char *thresh_lua_release(void);

// Lua's own random numbers.
enum { THRESH_RANDOM_WORDS = 4 };
/// The words that math.random draws from, to be read and put back on the session's own thread; NULL
/// where the session is closed or its library is not Lua 5.4's.
uint64_t *thresh_session_random(const thresh_session *session);

// Memory.
void thresh_session_set_limit(thresh_session *session, size_t limit);
void thresh_session_set_native(thresh_session *session, intptr_t (*bytes)(void));
size_t thresh_session_limit(const thresh_session *session);
size_t thresh_session_lua_bytes(const thresh_session *session);
size_t thresh_session_native_bytes(const thresh_session *session);

// Lists.
void thresh_list_init(thresh_list *list);
void thresh_list_clear(thresh_session *session, thresh_list *list);
thresh_value *thresh_list_add(thresh_list *list, thresh_tag tag);
void thresh_list_add_string(thresh_list *list, const char *bytes, size_t length);

// Calls from Lua into Swift.
static inline thresh_list *thresh_call_results(thresh_call *call) { return &call->results; }
void thresh_call_fail(
    thresh_call *call, const char *message, const char *op, int32_t argument,
    const char *parameter);
/// The function `op` takes no argument `first`, nor any behind it.
void thresh_call_refuse_from(thresh_call *call, const char *op, int32_t first);
/// Takes a reference to argument `index`. 0 when memory ran out.
int32_t thresh_call_reference(thresh_call *call, int32_t index);
/// Reads argument `index`, a table, as one level: `lists` items, then pairs.
thresh_status thresh_call_read_table(
    thresh_call *call, int32_t index, thresh_outcome *outcome, int64_t *items);
/// Lends the fields of argument `index`, a table, when there are at most `limit`, all named, and
/// none needs a reference: their number, else -1. Valid until Lua runs again.
int32_t thresh_call_lend_fields(
    thresh_call *call, int32_t index, thresh_value *keys, thresh_value *values, int32_t limit);
thresh_status thresh_call_read_numbers(
    thresh_call *call, int32_t index, thresh_numbers *numbers, thresh_outcome *outcome);

// Calls from Swift into Lua. All are protected; all answer with an outcome to be cleared.
thresh_status thresh_session_call(
    thresh_session *session, int32_t slot, thresh_list *arguments, thresh_outcome *outcome);
thresh_status thresh_session_builtin(
    thresh_session *session, thresh_builtin builtin, thresh_list *arguments,
    thresh_outcome *outcome);
thresh_status thresh_session_read_table(
    thresh_session *session, int32_t slot, thresh_outcome *outcome, int64_t *items);
thresh_status thresh_session_read_numbers(
    thresh_session *session, int32_t slot, thresh_numbers *numbers, thresh_outcome *outcome);
/// Address of the referenced value, for identity; NULL when the session is closed.
const void *thresh_session_identity(thresh_session *session, int32_t slot);
void thresh_outcome_init(thresh_outcome *outcome);
void thresh_outcome_clear(thresh_session *session, thresh_outcome *outcome);
void thresh_numbers_clear(thresh_numbers *numbers);
/// Gives a reference back. From any thread, at any time.
void thresh_session_release_slot(thresh_session *session, int32_t slot);

// Classes.
thresh_class *thresh_class_create(thresh_session *session, const char *name);
const char *thresh_class_name(const thresh_class *type);

// Limits of each outermost call from Swift.
typedef struct thresh_limits {
  double seconds;        // of wall-clock time, 0 for no limit
  int64_t instructions;  // of Lua's machine, 0 for no limit
  bool ends_process;     // with status 124, when the call does not stop within two seconds
} thresh_limits;

void thresh_session_set_limits(thresh_session *session, thresh_limits limits);
/// Protected calls of the host that run now, one inside another.
int thresh_session_depth(const thresh_session *session);

// Interrupts.
/// Stops what the session runs with the error "interrupted!". On the session's own thread or in a
/// signal handler that runs on it.
void thresh_session_interrupt(thresh_session *session);
/// SIGINT now stops this session; `hard` exits with 130 when an earlier one went unanswered.
void thresh_install_interrupt_handler(thresh_session *session);
