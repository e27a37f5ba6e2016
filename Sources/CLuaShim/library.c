// SPDX-License-Identifier: Apache-2.0
// Changes to Lua's own library: bytecode is never loaded (a crafted chunk can crash the process),
// and warnings go to stderr.
#include <stdio.h>
#include <string.h>

#include "shim.h"

// load(chunk, name, mode, env) with the mode forced to text.
static int load(lua_State *L) {
  int count = lua_gettop(L);
  if (count < 3) lua_settop(L, count = 3);
  lua_pushliteral(L, "t");
  lua_replace(L, 3);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

// loadfile(name, mode, env), likewise.
static int loadfile(lua_State *L) {
  int count = lua_gettop(L);
  if (count < 2) lua_settop(L, count = 2);
  lua_pushliteral(L, "t");
  lua_replace(L, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

static int finish_dofile(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  return lua_gettop(L) - 1;
}

static int dofile(lua_State *L) {
  const char *name = luaL_optstring(L, 1, NULL);
  lua_settop(L, 1);
  if (luaL_loadfilex(L, name, "t") != LUA_OK) return lua_error(L);
  lua_callk(L, 0, LUA_MULTRET, 0, finish_dofile);
  return finish_dofile(L, 0, 0);
}

// The searcher of Lua files; its upvalue is the package table.
static int search_lua(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_getfield(L, lua_upvalueindex(1), "searchpath");
  lua_pushvalue(L, 1);
  if (lua_getfield(L, lua_upvalueindex(1), "path") != LUA_TSTRING) {
    return luaL_error(L, "'package.path' must be a string");
  }
  lua_call(L, 2, 2);
  if (lua_isnil(L, -2)) return 1;
  lua_pop(L, 1);
  const char *file = lua_tostring(L, -1);
  if (luaL_loadfilex(L, file, "t") == LUA_OK) {
    lua_insert(L, -2);
    return 2;
  }
  return luaL_error(
      L, "error loading module '%s' from file '%s':\n\t%s", name, file, lua_tostring(L, -1));
}

static void wrap_global(lua_State *L, const char *name, lua_CFunction wrapper) {
  lua_getglobal(L, name);
  lua_pushcclosure(L, wrapper, 1);
  lua_setglobal(L, name);
}

void adapt_libraries(lua_State *L) {
  wrap_global(L, "load", load);
  wrap_global(L, "loadfile", loadfile);
  lua_pushcfunction(L, dofile);
  lua_setglobal(L, "dofile");
  lua_getglobal(L, LUA_LOADLIBNAME);
  lua_getfield(L, -1, "searchers");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, search_lua, 1);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 2);
}

// "@on" and "@off" switch; pieces of one warning come with `continues` set.
void warn_to_stderr(void *context, const char *message, int continues) {
  thresh_session *session = context;
  if (!session->warning_continues && !continues && message[0] == '@') {
    if (strcmp(message, "@on") == 0) session->warnings = true;
    if (strcmp(message, "@off") == 0) session->warnings = false;
    return;
  }
  if (session->warnings) {
    if (!session->warning_continues) fputs("Lua warning: ", stderr);
    fputs(message, stderr);
    if (!continues) fputc('\n', stderr);
    fflush(stderr);
  }
  session->warning_continues = continues;
}
