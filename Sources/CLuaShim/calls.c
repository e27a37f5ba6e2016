// SPDX-License-Identifier: Apache-2.0
// Calls from Lua into Swift, and from Swift into Lua.
#include <stdlib.h>
#include <string.h>

#include "CInterrupt.h"
#include "shim.h"

enum { FEW_ARGUMENTS = 8 };

static void reset_call(thresh_session *session, thresh_call *call) {
  thresh_list_clear(session, &call->results);
  free(call->failure.message);
  free(call->failure.op);
  free(call->failure.parameter);
  memset(&call->failure, 0, sizeof call->failure);
}

static int32_t run_body(
    thresh_session *session, lua_State *L, box *body, thresh_call *call) {
  lua_State *outer = session->current;
  session->current = L;
  int32_t status = session->hooks.invoke(body->body, call);
  session->current = outer;
  return status;
}

// Raises the value that the body handed over, e.g. an error of a Lua function that it called.
static int raise_value(lua_State *L, thresh_session *session, thresh_call *call) {
  int pushed;
  push_list(L, session, &call->results, &pushed);
  reset_call(session, call);
  return lua_error(L);
}

static int finish_call(
    lua_State *L, thresh_session *session, thresh_call *call, int32_t status) {
  if (status == THRESH_INTERRUPTED) begin_interrupt(session);
  if (status != THRESH_OK && session->interrupting) {
    reset_call(session, call);
    lua_settop(L, 0);
    lua_pushstring(L, stop_text(session));
    return lua_error(L);
  }
  if (status == THRESH_RAISE) return raise_value(L, session, call);
  if (status != THRESH_OK) return raise_failure(L, call);
  if (push_only_object(L, session, &call->results)) {
    settle_memory(L, session);
    return 1;
  }
  int pushed = 0;
  int outcome = push_list(L, session, &call->results, &pushed);
  if (!call->results.plain || call->results.values != call->results.local) {
    thresh_list_clear(session, &call->results);
  }
  if (outcome != LUA_OK) return lua_error(L);
  settle_memory(L, session);
  return pushed;
}

// The whole stack frame is the body's arguments. Every Swift frame has returned before an error
// is raised, so no longjmp ever passes one.
int invoke(lua_State *L, box *body) {
  if (body == NULL || body->body == NULL) {
    return luaL_error(L, "this native function is gone: its session is closing");
  }
  thresh_session *session = body->session;
  bind_state(L, session);
  drain_released(session);
  int count = lua_gettop(L);
  thresh_value few[FEW_ARGUMENTS];
  thresh_value *arguments = few;
  luaL_checkstack(L, 8, "too many arguments");
  if (count > FEW_ARGUMENTS) {
    arguments = lua_newuserdatauv(L, (size_t)count * sizeof(thresh_value), 0);
  }
  for (int i = 0; i < count; i++) borrow_value(L, i + 1, &arguments[i]);
  thresh_call call;
  call.session = session;
  call.state = L;
  call.arguments = arguments;
  call.count = count;
  call.asked = 0;
  memset(&call.failure, 0, sizeof call.failure);
  thresh_list_init(&call.results);
  int32_t status = run_body(session, L, body, &call);
  if (status == THRESH_OUT_OF_MEMORY && lua_gc(L, LUA_GCISRUNNING)) {
    reset_call(session, &call);
    lua_gc(L, LUA_GCCOLLECT);
    refresh_native(session);
    // A finaliser may have freed an argument meanwhile.
    for (int i = 0; i < count; i++) borrow_value(L, i + 1, &arguments[i]);
    status = body->body == NULL ? THRESH_FAILED : run_body(session, L, body, &call);
  }
  return finish_call(L, session, &call, status);
}

int trampoline(lua_State *L) { return invoke(L, lua_touserdata(L, lua_upvalueindex(1))); }

void thresh_call_fail(
    thresh_call *call, const char *message, const char *op, int32_t argument,
    const char *parameter) {
  thresh_failure *failure = &call->failure;
  free(failure->message);
  free(failure->op);
  free(failure->parameter);
  failure->message = copy_text(message, strlen(message));
  failure->op = op == NULL ? NULL : copy_text(op, strlen(op));
  failure->parameter = parameter == NULL ? NULL : copy_text(parameter, strlen(parameter));
  failure->argument = argument;
  failure->given = 0;
}

void thresh_call_refuse_from(thresh_call *call, const char *op, int32_t first) {
  thresh_call_fail(call, "too many arguments", op, first, NULL);
  call->failure.given = call->count;
}

static int reference_argument(lua_State *L) {
  int32_t *slot = lua_touserdata(L, 2);
  *slot = take_slot(L, session_of(L), 1);
  return 0;
}

int32_t thresh_call_reference(thresh_call *call, int32_t index) {
  lua_State *L = call->state;
  int32_t slot = 0;
  if (!lua_checkstack(L, 4)) return 0;
  lua_pushcfunction(L, reference_argument);
  lua_pushvalue(L, index);
  lua_pushlightuserdata(L, &slot);
  if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
    lua_pop(L, 1);
    return 0;
  }
  return slot;
}

