// SPDX-License-Identifier: Apache-2.0
// What the shim's own files share.
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "CLuaShim.h"

enum { BLOCK_MOST = 256, BLOCK_SIZES = 16 };

// Lua's small blocks that are free, by size.
typedef struct blocks {
  void *free[BLOCK_SIZES];
  char *region, *next, *end;  // what lies between the last two was never taken
  bool refused;               // there is no region
} blocks;

typedef struct known_entry {
  const void *object;
  int32_t place;
} known_entry;

// The Swift objects that Lua holds.
typedef struct known {
  known_entry *entries;
  size_t count, capacity;
  int32_t *free_places;
  int32_t free_count, places_capacity, last_place;
} known;

// A state that is being resumed; the nodes lie on the C stack of the resumers.
typedef struct running {
  lua_State *state;
  struct running *previous;
} running;

struct thresh_class {
  thresh_session *session;
  char *name;
  const void *metatable;  // identity of the metatable, which the registry keeps
  int reference;
  struct box *handlers[4];  // index, new index, field, new field
  thresh_class *next;
};

struct thresh_session {
  lua_State *main;
  lua_State *current;  // state of the innermost call into Swift that runs now
  void *context;
  thresh_hooks hooks;
  atomic_int holders;
  int depth;       // protected calls of the host that run now
  int finalizing;  // Swift deinitialisers that run now inside Lua's collector

  atomic_size_t used;
  blocks blocks;
  known known;
  bool exempt;  // the next block counts, but is not refused
  size_t limit;
  intptr_t (*native_bytes)(void);
  size_t native;      // when last asked
  size_t step_base;   // native bytes at the last collector step
  size_t soft_limit;  // native bytes at which everything is collected

  int slots;        // registry keys
  int cache;
  int box_type;
  int error_type;
  int32_t *free_slots;
  int32_t free_count, free_capacity, last_slot;
  pthread_mutex_t release_lock;
  int32_t *released;
  atomic_int released_count;
  int32_t released_capacity;

  thresh_class *classes;
  char *traceback;  // of the last error that reached a message handler
  bool warnings;
  bool warning_continues;

  // Why the session is being stopped; an interrupt unless a limit was reached.
  volatile sig_atomic_t reason;
  thresh_limits limits;
  int64_t instructions;  // of the outermost call
  volatile int64_t deadline;  // in nanoseconds, 0 for none
  thresh_session *outer;  // entered before this one on the same thread
  bool has_timer;
  timer_t timer;
  pid_t timer_thread;
  char stop_texts[2][96];  // of STOP_TIME and STOP_INSTRUCTIONS

  uint64_t *random;  // the state of math.random, in a userdata that the registry keeps
  bool hosted;  // the state is another program's
  bool sandboxed;
  volatile sig_atomic_t closing;
  int stdlib_globals;  // registry key: what modules of the standard library see in a sandbox

  running *volatile chain;
  volatile sig_atomic_t interrupting;
  bool foreground;
  pthread_t thread;
};

// A Swift function body, owned by a userdata.
typedef struct box {
  uintptr_t mark;
  void *body;
  thresh_session *session;
} box;

// A Swift object, owned by a userdata.
typedef struct object {
  uintptr_t mark;
  void *value;
  thresh_class *type;
  int32_t place;  // in the table `cache`, 0 for none
} object;

// Every way into the shim from Lua passes here: a coroutine that another program made before it
// adopted the session has nothing in its extra space yet.
static inline void bind_state(lua_State *L, thresh_session *session) {
  *(thresh_session **)lua_getextraspace(L) = session;
}

static inline thresh_session *session_of(lua_State *L) {
  return *(thresh_session **)lua_getextraspace(L);
}

// state.c
void drain_released(thresh_session *session);
int32_t take_slot(lua_State *L, thresh_session *session, int index);
void push_slot(lua_State *L, thresh_session *session, int32_t slot);

// blocks.c
void *resize_block(blocks *all, void *block, size_t old_size, size_t new_size);
void release_block(blocks *all, void *block, size_t size);
void free_blocks(blocks *all);

// known.c
bool known_reserve(known *all);
int32_t known_next_place(const known *all);
void known_add(known *all, const void *object, int32_t place);
int32_t known_find(const known *all, const void *object);
void known_remove(known *all, const void *object, int32_t place);
void known_free(known *all);

// memory.c
void *count_allocate(void *session, void *block, size_t old_size, size_t new_size);
void settle_memory(lua_State *L, thresh_session *session);
void refresh_native(thresh_session *session);

// values.c
object *to_object(lua_State *L, int index);
bool is_box(const box *b);
void borrow_value(lua_State *L, int index, thresh_value *value);
void own_value(lua_State *L, thresh_session *session, int index, thresh_list *list);
int push_list(lua_State *L, thresh_session *session, thresh_list *list, int *pushed);
bool push_only_object(lua_State *L, thresh_session *session, thresh_list *list);

// calls.c
int invoke(lua_State *L, box *body);
int trampoline(lua_State *L);
lua_State *enter(thresh_session *session, thresh_outcome *outcome);
thresh_status leave(
    lua_State *L, thresh_session *session, int base, int status, thresh_outcome *outcome);

// builtins.c
extern const lua_CFunction builtins[THRESH_BUILTIN_COUNT];

// numbers.c
int read_numbers(lua_State *L);

// errors.c
int raise_failure(lua_State *L, thresh_call *call);
int handle_message(lua_State *L);
void make_error_type(lua_State *L, thresh_session *session);
void describe_error(lua_State *L, thresh_session *session, int status, thresh_outcome *outcome);
void push_traceback(lua_State *L, lua_State *of, int level);
char *copy_text(const char *text, size_t length);

// classes.c
int class_create(lua_State *L);
int class_add(lua_State *L);
int object_free(lua_State *L);

// library.c
void adapt_libraries(lua_State *L);
void warn_to_stderr(void *session, const char *message, int continues);

// random.c
void find_random(lua_State *L, thresh_session *session);

// sandbox.c
void open_sandbox(lua_State *L, thresh_session *session);

// limits.c
enum { STOP_INTERRUPT, STOP_TIME, STOP_INSTRUCTIONS };
enum { INSTRUCTION_STEP = 100 };
bool enter_limits(thresh_session *session);
void stop_clock(thresh_session *session);
void leave_limits(thresh_session *session);
void free_limits(thresh_session *session);
void rest_hook(lua_State *L, const thresh_session *session);
const char *stop_text(const thresh_session *session);

// interrupts.c
void begin_stop(thresh_session *session, int reason);
void stop(lua_State *L, lua_Debug *event);
void forget_interrupts(thresh_session *session);
void begin_interrupt(thresh_session *session);
void end_interrupt(thresh_session *session);
void open_coroutines(lua_State *L);
