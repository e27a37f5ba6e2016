// SPDX-License-Identifier: Apache-2.0
// Userdata classes: a method is found without entering Swift.
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// Places in a class's metatable, beside its metamethods. A handler lies at HANDLERS + its index.
enum { METHODS = 1, GETTERS = 2, SETTERS = 3, HANDLERS = 4 };

enum { ON_INDEX, ON_NEW_INDEX, ON_FIELD, ON_NEW_FIELD };

thresh_class *thresh_class_create(thresh_session *session, const char *name) {
  thresh_class *type = calloc(1, sizeof *type);
  if (type == NULL) return NULL;
  type->name = copy_text(name, strlen(name));
  if (type->name == NULL) {
    free(type);
    return NULL;
  }
  type->session = session;
  type->reference = LUA_NOREF;
  type->next = session->classes;
  session->classes = type;
  return type;
}

const char *thresh_class_name(const thresh_class *type) { return type->name; }

// The object of a finaliser or `free`: the type check of every other access holds here too.
int object_free(lua_State *L) {
  object *o = to_object(L, 1);
  if (o == NULL) return luaL_argerror(L, 1, "native object expected");
  void *value = o->value;
  o->value = NULL;
  if (value != NULL) {
    thresh_session *session = o->type->session;
    bind_state(L, session);
    known_remove(&session->known, value, o->place);
    o->place = 0;
    session->finalizing++;
    session->hooks.release(value);
    session->finalizing--;
  }
  return 0;
}

static int object_collect(lua_State *L) { return to_object(L, 1) == NULL ? 0 : object_free(L); }

static int handle(lua_State *L, thresh_class *type, int handler) {
  return invoke(L, type->handlers[handler]);
}

// Upvalues: class, methods, getters.
static int class_index(lua_State *L) {
  thresh_class *type = lua_touserdata(L, lua_upvalueindex(1));
  lua_settop(L, 2);
  if (lua_type(L, 2) != LUA_TSTRING) return handle(L, type, ON_INDEX);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(3));
  box *getter = lua_touserdata(L, -1);
  lua_settop(L, 2);
  return getter != NULL ? invoke(L, getter) : handle(L, type, ON_FIELD);
}

// Upvalues: class, setters.
static int class_new_index(lua_State *L) {
  thresh_class *type = lua_touserdata(L, lua_upvalueindex(1));
  lua_settop(L, 3);
  if (lua_type(L, 2) != LUA_TSTRING) return handle(L, type, ON_NEW_INDEX);
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(2));
  box *setter = lua_touserdata(L, -1);
  lua_settop(L, 3);
  return setter != NULL ? invoke(L, setter) : handle(L, type, ON_NEW_FIELD);
}

// Copies what the class has not got yet: from the table on top into the one below it.
static void inherit_table(lua_State *L) {
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -5);
  }
  lua_pop(L, 2);
}

static void set_metafield(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, name);
}

// (class, name, parent or nil)
int class_create(lua_State *L) {
  thresh_class *type = lua_touserdata(L, 1);
  const thresh_class *parent = lua_touserdata(L, 3);
  lua_createtable(L, 8, 8);
  int metatable = lua_gettop(L);
  for (int part = METHODS; part <= SETTERS; part++) {
    lua_newtable(L);
    lua_rawseti(L, metatable, part);
  }
  if (parent != NULL) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, parent->reference);
    int from = lua_gettop(L);
    for (int part = METHODS; part <= SETTERS; part++) {
      lua_rawgeti(L, metatable, part);
      lua_rawgeti(L, from, part);
      inherit_table(L);
    }
    lua_pushnil(L);
    while (lua_next(L, from)) {
      if (lua_type(L, -2) == LUA_TSTRING) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, metatable);
      } else {
        lua_pop(L, 1);
      }
    }
    for (int i = 0; i < 4; i++) {
      lua_rawgeti(L, from, HANDLERS + i);
      lua_rawseti(L, metatable, HANDLERS + i);
      type->handlers[i] = parent->handlers[i];
    }
    lua_settop(L, metatable);
  }
  lua_pushlightuserdata(L, type);
  lua_rawgeti(L, metatable, METHODS);
  lua_rawgeti(L, metatable, GETTERS);
  lua_pushcclosure(L, class_index, 3);
  lua_setfield(L, metatable, "__index");
  lua_pushlightuserdata(L, type);
  lua_rawgeti(L, metatable, SETTERS);
  lua_pushcclosure(L, class_new_index, 2);
  lua_setfield(L, metatable, "__newindex");
  set_metafield(L, "__gc", object_collect);
  set_metafield(L, "__close", object_free);
  lua_pushvalue(L, 2);
  lua_setfield(L, metatable, "__name");
  lua_pushvalue(L, 2);
  lua_setfield(L, metatable, "__metatable");
  lua_rawgeti(L, metatable, METHODS);
  set_metafield(L, "free", object_free);
  lua_settop(L, metatable);
  type->metatable = lua_topointer(L, metatable);
  type->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

// (class, member kind, name, body): a function for methods and metamethods, else a box.
int class_add(lua_State *L) {
  thresh_class *type = lua_touserdata(L, 1);
  thresh_member kind = (thresh_member)luaL_checkinteger(L, 2);
  lua_settop(L, 4);
  lua_rawgeti(L, LUA_REGISTRYINDEX, type->reference);
  if (kind >= THRESH_INDEX) {
    int handler = (int)(kind - THRESH_INDEX);
    lua_pushvalue(L, 4);
    lua_rawseti(L, -2, HANDLERS + handler);
    type->handlers[handler] = lua_touserdata(L, 4);
    return 0;
  }
  if (kind != THRESH_METAMETHOD) lua_rawgeti(L, -1, METHODS + (int)kind - THRESH_METHOD);
  lua_pushvalue(L, 3);
  lua_pushvalue(L, 4);
  lua_rawset(L, -3);
  return 0;
}
