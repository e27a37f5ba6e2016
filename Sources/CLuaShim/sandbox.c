// SPDX-License-Identifier: Apache-2.0
// The globals of a sandboxed session: fresh tables, filled by name. What is not named here is not
// there. Library modules of the standard library see copies of their own, which no script reaches.
#include <stdio.h>
#include <string.h>

#include "shim.h"

// More items than a table within any sandbox's memory has.
enum { MOST_ITEMS = 1 << 26 };

static const char *const base_names[] = {
    "_VERSION", "assert", "error",    "ipairs",   "next",   "pairs",  "pcall", "print",
    "rawequal", "rawget", "rawlen",   "rawset",   "select", "tonumber", "tostring", "type",
    "getmetatable", NULL};
static const char *const coroutine_names[] = {
    "close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield", NULL};
static const char *const math_names[] = {
    "abs",  "acos",  "asin", "atan", "ceil",       "cos",    "deg",        "exp", "floor",
    "fmod", "huge",  "log",  "max",  "maxinteger", "min",    "mininteger", "modf", "pi",
    "rad",  "random", "randomseed", "sin", "sqrt", "tan", "tointeger", "type", "ult", NULL};
static const char *const string_names[] = {
    "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower",
    "match", "pack", "packsize", "reverse", "sub", "unpack", "upper", NULL};
static const char *const table_names[] = {"concat", "pack", "unpack", NULL};
static const char *const utf8_names[] = {
    "char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
static const char *const os_names[] = {"clock", "date", "difftime", "time", NULL};

// Calls the function in the first upvalue with all arguments.
static int call_original(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

// What C code loops over without a look at the hook has to end soon: no length by `__len`.
static void check_items(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
    luaL_argerror(L, 1, "a table with '__len' is not taken in the sandbox");
  }
}

static int insert(lua_State *L) {
  check_items(L);
  return call_original(L);
}

static int less_than(lua_State *L) {
  lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
  return 1;
}

// Always with a comparator that is called, which the hook sees.
static int sort(lua_State *L) {
  check_items(L);
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_pushcfunction(L, less_than);
    lua_replace(L, 2);
  }
  return call_original(L);
}

static int move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  if (last >= first && (lua_Unsigned)last - (lua_Unsigned)first >= MOST_ITEMS) {
    return luaL_argerror(L, 3, "too many elements to move");
  }
  return call_original(L);
}

// Lua's own repeats an empty string as often as it is told.
static int rep(lua_State *L) {
  size_t length, gap;
  luaL_checklstring(L, 1, &length);
  luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &gap);
  if (length + gap == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  return call_original(L);
}

typedef struct text_reading {
  const char *rest;
  size_t length;
  bool called;
} text_reading;

enum { READ_BYTES = 1 << 16 };

static void raise_stop(lua_State *L, const thresh_session *session) {
  if (!session->interrupting) return;
  lua_pushstring(L, stop_text(session));
  lua_error(L);
}

// In pieces, so that a compilation of megabytes can be stopped.
static const char *read_text(lua_State *L, void *context, size_t *length) {
  text_reading *reading = context;
  raise_stop(L, session_of(L));
  *length = reading->length < READ_BYTES ? reading->length : READ_BYTES;
  const char *piece = reading->rest;
  reading->rest += *length;
  reading->length -= *length;
  return *length > 0 ? piece : NULL;
}

// Pieces that the function at 1 returns; place 5 keeps the last one alive.
static const char *read_function(lua_State *L, void *context, size_t *length) {
  (void)context;
  luaL_checkstack(L, 2, "too many nested functions");
  lua_pushvalue(L, 1);
  lua_call(L, 0, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    *length = 0;
    return NULL;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "reader function must return a string");
  lua_replace(L, 5);
  return lua_tolstring(L, 5, length);
}

// load(chunk, name, mode, env): text alone, whatever the mode.
static int load(lua_State *L) {
  bool has_environment = !lua_isnone(L, 4);
  lua_settop(L, 5);
  const char *mode = luaL_optstring(L, 3, "t");
  int status;
  if (strchr(mode, 't') == NULL) {
    lua_pushnil(L);
    lua_pushfstring(L, "attempt to load a text chunk (mode is '%s')", mode);
    return 2;
  }
  if (lua_isstring(L, 1)) {
    text_reading reading = {0};
    reading.rest = lua_tolstring(L, 1, &reading.length);
    status = lua_load(L, read_text, &reading, luaL_optstring(L, 2, reading.rest), "t");
  } else {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    status = lua_load(L, read_function, NULL, luaL_optstring(L, 2, "=(load)"), "t");
  }
  if (status != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_environment) {
    lua_pushvalue(L, 4);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  return 1;
}

// The library's own message handlers see the interrupt as they see any error, with the hook off:
// one that loops would never end. So the stop passes them by.
static int guarded_handler(lua_State *L) {
  if (session_of(L)->interrupting) {
    lua_settop(L, 1);
    return 1;
  }
  return call_original(L);
}

static int finish_xpcall(lua_State *L, int status, lua_KContext extra) {
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)extra;
}

static int xpcall(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guarded_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_xpcall);
  return finish_xpcall(L, status, 2);
}

// Nothing stops a finaliser, so there are none.
static int set_metatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (lua_istable(L, 2)) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) {
      return luaL_argerror(L, 2, "'__gc' is not available in the sandbox");
    }
    lua_pop(L, 1);
  }
  return call_original(L);
}

