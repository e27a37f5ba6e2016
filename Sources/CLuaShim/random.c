// SPDX-License-Identifier: Apache-2.0
// Where Lua's own random numbers stand. Lua has no call that tells: the state is a userdata, which
// math.random and math.randomseed share as their upvalue.
#include "shim.h"

// Pushes the upvalue of math[name], or nil.
static void push_upvalue(lua_State *L, const char *name) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_pushstring(L, LUA_MATHLIBNAME);
  lua_rawget(L, -2);
  if (lua_istable(L, -1)) {
    lua_pushstring(L, name);
    lua_rawget(L, -2);
  }
  if (!lua_iscfunction(L, -1) || lua_getupvalue(L, -1, 1) == NULL) lua_pushnil(L);
}

// Keeps the state of an open library for good. May raise: inside a protected call only.
void find_random(lua_State *L, thresh_session *session) {
  int top = lua_gettop(L);
  push_upvalue(L, "randomseed");
  int seeded = lua_gettop(L);
  push_upvalue(L, "random");
  if (lua_type(L, -1) == LUA_TUSERDATA && lua_rawequal(L, -1, seeded) &&
      lua_rawlen(L, -1) == THRESH_RANDOM_WORDS * sizeof(uint64_t)) {
    session->random = lua_touserdata(L, -1);
    luaL_ref(L, LUA_REGISTRYINDEX);
  }
  lua_settop(L, top);
}

uint64_t *thresh_session_random(const thresh_session *session) {
  return session->main == NULL ? NULL : session->random;
}
