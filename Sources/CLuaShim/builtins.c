// SPDX-License-Identifier: Apache-2.0
// Lua functions of the shim's own, which Swift calls as it calls any other: protected.
#include "shim.h"

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

// package.preload[name] compiles the text when it is first required, from where it lies.
static int load_preloaded(lua_State *L) {
  int count = lua_gettop(L);
  const char *source = lua_touserdata(L, lua_upvalueindex(1));
  size_t length = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  const char *name = lua_tostring(L, lua_upvalueindex(3));
  const thresh_session *session = lua_touserdata(L, lua_upvalueindex(4));
  if (luaL_loadbufferx(L, source, length, name, "t") != LUA_OK) return lua_error(L);
  if (session->sandboxed) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, session->stdlib_globals);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

// Of a module: its name, address and length of its text, the name of the chunk.
static int preload(lua_State *L) {
  void *source = (void *)(uintptr_t)luaL_checkinteger(L, 2);
  lua_settop(L, 4);
  lua_pushlightuserdata(L, source);
  lua_pushinteger(L, luaL_checkinteger(L, 3));
  lua_pushstring(L, luaL_checkstring(L, 4));
  lua_pushlightuserdata(L, session_of(L));
  lua_pushcclosure(L, load_preloaded, 4);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_insert(L, -2);
  lua_setfield(L, -2, luaL_checkstring(L, 1));
  return 0;
}

static int set_loaded(lua_State *L) {
  luaL_checkany(L, 2);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_pushvalue(L, 2);
  lua_setfield(L, -2, luaL_checkstring(L, 1));
  return 0;
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

const lua_CFunction builtins[THRESH_BUILTIN_COUNT] = {
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
    [THRESH_SET_LOADED] = set_loaded,
    [THRESH_IDENTITY] = identity,
    [THRESH_COLLECT] = collect,
    [THRESH_WARNINGS_ON] = warnings_on,
    [THRESH_CLASS_CREATE] = class_create,
    [THRESH_CLASS_ADD] = class_add,
};
