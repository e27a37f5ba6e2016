// SPDX-License-Identifier: Apache-2.0
// Error values: tables {message, op, position, traceback} that read as one line of text.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

#define STDLIB_PREFIX "@stdlib/"
#define HOST_FRAME "\n\t[C]: in ?"

char *copy_text(const char *text, size_t length) {
  char *copy = malloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

// Nobody can do anything about frames of the host, so they are left out.
void push_traceback(lua_State *L, lua_State *of, int level) {
  luaL_traceback(L, of, NULL, level);
  luaL_Buffer text;
  const char *rest = lua_tostring(L, -1);
  luaL_buffinit(L, &text);
  for (const char *frame; (frame = strstr(rest, HOST_FRAME)) != NULL;) {
    size_t length = strlen(HOST_FRAME);
    bool whole = frame[length] == '\n' || frame[length] == '\0';
    luaL_addlstring(&text, rest, (size_t)(frame - rest) + (whole ? 0 : length));
    rest = frame + length;
  }
  luaL_addstring(&text, rest);
  luaL_pushresult(&text);
  lua_remove(L, -2);
}

// "file:line" of the nearest frame that the user wrote, or nothing.
static void push_position(lua_State *L, int level) {
  lua_Debug frame;
  for (; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    if (strncmp(frame.source, STDLIB_PREFIX, strlen(STDLIB_PREFIX)) == 0) continue;
    lua_pushfstring(L, "%s:%d", frame.short_src, frame.currentline);
    return;
  }
  lua_pushnil(L);
}

// As luaL_argerror, with the parameter's name; a method's self does not count.
static void push_argument_message(lua_State *L, const thresh_failure *failure, int level) {
  lua_Debug frame;
  int position = failure->argument;
  bool method = lua_getstack(L, level, &frame) && lua_getinfo(L, "n", &frame) &&
                frame.namewhat != NULL && strcmp(frame.namewhat, "method") == 0;
  const char *op = failure->op != NULL ? failure->op : "?";
  if (failure->given > 0) {
    int most = position - 1 - method;
    int given = failure->given - method;
    if (most <= 0) {
      lua_pushfstring(L, "%s: takes no arguments, got %d", op, given);
    } else {
      lua_pushfstring(
          L, "%s: takes at most %d argument%s, got %d", op, most, most == 1 ? "" : "s", given);
    }
  } else if (method && --position == 0) {
    lua_pushfstring(L, "calling '%s' on bad self (%s)", op, failure->message);
  } else if (failure->parameter != NULL) {
    lua_pushfstring(
        L, "bad argument #%d '%s' to '%s' (%s)", position, failure->parameter, op,
        failure->message);
  } else {
    lua_pushfstring(L, "bad argument #%d to '%s' (%s)", position, op, failure->message);
  }
}

static int make_error(lua_State *L) {
  const thresh_call *call = lua_touserdata(L, 1);
  const thresh_failure *failure = &call->failure;
  lua_createtable(L, 0, 4);
  if (failure->argument > 0) {
    push_argument_message(L, failure, 1);
  } else if (failure->op != NULL) {
    lua_pushfstring(L, "%s: %s", failure->op, failure->message);
  } else {
    lua_pushstring(L, failure->message);
  }
  lua_setfield(L, -2, "message");
  if (failure->op != NULL) {
    lua_pushstring(L, failure->op);
    lua_setfield(L, -2, "op");
  }
  push_position(L, 1);
  lua_setfield(L, -2, "position");
  push_traceback(L, L, 1);
  lua_setfield(L, -2, "traceback");
  lua_rawgeti(L, LUA_REGISTRYINDEX, session_of(L)->error_type);
  lua_setmetatable(L, -2);
  return 1;
}

// Raises what Swift reported. The value is made in a protected call, so that the texts are freed
// even when memory runs out while it is made.
int raise_failure(lua_State *L, thresh_call *call) {
  if (call->failure.message == NULL) {
    call->failure.message = copy_text("not enough memory", strlen("not enough memory"));
  }
  lua_pushcfunction(L, make_error);
  lua_pushlightuserdata(L, call);
  lua_pcall(L, 1, 1, 0);
  thresh_list_clear(call->session, &call->results);
  free(call->failure.message);
  free(call->failure.op);
  free(call->failure.parameter);
  return lua_error(L);
}

static int error_to_string(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "position");
  lua_getfield(L, 1, "message");
  if (lua_isstring(L, 2)) {
    lua_pushfstring(L, "%s: %s", lua_tostring(L, 2), luaL_tolstring(L, 3, NULL));
  } else {
    luaL_tolstring(L, 3, NULL);
  }
  return 1;
}

