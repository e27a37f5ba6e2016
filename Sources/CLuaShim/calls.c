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
    lua_pushliteral(L, "interrupted!");
    return lua_error(L);
  }
  if (status == THRESH_RAISE) return raise_value(L, session, call);
  if (status != THRESH_OK) return raise_failure(L, call);
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
  thresh_session *session = session_of(L);
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
static lua_State *enter(thresh_session *session, thresh_outcome *outcome) {
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
  if (session->depth++ == 0) {
    session->thread = pthread_self();
    refresh_native(session);
    if (session->foreground && thresh_interrupt_requested()) begin_interrupt(session);
  }
  return L;
}

static thresh_status leave(
    lua_State *L, thresh_session *session, int base, int status, thresh_outcome *outcome) {
  bool interrupted = status != LUA_OK && session->interrupting;
  if (session->depth == 1 && session->interrupting) end_interrupt(session);
  if (interrupted) {
    thresh_list_clear(session, &outcome->values);
    refuse(outcome, THRESH_INTERRUPTED, "interrupted!");
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

static int load_text(lua_State *L) {
  size_t length;
  const char *source = luaL_checklstring(L, 1, &length);
  const char *name = luaL_checkstring(L, 2);
  if (luaL_loadbufferx(L, source, length, name, "t") != LUA_OK) return lua_error(L);
  return 1;
}

static int load_file(lua_State *L) {
  if (luaL_loadfilex(L, luaL_optstring(L, 1, NULL), "t") != LUA_OK) return lua_error(L);
  return 1;
}

static int get(lua_State *L) {
  luaL_checkany(L, 2);
  lua_gettable(L, 1);
  return 1;
}

static int set(lua_State *L) {
  luaL_checkany(L, 3);
  lua_settable(L, 1);
  return 0;
}

static int raw_get(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  lua_rawget(L, 1);
  return 1;
}

static int length_of(lua_State *L) {
  lua_len(L, 1);
  return 1;
}

static int to_string(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

static int get_global(lua_State *L) {
  lua_getglobal(L, luaL_checkstring(L, 1));
  return 1;
}

static int set_global(lua_State *L) {
  lua_settop(L, 2);
  lua_setglobal(L, luaL_checkstring(L, 1));
  return 0;
}

// package.preload[name] compiles the text when it is first required.
static int load_preloaded(lua_State *L) {
  int count = lua_gettop(L);
  size_t length;
  const char *source = lua_tolstring(L, lua_upvalueindex(1), &length);
  const char *name = lua_tostring(L, lua_upvalueindex(2));
  if (luaL_loadbufferx(L, source, length, name, "t") != LUA_OK) return lua_error(L);
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

static int preload(lua_State *L) {
  luaL_checkstring(L, 2);
  luaL_checkstring(L, 3);
  lua_settop(L, 3);
  lua_pushcclosure(L, load_preloaded, 2);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_insert(L, -2);
  lua_setfield(L, -2, luaL_checkstring(L, 1));
  return 0;
}

static int is_preloaded(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_getfield(L, -1, luaL_checkstring(L, 1));
  lua_pushboolean(L, !lua_isnil(L, -1));
  return 1;
}

static int identity(lua_State *L) { return lua_gettop(L); }

static int collect(lua_State *L) {
  lua_gc(L, LUA_GCCOLLECT);
  return 0;
}

static int warnings_on(lua_State *L) {
  lua_warning(L, "@on", 0);
  return 0;
}

static const lua_CFunction builtins[THRESH_BUILTIN_COUNT] = {
    [THRESH_LOAD] = load_text,
    [THRESH_LOAD_FILE] = load_file,
    [THRESH_GET] = get,
    [THRESH_SET] = set,
    [THRESH_RAW_GET] = raw_get,
    [THRESH_LENGTH] = length_of,
    [THRESH_TO_STRING] = to_string,
    [THRESH_GET_GLOBAL] = get_global,
    [THRESH_SET_GLOBAL] = set_global,
    [THRESH_PRELOAD] = preload,
    [THRESH_IS_PRELOADED] = is_preloaded,
    [THRESH_IDENTITY] = identity,
    [THRESH_COLLECT] = collect,
    [THRESH_WARNINGS_ON] = warnings_on,
    [THRESH_CLASS_CREATE] = class_create,
    [THRESH_CLASS_ADD] = class_add,
};

thresh_status thresh_session_builtin(
    thresh_session *session, thresh_builtin builtin, thresh_list *arguments,
    thresh_outcome *outcome) {
  lua_State *L = enter(session, outcome);
  if (L == NULL) return outcome->status;
  int base = lua_gettop(L);
  lua_pushcfunction(L, builtins[builtin]);
  return call_top(L, session, base, arguments, outcome);
}

// Runs a reader of tables on one value: at a stack index, or by reference when that is 0.
static thresh_status read_value(
    thresh_session *session, lua_CFunction reader, int32_t index, int32_t slot, void *into,
    thresh_outcome *outcome) {
  lua_State *L = enter(session, outcome);
  if (L == NULL) return outcome->status;
  int base = lua_gettop(L);
  lua_pushcfunction(L, reader);
  if (index > 0) {
    lua_pushvalue(L, index);
  } else {
    push_slot(L, session, slot);
  }
  lua_pushlightuserdata(L, into);
  return leave(L, session, base, lua_pcall(L, 2, 0, 0), outcome);
}

typedef struct table_reading {
  thresh_list *values;
  int64_t items;
} table_reading;

static int read_table(lua_State *L) {
  table_reading *reading = lua_touserdata(L, 2);
  thresh_session *session = session_of(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Unsigned length = lua_rawlen(L, 1);
  for (lua_Unsigned i = 1; i <= length; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i);
    own_value(L, session, -1, reading->values);
    lua_pop(L, 1);
  }
  reading->items = (int64_t)length;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    bool item = lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 &&
                (lua_Unsigned)lua_tointeger(L, -2) <= length;
    if (!item) {
      own_value(L, session, -2, reading->values);
      own_value(L, session, -1, reading->values);
    }
    lua_pop(L, 1);
  }
  return 0;
}

thresh_status thresh_call_read_table(
    thresh_call *call, int32_t index, thresh_outcome *outcome, int64_t *items) {
  table_reading reading = {.values = &outcome->values, .items = 0};
  read_value(call->session, read_table, index, 0, &reading, outcome);
  *items = reading.items;
  return outcome->status;
}

// Stepping through an unchanged table by its own keys cannot raise.
int32_t thresh_call_lend_fields(
    thresh_call *call, int32_t index, thresh_value *keys, thresh_value *values, int32_t limit) {
  lua_State *L = call->state;
  if (!lua_checkstack(L, 4)) return -1;
  int base = lua_gettop(L);
  int32_t count = 0;
  lua_pushnil(L);
  while (count >= 0 && lua_next(L, index)) {
    if (count == limit || lua_type(L, -2) != LUA_TSTRING) {
      count = -1;
      break;
    }
    borrow_value(L, -2, &keys[count]);
    borrow_value(L, -1, &values[count]);
    thresh_tag tag = values[count].tag;
    bool lendable = tag <= THRESH_STRING || tag == THRESH_OBJECT;
    count = lendable ? count + 1 : -1;
    lua_pop(L, 1);
  }
  lua_settop(L, base);
  return count;
}

thresh_status thresh_session_read_table(
    thresh_session *session, int32_t slot, thresh_outcome *outcome, int64_t *items) {
  table_reading reading = {.values = &outcome->values, .items = 0};
  read_value(session, read_table, 0, slot, &reading, outcome);
  *items = reading.items;
  return outcome->status;
}

int read_numbers(lua_State *L);

thresh_status thresh_call_read_numbers(
    thresh_call *call, int32_t index, thresh_numbers *numbers, thresh_outcome *outcome) {
  return read_value(call->session, read_numbers, index, 0, numbers, outcome);
}

thresh_status thresh_session_read_numbers(
    thresh_session *session, int32_t slot, thresh_numbers *numbers, thresh_outcome *outcome) {
  return read_value(session, read_numbers, 0, slot, numbers, outcome);
}
