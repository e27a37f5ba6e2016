// SPDX-License-Identifier: Apache-2.0
// Ctrl-C. Hooks belong to one state each, so the coroutine functions keep the chain of states that
// are being resumed, and the signal handler hooks them all. The hook stays until the host's
// outermost call has returned: no pcall can swallow the interrupt.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "CInterrupt.h"
#include "shim.h"

enum { EVERY_EVENT = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT };

// A second Ctrl-C this long after an unanswered one ends the process.
enum { PATIENCE_MS = 500, INTERRUPTED_EXIT = 130 };

static thresh_session *_Atomic foreground;
static _Atomic int64_t asked_at;

void stop(lua_State *L, lua_Debug *event) {
  (void)event;
  thresh_session *session = session_of(L);
  if (!session->interrupting) {
    rest_hook(L, session);
    if (!session->interrupting) return;  // no signal came in between
  }
  lua_pushstring(L, stop_text(session));
  lua_error(L);
}

// The first reason stays.
void begin_stop(thresh_session *session, int reason) {
  if (!session->interrupting) session->reason = reason;
  begin_interrupt(session);
}

void begin_interrupt(thresh_session *session) {
  session->interrupting = 1;
  if (session->main == NULL || session->closing) return;
  lua_sethook(session->main, stop, EVERY_EVENT, 1);
  for (running *node = session->chain; node != NULL; node = node->previous) {
    lua_sethook(node->state, stop, EVERY_EVENT, 1);
  }
}

// Suspended coroutines keep a hook that takes itself off when it next runs.
void end_interrupt(thresh_session *session) {
  session->interrupting = 0;
  session->reason = STOP_INTERRUPT;
  if (session->foreground) thresh_interrupt_take();
  thresh_interrupt_take_here();
  if (session->main != NULL) rest_hook(session->main, session);
}

void forget_interrupts(thresh_session *session) {
  thresh_session *expected = session;
  atomic_compare_exchange_strong(&foreground, &expected, NULL);
}

void thresh_session_interrupt(thresh_session *session) {
  if (session->depth > 0) begin_interrupt(session);
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_signal(int signal) {
  int saved = errno;
  thresh_session *session = atomic_load(&foreground);
  if (session == NULL || session->depth == 0) {
    thresh_interrupt_request();
  } else if (!pthread_equal(pthread_self(), session->thread)) {
    pthread_kill(session->thread, signal);
  } else {
    int64_t now = milliseconds();
    bool unanswered = session->interrupting;
    if (unanswered && now - atomic_load(&asked_at) >= PATIENCE_MS) _exit(INTERRUPTED_EXIT);
    if (!unanswered) atomic_store(&asked_at, now);
    thresh_interrupt_request();
    begin_interrupt(session);
  }
  errno = saved;
}

// Without SA_RESTART, so that a prompt's read comes back.
void thresh_install_interrupt_handler(thresh_session *session) {
  session->foreground = true;
  session->thread = pthread_self();
  atomic_store(&foreground, session);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigfillset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co != NULL, 1, "coroutine");
  return co;
}

static void link_state(thresh_session *session, running *node, lua_State *state) {
  node->state = state;
  node->previous = session->chain;
  atomic_signal_fence(memory_order_seq_cst);
  session->chain = node;
  // What the coroutine runs before its own hook counts, at most.
  if (session->limits.instructions > 0) session->instructions += INSTRUCTION_STEP;
  if (session->interrupting) lua_sethook(state, stop, EVERY_EVENT, 1);
}

static void unlink_state(thresh_session *session, const running *node) {
  session->chain = node->previous;
  atomic_signal_fence(memory_order_seq_cst);
}

// Moves `count` arguments over and runs the coroutine. The number of results on L, or -1 with an
// error value. lua_resume never raises, so the node always comes off the chain.
static int resume_linked(lua_State *L, lua_State *co, int count) {
  thresh_session *session = session_of(L);
  if (!lua_checkstack(co, count)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, count);
  running node;
  int results = 0;
  link_state(session, &node, co);
  int status = lua_resume(co, L, count, &results);
  unlink_state(session, &node);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, results);
  return results;
}

static int close_linked(lua_State *L, lua_State *co) {
  thresh_session *session = session_of(L);
  running node;
  link_state(session, &node, co);
  int status = lua_resetthread(co);
  unlink_state(session, &node);
  return status;
}

static int coroutine_resume(lua_State *L) {
  lua_State *co = check_coroutine(L);
  int results = resume_linked(L, co, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  if (results < 0) results = 1;
  lua_insert(L, -(results + 1));
  return results + 1;
}

static int resume_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int results = resume_linked(L, co, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) {
    status = close_linked(L, co);
    lua_xmove(co, L, 1);  // closing may have failed with another error
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int coroutine_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, resume_wrapped, 1);
  return 1;
}

static int coroutine_close(lua_State *L) {
  lua_State *co = check_coroutine(L);
  lua_Debug frame;
  bool active = co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &frame));
  if (active) {
    return luaL_error(L, "cannot close a %s coroutine", co == L ? "running" : "normal");
  }
  if (close_linked(L, co) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(co, L, 1);
  return 2;
}

static int coroutine_yield(lua_State *L) {
  bool in_coroutine = !lua_pushthread(L);
  lua_pop(L, 1);
  if (in_coroutine && !lua_isyieldable(L) && session_of(L)->depth > 1) {
    return luaL_error(L, "cannot yield here: native code waits for this function to return");
  }
  return lua_yield(L, lua_gettop(L));
}

// A script cannot take off the hook that stops it, not even when the signal comes during the call.
static int set_hook(lua_State *L) {
  thresh_session *session = session_of(L);
  if (session->interrupting) return 0;
  if (session->limits.instructions > 0) {
    return luaL_error(L, "the hook counts instructions: the session has a limit");
  }
  int count = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  if (session->interrupting) begin_interrupt(session);
  return lua_gettop(L);
}

void open_coroutines(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"resume", coroutine_resume}, {"wrap", coroutine_wrap}, {"close", coroutine_close},
      {"yield", coroutine_yield},   {NULL, NULL},
  };
  lua_getglobal(L, LUA_COLIBNAME);
  luaL_setfuncs(L, functions, 0);
  if (lua_getglobal(L, LUA_DBLIBNAME) == LUA_TNIL) {
    lua_pop(L, 2);
    return;
  }
  lua_getfield(L, -1, "sethook");
  lua_pushcclosure(L, set_hook, 1);
  lua_setfield(L, -2, "sethook");
  lua_pop(L, 2);
}