static int error_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

void make_error_type(lua_State *L, thresh_session *session) {
  lua_createtable(L, 0, 4);
  lua_pushliteral(L, "error");
  lua_setfield(L, -2, "__metatable");
  lua_pushcfunction(L, error_to_string);
  lua_setfield(L, -2, "__tostring");
  lua_pushcfunction(L, error_concat);
  lua_setfield(L, -2, "__concat");
  lua_pushliteral(L, "error");
  lua_setfield(L, -2, "__name");
  session->error_type = luaL_ref(L, LUA_REGISTRYINDEX);
}

// Keeps the traceback beside the error and hands the error on untouched.
int handle_message(lua_State *L) {
  thresh_session *session = session_of(L);
  push_traceback(L, L, 1);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  free(session->traceback);
  bool frames = strchr(text, '\n') != NULL;  // beside the heading
  session->traceback = frames ? copy_text(text, length) : NULL;
  lua_settop(L, 1);
  return 1;
}

static char *text_field(lua_State *L, const char *name, size_t *length) {
  char *copy = NULL;
  lua_pushstring(L, name);
  lua_rawget(L, 1);
  if (lua_type(L, -1) == LUA_TSTRING) {
    size_t count;
    const char *text = lua_tolstring(L, -1, &count);
    copy = copy_text(text, count);
    if (length != NULL) *length = count;
  }
  lua_pop(L, 1);
  return copy;
}

// (error value, light pointer to thresh_outcome)
static int describe(lua_State *L) {
  thresh_outcome *outcome = lua_touserdata(L, 2);
  thresh_session *session = session_of(L);
  bool ours = false;
  if (lua_istable(L, 1) && lua_getmetatable(L, 1)) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, session->error_type);
    ours = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
  }
  if (ours) {
    outcome->op = text_field(L, "op", NULL);
    outcome->traceback = text_field(L, "traceback", NULL);
  }
  size_t length;
  const char *text;
  if (lua_isstring(L, 1) || luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
    text = luaL_tolstring(L, 1, &length);
  } else {
    text = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    length = strlen(text);
  }
  outcome->message = copy_text(text, length);
  outcome->message_length = length;
  own_value(L, session, 1, &outcome->values);
  return 0;
}

// The error value is on top of the stack; afterwards it is gone.
void describe_error(
    lua_State *L, thresh_session *session, int status, thresh_outcome *outcome) {
  outcome->status = status == LUA_ERRMEM ? THRESH_OUT_OF_MEMORY : THRESH_FAILED;
  char *traceback = session->traceback;
  session->traceback = NULL;
  const char *instead = status == LUA_ERRMEM ? "not enough memory" : NULL;
  if (instead == NULL && lua_checkstack(L, 4)) {
    lua_pushcfunction(L, describe);
    lua_insert(L, -2);
    lua_pushlightuserdata(L, outcome);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) instead = "(error while an error was described)";
  }
  if (instead != NULL && outcome->message == NULL) {
    outcome->message = copy_text(instead, strlen(instead));
    outcome->message_length = strlen(instead);
  }
  if (outcome->traceback == NULL) {
    outcome->traceback = traceback;
  } else {
    free(traceback);
  }
}
