// SPDX-License-Identifier: Apache-2.0
// Reading tables from Swift: one level at a time, or all numbers of a nested list.
#include "shim.h"

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

thresh_status thresh_call_read_numbers(
    thresh_call *call, int32_t index, thresh_numbers *numbers, thresh_outcome *outcome) {
  return read_value(call->session, read_numbers, index, 0, numbers, outcome);
}

thresh_status thresh_session_read_numbers(
    thresh_session *session, int32_t slot, thresh_numbers *numbers, thresh_outcome *outcome) {
  return read_value(session, read_numbers, 0, slot, numbers, outcome);
}
