// SPDX-License-Identifier: Apache-2.0
// Values between Lua's stack and the lists that Swift reads and fills.
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static const char object_mark, box_mark;

static uintptr_t mark_object(const object *o) { return (uintptr_t)o ^ (uintptr_t)&object_mark; }
static uintptr_t mark_box(const box *b) { return (uintptr_t)b ^ (uintptr_t)&box_mark; }

// Its memory is of the right size already.
bool is_box(const box *b) { return b->mark == mark_box(b); }

void thresh_list_init(thresh_list *list) {
  list->values = list->local;
  list->count = 0;
  list->capacity = THRESH_LOCAL_VALUES;
  list->plain = true;
  list->failed = false;
}

void thresh_list_clear(thresh_session *session, thresh_list *list) {
  if (!list->plain) {
    for (int32_t i = 0; i < list->count; i++) {
      thresh_value *value = &list->values[i];
      switch (value->tag) {
        case THRESH_STRING:
          free((void *)value->bytes);
          break;
        case THRESH_OBJECT:
        case THRESH_NEW_FUNCTION:
        case THRESH_NEW_BOX:
          if (value->object != NULL) session->hooks.release(value->object);
          break;
        case THRESH_TABLE:
        case THRESH_FUNCTION:
        case THRESH_OTHER:
          // A reference of Swift's travels with its owner, one of the shim's with its slot.
          if (value->object != NULL) {
            session->hooks.release(value->object);
          } else if (value->slot > 0) {
            thresh_session_release_slot(session, value->slot);
          }
          break;
        default:
          break;
      }
    }
  }
  if (list->values != list->local) free(list->values);
  thresh_list_init(list);
}

static bool grow_list(thresh_list *list) {
  if (list->capacity > INT32_MAX / 2) return false;
  int32_t capacity = list->capacity * 2;
  size_t bytes = (size_t)capacity * sizeof(thresh_value);
  bool local = list->values == list->local;
  thresh_value *values = realloc(local ? NULL : list->values, bytes);
  if (values == NULL) return false;
  if (local) memcpy(values, list->local, sizeof list->local);
  list->values = values;
  list->capacity = capacity;
  return true;
}

// Never NULL: after a failure the answer is a spare place that nobody reads.
thresh_value *thresh_list_add(thresh_list *list, thresh_tag tag) {
  static _Thread_local thresh_value spare;
  thresh_value *value = &spare;
  if (list->count == list->capacity && !grow_list(list)) {
    list->failed = true;
  } else {
    value = &list->values[list->count++];
  }
  value->tag = tag;
  value->slot = 0;
  value->object = NULL;
  value->length = 0;
  value->type = NULL;
  if (tag > THRESH_NUMBER) list->plain = false;
  return value;
}

void thresh_list_add_string(thresh_list *list, const char *bytes, size_t length) {
  char *copy = malloc(length + 1);
  if (copy == NULL) {
    list->failed = true;
    return;
  }
  if (length > 0) memcpy(copy, bytes, length);
  copy[length] = '\0';
  thresh_value *value = thresh_list_add(list, THRESH_STRING);
  if (list->failed) {
    free(copy);
    return;
  }
  value->bytes = copy;
  value->length = length;
}

// A userdata of ours: its size is that of an object and its mark that of its own address. The
// metatable says nothing more: whatever the debug library sets it to, the object stays what it is.
object *to_object(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(object)) return NULL;
  object *o = lua_touserdata(L, index);
  return o->mark == mark_object(o) ? o : NULL;
}

