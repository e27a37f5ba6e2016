// SPDX-License-Identifier: Apache-2.0
// A session's birth and end, and the references that Swift holds into it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

// Reached only by an error outside every protected call, which the shim never makes.
static int panic(lua_State *L) {
  const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown";
  fprintf(stderr, "thresh: unprotected Lua error: %s\n", message);
  return 0;
}

static int box_collect(lua_State *L) {
  if (lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof(box)) return 0;
  box *b = lua_touserdata(L, 1);
  if (!is_box(b)) return 0;
  thresh_session *session = b->session;
  bind_state(L, session);
  void *body = b->body;
  b->body = NULL;
  if (body != NULL) {
    session->finalizing++;
    session->hooks.release(body);
    session->finalizing--;
  }
  return 0;
}

static void make_registry(lua_State *L, thresh_session *session) {
  lua_newtable(L);
  session->slots = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  session->cache = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, box_collect);
  lua_setfield(L, -2, "__gc");
  lua_pushliteral(L, "native function");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  session->box_type = luaL_ref(L, LUA_REGISTRYINDEX);
  make_error_type(L, session);
}

static int open_session(lua_State *L) {
  luaL_checkversion(L);
  thresh_session *session = session_of(L);
  bool ignore_environment = lua_toboolean(L, 1);
  if (ignore_environment) {
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  make_registry(L, session);
  if (session->sandboxed) {
    open_sandbox(L, session);
    find_random(L, session);
    return 0;
  }
  luaL_openlibs(L);
  find_random(L, session);
  adapt_libraries(L);
  open_coroutines(L);
  return 0;
}

static thresh_session *new_session(thresh_hooks hooks, void *context) {
  thresh_session *session = calloc(1, sizeof *session);
  if (session == NULL) return NULL;
  session->hooks = hooks;
  session->context = context;
  session->thread = pthread_self();
  atomic_init(&session->holders, 1);
  pthread_mutex_init(&session->release_lock, NULL);
  return session;
}

thresh_session *thresh_session_create(
    thresh_hooks hooks, void *context, thresh_settings settings) {
  thresh_session *session = new_session(hooks, context);
  if (session == NULL) return NULL;
  session->limit = settings.memory_limit;
  session->sandboxed = settings.sandboxed;
  lua_State *L = lua_newstate(count_allocate, session);
  if (L != NULL) {
    session->main = L;
    *(thresh_session **)lua_getextraspace(L) = session;
    lua_atpanic(L, panic);
    lua_setwarnf(L, warn_to_stderr, session);
    lua_pushcfunction(L, open_session);
    lua_pushboolean(L, settings.ignore_environment);
    if (lua_pcall(L, 1, 0, 0) == LUA_OK) return session;
  }
  thresh_session_close(session);
  thresh_session_release(session);
  return NULL;
}

static int adopt_state(lua_State *L) {
  luaL_checkversion(L);
  make_registry(L, session_of(L));
  find_random(L, session_of(L));
  return 0;
}

// The adopted session outlives its state by design: functions of the module that a finaliser of the
// host's calls late find that they are gone. So there is one more holder, who never lets go.
thresh_session *thresh_session_adopt(thresh_hooks hooks, void *context, void *state) {
  lua_State *L = state;
  thresh_session *session = new_session(hooks, context);
  if (session == NULL) return NULL;
  session->hosted = true;
  thresh_session_retain(session);
  if (!lua_checkstack(L, 8)) return NULL;
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  session->main = lua_tothread(L, -1);
  lua_pop(L, 1);
  session->current = L;
  bind_state(session->main, session);
  bind_state(L, session);
  lua_pushcfunction(L, adopt_state);
  if (lua_pcall(L, 0, 0, 0) == LUA_OK) return session;
  lua_pop(L, 1);
  thresh_session_close(session);
  thresh_session_release(session);
  return NULL;
}

void thresh_session_adopted(thresh_session *session) { session->current = NULL; }

void thresh_session_close(thresh_session *session) {
  lua_State *L = session->main;
  session->context = NULL;
  if (L != NULL && !session->hosted) {
    forget_interrupts(session);
    end_interrupt(session);
    // Finalisers take time as well.
    session->depth++;
    session->closing = 1;
    enter_limits(session);
    lua_close(L);
    leave_limits(session);
    session->depth--;
    free_blocks(&session->blocks);
    known_free(&session->known);
  }
  free_limits(session);
  session->main = NULL;
  session->current = NULL;
}

void thresh_session_retain(thresh_session *session) {
  atomic_fetch_add_explicit(&session->holders, 1, memory_order_relaxed);
}

void thresh_session_release(thresh_session *session) {
  if (atomic_fetch_sub_explicit(&session->holders, 1, memory_order_acq_rel) != 1) return;
  for (thresh_class *type = session->classes; type != NULL;) {
    thresh_class *next = type->next;
    free(type->name);
    free(type);
    type = next;
  }
  pthread_mutex_destroy(&session->release_lock);
  free(session->free_slots);
  free(session->released);
  free(session->traceback);
  free(session);
}

void thresh_session_set_context(thresh_session *session, void *context) {
  session->context = context;
}

void *thresh_session_context(const thresh_session *session) { return session->context; }

const char *thresh_lua_release(void) { return LUA_RELEASE; }

// Doubles an array of slots when it is full. False when memory ran out.
static bool make_room(int32_t **slots, int32_t count, int32_t *capacity) {
  if (count < *capacity) return true;
  int32_t wanted = *capacity == 0 ? 16 : *capacity * 2;
  int32_t *grown = realloc(*slots, (size_t)wanted * sizeof(int32_t));
  if (grown == NULL) return false;
  *slots = grown;
  *capacity = wanted;
  return true;
}

// Swift may drop a reference anywhere, also on a worker: the slot waits for Lua's thread.
void thresh_session_release_slot(thresh_session *session, int32_t slot) {
  pthread_mutex_lock(&session->release_lock);
  int32_t count = atomic_load_explicit(&session->released_count, memory_order_relaxed);
  if (make_room(&session->released, count, &session->released_capacity)) {
    session->released[count] = slot;
    atomic_store_explicit(&session->released_count, count + 1, memory_order_release);
  }
  pthread_mutex_unlock(&session->release_lock);
}

// Clearing an existing key needs no memory, so this never raises.
void drain_released(thresh_session *session) {
  if (atomic_load_explicit(&session->released_count, memory_order_relaxed) == 0) return;
  lua_State *L = session->main;
  if (L == NULL || !lua_checkstack(L, 2)) return;
  pthread_mutex_lock(&session->release_lock);
  lua_rawgeti(L, LUA_REGISTRYINDEX, session->slots);
  int32_t count = atomic_load_explicit(&session->released_count, memory_order_relaxed);
  for (int32_t i = 0; i < count; i++) {
    lua_pushnil(L);
    lua_rawseti(L, -2, session->released[i]);
    if (make_room(&session->free_slots, session->free_count, &session->free_capacity)) {
      session->free_slots[session->free_count++] = session->released[i];
    }
  }
  lua_pop(L, 1);
  atomic_store_explicit(&session->released_count, 0, memory_order_relaxed);
  pthread_mutex_unlock(&session->release_lock);
}

// May raise: inside a protected call only.
int32_t take_slot(lua_State *L, thresh_session *session, int index) {
  index = lua_absindex(L, index);
  luaL_checkstack(L, 2, "too many values");
  bool reused = session->free_count > 0;
  int32_t slot =
      reused ? session->free_slots[session->free_count - 1] : session->last_slot + 1;
  lua_rawgeti(L, LUA_REGISTRYINDEX, session->slots);
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, slot);
  lua_pop(L, 1);
  if (reused) {
    session->free_count--;
  } else {
    session->last_slot = slot;
  }
  return slot;
}

void push_slot(lua_State *L, thresh_session *session, int32_t slot) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, session->slots);
  lua_rawgeti(L, -1, slot);
  lua_remove(L, -2);
}

const void *thresh_session_identity(thresh_session *session, int32_t slot) {
  lua_State *L = session->current != NULL ? session->current : session->main;
  if (L == NULL || !lua_checkstack(L, 3)) return NULL;
  push_slot(L, session, slot);
  const void *identity = lua_topointer(L, -1);
  lua_pop(L, 1);
  return identity;
}
