// SPDX-License-Identifier: Apache-2.0
// `require "thresh"` from any Lua 5.4. The session lives in the program's own state, whose end ends it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>

#include "thresh.h"

// In Swift. The session, or NULL and a text to be freed.
void *thresh_module_open(lua_State *L, char **problem);
void thresh_module_close(void *session);

static const char anchor_key;

static int close_anchor(lua_State *L) {
  void **anchor = lua_touserdata(L, 1);
  if (*anchor != NULL) thresh_module_close(*anchor);
  *anchor = NULL;
  return 0;
}

// The anchor comes before all else that has a finaliser, so that it goes last.
static void **push_anchor(lua_State *L) {
  void **anchor = lua_newuserdatauv(L, sizeof(void *), 0);
  *anchor = NULL;
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, close_anchor);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &anchor_key);
  return anchor;
}

// Lua unloads its libraries when a state ends; the engine's threads go on living in this one.
static void stay_loaded(void) {
  Dl_info here;
  if (dladdr(&anchor_key, &here) != 0) dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

int luaopen_thresh(lua_State *L) {
  luaL_checkversion(L);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &anchor_key) == LUA_TNIL) {
    stay_loaded();
    void **anchor = push_anchor(L);
    char *problem = NULL;
    *anchor = thresh_module_open(L, &problem);
    if (*anchor == NULL) {
      lua_pushnil(L);
      lua_rawsetp(L, LUA_REGISTRYINDEX, &anchor_key);
      lua_pushstring(L, problem != NULL ? problem : "not enough memory");
      free(problem);
      return luaL_error(L, "thresh cannot be opened: %s", lua_tostring(L, -1));
    }
  }
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_getfield(L, -1, "thresh");
  lua_pushliteral(L, "thresh");
  lua_call(L, 1, 1);
  return 1;
}