// Strings and objects stay Lua's; needs one free stack slot, never raises.
void borrow_value(lua_State *L, int index, thresh_value *value) {
  value->slot = 0;
  value->type = NULL;
  value->length = 0;
  switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TNONE:
      value->tag = THRESH_NIL;
      break;
    case LUA_TBOOLEAN:
      value->tag = THRESH_BOOLEAN;
      value->boolean = lua_toboolean(L, index);
      break;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        value->tag = THRESH_INTEGER;
        value->integer = lua_tointegerx(L, index, NULL);
      } else {
        value->tag = THRESH_NUMBER;
        value->number = lua_tonumberx(L, index, NULL);
      }
      break;
    case LUA_TSTRING:
      value->tag = THRESH_STRING;
      value->bytes = lua_tolstring(L, index, &value->length);
      break;
    case LUA_TTABLE:
      value->tag = THRESH_TABLE;
      break;
    case LUA_TFUNCTION:
      value->tag = THRESH_FUNCTION;
      break;
    case LUA_TUSERDATA: {
      object *o = to_object(L, index);
      value->tag = o == NULL ? THRESH_OTHER : o->value == NULL ? THRESH_FREED : THRESH_OBJECT;
      value->object = o == NULL ? NULL : o->value;
      value->type = o == NULL ? NULL : o->type;
      break;
    }
    default:
      value->tag = THRESH_OTHER;
      value->length = (size_t)lua_type(L, index);
      break;
  }
}

// As borrow_value, but the list owns what it gets. May raise: inside a protected call only.
void own_value(lua_State *L, thresh_session *session, int index, thresh_list *list) {
  thresh_value value;
  borrow_value(L, index, &value);
  if (value.tag == THRESH_STRING) {
    thresh_list_add_string(list, value.bytes, value.length);
  } else {
    int32_t slot = 0;
    bool reference =
        value.tag == THRESH_TABLE || value.tag == THRESH_FUNCTION || value.tag == THRESH_OTHER;
    if (reference) slot = take_slot(L, session, index);
    thresh_value *owned = thresh_list_add(list, value.tag);
    if (list->failed) {
      if (slot > 0) thresh_session_release_slot(session, slot);
    } else {
      *owned = value;
      owned->slot = slot;
      if (reference) owned->object = NULL;
      if (value.tag == THRESH_OBJECT) session->hooks.retain(value.object);
    }
  }
  if (list->failed) luaL_error(L, "not enough memory");
}

// Pushes the userdata that Lua holds already for an object. Never raises.
static bool push_known_object(
    lua_State *L, thresh_session *session, const thresh_value *value) {
  int32_t place = known_find(&session->known, value->object);
  if (place == 0) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, session->cache);
  if (lua_rawgeti(L, -1, place) == LUA_TUSERDATA) {
    object *holder = to_object(L, -1);
    if (holder != NULL && holder->value == value->object) {
      lua_remove(L, -2);
      return true;
    }
  }
  lua_pop(L, 2);
  return false;
}

// A new userdata for an object, which takes over the caller's reference. May raise; the reference is
// lost only when the system itself has no memory left.
static void push_new_object(lua_State *L, thresh_session *session, const thresh_value *value) {
  session->exempt = true;
  object *o = lua_newuserdatauv(L, sizeof(object), 0);
  o->mark = mark_object(o);
  o->value = value->object;
  o->type = value->type;
  o->place = 0;
  lua_rawgeti(L, LUA_REGISTRYINDEX, value->type->reference);
  lua_setmetatable(L, -2);
  if (!known_reserve(&session->known)) luaL_error(L, "not enough memory");
  lua_rawgeti(L, LUA_REGISTRYINDEX, session->cache);
  lua_pushvalue(L, -2);
  int32_t place = known_next_place(&session->known);
  lua_rawseti(L, -2, place);
  lua_pop(L, 1);
  o->place = place;
  known_add(&session->known, value->object, place);
}

// The same Swift object is always the same userdata, as long as Lua holds it.
static void push_object(lua_State *L, thresh_session *session, const thresh_value *value) {
  if (push_known_object(L, session, value)) return;
  session->hooks.retain(value->object);
  push_new_object(L, session, value);
}

static void push_box(lua_State *L, thresh_session *session, const thresh_value *value) {
  box *b = lua_newuserdatauv(L, sizeof(box), 0);
  b->mark = mark_box(b);
  b->body = NULL;
  b->session = session;
  lua_rawgeti(L, LUA_REGISTRYINDEX, session->box_type);
  lua_setmetatable(L, -2);
  session->hooks.retain(value->object);
  b->body = value->object;
}

