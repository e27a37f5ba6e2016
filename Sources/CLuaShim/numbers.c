// SPDX-License-Identifier: Apache-2.0
// Nested lists of numbers, read into one flat array: what `th.tensor{{1, 2}, {3, 4}}` is made of.
#include <stdlib.h>

#include "shim.h"

void thresh_numbers_clear(thresh_numbers *numbers) {
  free(numbers->integers);
  *numbers = (thresh_numbers){0};
}

// Where in the list the reader stands, e.g. "[2][7]".
static const char *place(lua_State *L, const int64_t *path, int depth) {
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (int i = 0; i < depth; i++) {
    lua_pushfstring(L, "[%I]", (LUAI_UACINT)path[i]);
    luaL_addvalue(&text);
  }
  luaL_pushresult(&text);
  return lua_tostring(L, -1);
}

static void widen(thresh_numbers *numbers) {
  for (size_t i = 0; i < numbers->count; i++) {
    double number = (double)numbers->integers[i];
    numbers->numbers[i] = number;
  }
  numbers->kind = THRESH_KIND_NUMBER;
}

static void reserve(lua_State *L, thresh_numbers *numbers) {
  if (numbers->count < numbers->capacity) return;
  size_t capacity = numbers->capacity == 0 ? 64 : numbers->capacity * 2;
  // Shared rows could unfold far beyond what the list itself takes.
  const thresh_session *session = session_of(L);
  size_t bytes = capacity * sizeof(int64_t);
  bool beyond = session->limit > 0 && bytes > session->limit;
  int64_t *grown = beyond ? NULL : realloc(numbers->integers, bytes);
  if (grown == NULL) luaL_error(L, "not enough memory");
  numbers->integers = grown;
  numbers->capacity = capacity;
}

static void add_number(lua_State *L, thresh_numbers *numbers, const int64_t *path) {
  int type = lua_type(L, -1);
  if (type != LUA_TNUMBER && type != LUA_TBOOLEAN) {
    const char *at = place(L, path, numbers->rank);
    luaL_error(L, "number expected at %s, got %s", at, luaL_typename(L, -2));
  }
  reserve(L, numbers);
  bool boolean = type == LUA_TBOOLEAN;
  if (numbers->kind != THRESH_KIND_NONE && boolean != (numbers->kind == THRESH_KIND_BOOLEAN)) {
    luaL_error(L, "booleans and numbers are mixed at %s", place(L, path, numbers->rank));
  }
  if (boolean || lua_isinteger(L, -1)) {
    int64_t value = boolean ? lua_toboolean(L, -1) : lua_tointeger(L, -1);
    if (numbers->kind == THRESH_KIND_NONE) {
      numbers->kind = boolean ? THRESH_KIND_BOOLEAN : THRESH_KIND_INTEGER;
    }
    if (numbers->kind == THRESH_KIND_NUMBER) {
      numbers->numbers[numbers->count++] = (double)value;
    } else {
      numbers->integers[numbers->count++] = value;
    }
    return;
  }
  if (numbers->kind != THRESH_KIND_NUMBER) widen(numbers);
  numbers->numbers[numbers->count++] = lua_tonumber(L, -1);
}

// The table to read is on top of the stack.
static void read_level(lua_State *L, thresh_numbers *numbers, int64_t *path, int depth) {
  int64_t length = (int64_t)lua_rawlen(L, -1);
  if (length != numbers->shape[depth]) {
    if (depth == 0) luaL_error(L, "the list changed while it was read");
    const char *at = place(L, path, depth);
    luaL_error(
        L, "the list is ragged: %s has %I elements, the first of its level has %I", at,
        (LUAI_UACINT)length, (LUAI_UACINT)numbers->shape[depth]);
  }
  luaL_checkstack(L, 6, "the list is nested too deeply");
  for (int64_t i = 1; i <= length; i++) {
    path[depth] = i;
    lua_rawgeti(L, -1, i);
    if (depth + 1 == numbers->rank) {
      add_number(L, numbers, path);
    } else if (lua_istable(L, -1)) {
      read_level(L, numbers, path, depth + 1);
    } else {
      const char *at = place(L, path, depth + 1);
      luaL_error(L, "list expected at %s, got %s", at, luaL_typename(L, -2));
    }
    lua_pop(L, 1);
  }
}

// (table, light pointer to thresh_numbers): the shape comes from the first elements, then every
// level must agree with it.
int read_numbers(lua_State *L) {
  thresh_numbers *numbers = lua_touserdata(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkstack(L, THRESH_MAX_RANK + 8, "the list is nested too deeply");
  lua_pushvalue(L, 1);
  while (lua_istable(L, -1)) {
    if (numbers->rank == THRESH_MAX_RANK) {
      return luaL_error(L, "the list is nested more than %d levels deep", THRESH_MAX_RANK);
    }
    int64_t length = (int64_t)lua_rawlen(L, -1);
    numbers->shape[numbers->rank++] = length;
    if (length == 0) {
      lua_pushnil(L);
      if (lua_next(L, -2)) {
        return luaL_error(L, "list of numbers expected, got a table with named fields");
      }
      break;
    }
    lua_rawgeti(L, -1, 1);
  }
  lua_settop(L, 1);
  int64_t path[THRESH_MAX_RANK];
  read_level(L, numbers, path, 0);
  return 0;
}