static int collect_garbage(lua_State *L) {
  static const char *const names[] = {"collect", "count", "step", NULL};
  switch (luaL_checkoption(L, 1, "collect", names)) {
    case 1:
      lua_pushnumber(L, lua_gc(L, LUA_GCCOUNT) + lua_gc(L, LUA_GCCOUNTB) / 1024.0);
      return 1;
    case 2:
      lua_pushboolean(L, lua_gc(L, LUA_GCSTEP, 0));
      return 1;
    default:
      lua_pushinteger(L, lua_gc(L, LUA_GCCOLLECT));
      return 1;
  }
}

// Only what the host has loaded or put up for loading.
static int require(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, 2, name), lua_toboolean(L, -1)) return 1;
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  if (lua_getfield(L, -1, name) == LUA_TNIL) {
    return luaL_error(L, "module '%s' is not available in the sandbox", name);
  }
  lua_pushvalue(L, 1);
  lua_pushliteral(L, ":preload:");
  lua_call(L, 2, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
  }
  lua_pushvalue(L, -1);
  lua_setfield(L, 2, name);
  return 1;
}

// (self, ...): to standard error.
static int write_error(lua_State *L) {
  for (int i = 2; i <= lua_gettop(L); i++) {
    size_t length;
    const char *text = luaL_tolstring(L, i, &length);
    fwrite(text, 1, length, stderr);
    lua_pop(L, 1);
  }
  lua_settop(L, 1);
  return 1;
}

static int flush_error(lua_State *L) {
  (void)L;
  fflush(stderr);
  return 0;
}

// A new table with these fields of the library at `from`.
static void push_copy(lua_State *L, int from, const char *const *names) {
  lua_newtable(L);
  for (; *names != NULL; names++) {
    lua_getfield(L, from, *names);
    lua_setfield(L, -2, *names);
  }
}

// Field `name` of the library at `from` behind a guard, into the table on top.
static void set_guarded(lua_State *L, int from, const char *name, lua_CFunction guard) {
  lua_getfield(L, from, name);
  lua_pushcclosure(L, guard, 1);
  lua_setfield(L, -2, name);
}

static void set_function(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, name);
}

// Places of Lua's own libraries on the stack while the sandbox is built.
enum { BASE = 1, COROUTINE, MATH, STRING, TABLE, UTF8, OS };

static void push_string(lua_State *L) {
  push_copy(L, STRING, string_names);
  set_guarded(L, STRING, "rep", rep);
}

static void push_table(lua_State *L) {
  push_copy(L, TABLE, table_names);
  set_guarded(L, TABLE, "insert", insert);
  set_guarded(L, TABLE, "remove", insert);
  set_guarded(L, TABLE, "move", move);
  set_guarded(L, TABLE, "sort", sort);
}

static void push_globals(lua_State *L) {
  push_copy(L, BASE, base_names);
  set_guarded(L, BASE, "setmetatable", set_metatable);
  set_function(L, "load", load);
  set_function(L, "xpcall", xpcall);
  set_function(L, "collectgarbage", collect_garbage);
  set_function(L, "require", require);
  push_copy(L, COROUTINE, coroutine_names);
  lua_setfield(L, -2, LUA_COLIBNAME);
  push_copy(L, MATH, math_names);
  lua_setfield(L, -2, LUA_MATHLIBNAME);
  push_string(L);
  lua_setfield(L, -2, LUA_STRLIBNAME);
  push_table(L);
  lua_setfield(L, -2, LUA_TABLIBNAME);
  push_copy(L, UTF8, utf8_names);
  lua_setfield(L, -2, LUA_UTF8LIBNAME);
  push_copy(L, OS, os_names);
  lua_setfield(L, -2, LUA_OSLIBNAME);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "_G");
}

// Methods of strings are a table of their own, and nobody gets at the metatable.
static void close_strings(lua_State *L) {
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  push_string(L);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

// What `require` finds and what messages take the names of functions from: the globals on top.
static void list_libraries(lua_State *L) {
  static const char *const names[] = {LUA_GNAME,     LUA_COLIBNAME,   LUA_MATHLIBNAME,
                                      LUA_STRLIBNAME, LUA_TABLIBNAME, LUA_UTF8LIBNAME,
                                      LUA_OSLIBNAME, NULL};
  lua_newtable(L);
  for (const char *const *name = names; *name != NULL; name++) {
    lua_getfield(L, -2, *name);
    lua_setfield(L, -2, *name);
  }
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

void open_sandbox(lua_State *L, thresh_session *session) {
  static const luaL_Reg libraries[] = {
      {LUA_GNAME, luaopen_base},          {LUA_COLIBNAME, luaopen_coroutine},
      {LUA_MATHLIBNAME, luaopen_math},    {LUA_STRLIBNAME, luaopen_string},
      {LUA_TABLIBNAME, luaopen_table},    {LUA_UTF8LIBNAME, luaopen_utf8},
      {LUA_OSLIBNAME, luaopen_os},        {NULL, NULL},
  };
  lua_settop(L, 0);
  for (const luaL_Reg *library = libraries; library->name != NULL; library++) {
    luaL_requiref(L, library->name, library->func, 1);
  }
  open_coroutines(L);
  close_strings(L);
  push_globals(L);
  lua_createtable(L, 0, 1);
  lua_createtable(L, 0, 2);
  set_function(L, "write", write_error);
  set_function(L, "flush", flush_error);
  lua_setfield(L, -2, "stderr");
  lua_setfield(L, -2, LUA_IOLIBNAME);
  session->stdlib_globals = luaL_ref(L, LUA_REGISTRYINDEX);

  push_globals(L);
  list_libraries(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_settop(L, 0);
}