static void push_value(
    lua_State *L, thresh_session *session, const thresh_list *list, int32_t *cursor) {
  const thresh_value *value = &list->values[(*cursor)++];
  switch (value->tag) {
    case THRESH_NIL:
    case THRESH_FREED:
      lua_pushnil(L);
      break;
    case THRESH_BOOLEAN:
      lua_pushboolean(L, value->boolean);
      break;
    case THRESH_INTEGER:
      lua_pushinteger(L, value->integer);
      break;
    case THRESH_NUMBER:
      lua_pushnumber(L, value->number);
      break;
    case THRESH_STRING:
      lua_pushlstring(L, value->bytes, value->length);
      break;
    case THRESH_TABLE:
    case THRESH_FUNCTION:
    case THRESH_OTHER:
      push_slot(L, session, value->slot);
      break;
    case THRESH_OBJECT:
      push_object(L, session, value);
      break;
    case THRESH_NEW_FUNCTION:
      push_box(L, session, value);
      lua_pushcclosure(L, trampoline, 1);
      break;
    case THRESH_NEW_BOX:
      push_box(L, session, value);
      break;
    case THRESH_POINTER:
      lua_pushlightuserdata(L, value->object);
      break;
    case THRESH_NEW_TABLE: {
      luaL_checkstack(L, 6, "value is nested too deeply");
      int64_t items = value->integer;
      size_t pairs = value->length;
      lua_createtable(
          L, items > INT_MAX ? INT_MAX : (int)items, pairs > INT_MAX ? INT_MAX : (int)pairs);
      for (int64_t i = 1; i <= items; i++) {
        push_value(L, session, list, cursor);
        lua_rawseti(L, -2, i);
      }
      for (size_t i = 0; i < pairs; i++) {
        push_value(L, session, list, cursor);
        push_value(L, session, list, cursor);
        lua_rawset(L, -3);
      }
      break;
    }
  }
}

static int push_all(lua_State *L) {
  const thresh_list *list = lua_touserdata(L, 1);
  thresh_session *session = session_of(L);
  int32_t cursor = 0;
  int pushed = 0;
  while (cursor < list->count) {
    luaL_checkstack(L, 6, "too many values");
    push_value(L, session, list, &cursor);
    pushed++;
  }
  return pushed;
}

// Pushes the one object of a list that holds nothing else: the usual result. May raise.
bool push_only_object(lua_State *L, thresh_session *session, thresh_list *list) {
  const thresh_value *value = &list->local[0];
  if (list->values != list->local || list->count != 1 || value->tag != THRESH_OBJECT) return false;
  if (list->failed || !lua_checkstack(L, 4)) return false;
  if (push_known_object(L, session, value)) {
    session->hooks.release(value->object);
  } else {
    push_new_object(L, session, value);
  }
  return true;
}

// Pushes a list's values without ever raising. On failure the error value is on top instead.
int push_list(lua_State *L, thresh_session *session, thresh_list *list, int *pushed) {
  int base = lua_gettop(L);
  *pushed = 0;
  if (list->failed || !lua_checkstack(L, list->plain ? list->count + 2 : 4)) {
    lua_pushnil(L);
    return LUA_ERRMEM;
  }
  if (list->plain) {
    for (int32_t cursor = 0; cursor < list->count;) push_value(L, session, list, &cursor);
    *pushed = list->count;
    return LUA_OK;
  }
  const thresh_value *first = &list->values[0];
  if (list->count == 1 && first->tag == THRESH_OBJECT && push_known_object(L, session, first)) {
    *pushed = 1;
    return LUA_OK;
  }
  for (int attempt = 0;; attempt++) {
    lua_pushcfunction(L, push_all);
    lua_pushlightuserdata(L, list);
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    if (status == LUA_OK) *pushed = lua_gettop(L) - base;
    if (status != LUA_ERRMEM || attempt > 0) return status;
    lua_settop(L, base);
    lua_gc(L, LUA_GCCOLLECT);
    refresh_native(session);
  }
}
