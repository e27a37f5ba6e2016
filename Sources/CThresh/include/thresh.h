// SPDX-License-Identifier: Apache-2.0
// Thresh for programs in C: link with libThresh, and use a session from one thread at a time.
//
//   thresh *session = thresh_open(NULL);
//   if (thresh_run(session, "local th = require 'thresh' return th.ones(2, 2):sum():item()", "host"))
//     fprintf(stderr, "%s\n", thresh_error(session));
//   else
//     printf("%s\n", thresh_result(session));
//   thresh_close(session);
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct thresh thresh;

/// What a session is opened with. Zero everywhere is the default.
typedef struct thresh_options {
  bool sandboxed;            // allow-list of globals, no files; 1 GiB and 60 s unless set below
  size_t memory_limit;       // bytes of Lua and tensors; 0: 80 % of memory
  double time_limit;         // seconds of each call; 0: none
  int64_t instruction_limit; // instructions of each call; 0: none
  bool ends_process;         // with status 124, when a call goes on two seconds after its time
  uint64_t seed;             // of random numbers
  int threads;               // of the engine, for the whole process; 0: as they are
} thresh_options;

/// What a call answers.
enum {
  THRESH_DONE = 0,
  THRESH_ERROR = 1,        // raised by the script, or it does not compile
  THRESH_MEMORY = 2,       // the memory limit
  THRESH_TIME = 3,         // the limit of time or instructions
  THRESH_STOPPED = 4,      // interrupted
};

/// Opens a session; `options` may be NULL. NULL when there is no memory for one.
thresh *thresh_open(const thresh_options *options);
/// Ends the session. NULL is ignored.
void thresh_close(thresh *session);

/// Runs a text of Lua; `name` is shown in messages and may be NULL.
int thresh_run(thresh *session, const char *text, const char *name);
/// Runs a file of Lua.
int thresh_run_file(thresh *session, const char *path);

/// The first result of the last run as text, NULL when there was none. Valid until the next call.
const char *thresh_result(const thresh *session);
/// The first result of the last run as a number; `fallback` when it is none.
double thresh_number(const thresh *session, double fallback);
/// Why the last call failed, with the position in the script; NULL when it did not.
const char *thresh_error(const thresh *session);
/// Lua's frames at the time of that error; NULL when there are none.
const char *thresh_traceback(const thresh *session);

/// Assigns a global.
int thresh_set_number(thresh *session, const char *name, double value);
int thresh_set_string(thresh *session, const char *name, const char *bytes, size_t length);

/// The version of the product, e.g. "0.1.0".
const char *thresh_version(void);

struct lua_State;
/// For a host that has a Lua 5.4 of its own, whose `require "thresh"` finds the library by this name.
int luaopen_thresh(struct lua_State *L);

#ifdef __cplusplus
}
#endif