static int own_results(lua_State *L) {
  thresh_outcome *outcome = lua_touserdata(L, 1);
  thresh_session *session = session_of(L);
  for (int i = 2; i <= lua_gettop(L); i++) own_value(L, session, i, &outcome->values);
  return 0;
}

void thresh_outcome_init(thresh_outcome *outcome) {
  memset(outcome, 0, sizeof *outcome);
  thresh_list_init(&outcome->values);
}

void thresh_outcome_clear(thresh_session *session, thresh_outcome *outcome) {
  thresh_list_clear(session, &outcome->values);
  free(outcome->message);
  free(outcome->op);
  free(outcome->traceback);
  thresh_outcome_init(outcome);
}

static thresh_status refuse(thresh_outcome *outcome, thresh_status status, const char *why) {
  outcome->status = status;
  outcome->message = copy_text(why, strlen(why));
  outcome->message_length = strlen(why);
  return status;
}

// The state to call on: the one whose code called Swift last, never one that Swift kept.
lua_State *enter(thresh_session *session, thresh_outcome *outcome) {
  thresh_outcome_init(outcome);
  if (session->main == NULL) {
    refuse(outcome, THRESH_CLOSED, "the Lua session is closed");
    return NULL;
  }
  if (session->finalizing > 0) {
    refuse(outcome, THRESH_FAILED, "Lua cannot be called while an object is being freed");
    return NULL;
  }
  lua_State *L = session->current != NULL ? session->current : session->main;
  if (!lua_checkstack(L, 12)) {
    refuse(outcome, THRESH_OUT_OF_MEMORY, "not enough memory");
    return NULL;
  }
  drain_released(session);
  if (session->depth == 0) session->interrupting = 0;
  if (session->depth == 0 && !enter_limits(session)) {
    refuse(outcome, THRESH_FAILED, "no timer is left for the session's time limit");
    return NULL;
  }
  if (session->depth++ == 0) {
    session->thread = pthread_self();
    refresh_native(session);
    if (session->foreground && thresh_interrupt_requested()) begin_interrupt(session);
  }
  return L;
}

thresh_status leave(
    lua_State *L, thresh_session *session, int base, int status, thresh_outcome *outcome) {
  bool interrupted = status != LUA_OK && session->interrupting;
  int reason = session->reason;
  if (interrupted) {
    thresh_list_clear(session, &outcome->values);
    thresh_status why = reason == STOP_INTERRUPT ? THRESH_INTERRUPTED : THRESH_LIMITED;
    refuse(outcome, why, stop_text(session));
    if (session->depth == 1) stop_clock(session);
  }
  if (session->depth == 1 && session->interrupting) end_interrupt(session);
  if (interrupted) {
    if (session->traceback != NULL) {
      outcome->traceback = copy_text(session->traceback, strlen(session->traceback));
    }
  } else if (status != LUA_OK) {
    thresh_list_clear(session, &outcome->values);
    describe_error(L, session, status, outcome);
  } else {
    outcome->status = THRESH_OK;
  }
  lua_settop(L, base);
  // What filled the memory is garbage now; finalisers give native storage back too.
  if (status == LUA_ERRMEM && session->depth == 1) lua_gc(L, LUA_GCCOLLECT);
  if (session->depth == 1) {
    leave_limits(session);
    if (session->interrupting) end_interrupt(session);  // while the error was described
  }
  session->depth--;
  return outcome->status;
}

static int own_all_results(lua_State *L, thresh_session *session, int first, thresh_outcome *o) {
  int count = lua_gettop(L) - first + 1;
  if (count == 0) return LUA_OK;
  if (!lua_checkstack(L, 2)) {
    lua_pushnil(L);
    return LUA_ERRMEM;
  }
  lua_pushcfunction(L, own_results);
  lua_pushlightuserdata(L, o);
  lua_rotate(L, first, 2);
  return lua_pcall(L, count + 1, 0, 0);
}

// Calls what lies on top of `base` with the list's values.
static thresh_status call_top(
    lua_State *L, thresh_session *session, int base, thresh_list *arguments,
    thresh_outcome *outcome) {
  free(session->traceback);
  session->traceback = NULL;
  lua_pushcfunction(L, handle_message);
  lua_insert(L, base + 1);
  int count = 0;
  int status = push_list(L, session, arguments, &count);
  if (status == LUA_OK) status = lua_pcall(L, count, LUA_MULTRET, base + 1);
  if (status == LUA_OK) status = own_all_results(L, session, base + 2, outcome);
  return leave(L, session, base, status, outcome);
}

thresh_status thresh_session_call(
    thresh_session *session, int32_t slot, thresh_list *arguments, thresh_outcome *outcome) {
  lua_State *L = enter(session, outcome);
  if (L == NULL) return outcome->status;
  int base = lua_gettop(L);
  push_slot(L, session, slot);
  return call_top(L, session, base, arguments, outcome);
}

thresh_status thresh_session_builtin(
    thresh_session *session, thresh_builtin builtin, thresh_list *arguments,
    thresh_outcome *outcome) {
  lua_State *L = enter(session, outcome);
  if (L == NULL) return outcome->status;
  int base = lua_gettop(L);
  lua_pushcfunction(L, builtins[builtin]);
  return call_top(L, session, base, arguments, outcome);
}
