// SPDX-License-Identifier: Apache-2.0
// Lua's allocator, which counts, and the collector's pace, which heeds native bytes.
#include <stdlib.h>

#include "shim.h"

enum { STEP_BYTES = 1 << 20, SOFT_BYTES = 64 << 20 };

void refresh_native(thresh_session *session) {
  if (session->native_bytes == NULL) return;
  intptr_t bytes = session->native_bytes();
  session->native = bytes < 0 ? 0 : (size_t)bytes;
}

static bool fits(const thresh_session *session, size_t used, size_t wanted) {
  size_t taken = used + session->native;
  return taken <= session->limit && wanted <= session->limit - taken;
}

// Lua and native storage share one budget; beyond it Lua gets NULL, which it turns into an error.
void *count_allocate(void *context, void *block, size_t old_size, size_t new_size) {
  thresh_session *session = context;
  size_t used = atomic_load_explicit(&session->used, memory_order_relaxed);
  size_t old = block == NULL ? 0 : old_size;
  if (new_size == 0) {
    release_block(&session->blocks, block, old);
    atomic_store_explicit(&session->used, used - old, memory_order_relaxed);
    return NULL;
  }
  bool exempt = session->exempt;
  session->exempt = false;
  if (new_size > old && session->limit > 0 && !exempt) {
    bool enough = fits(session, used, new_size - old);
    if (!enough) {
      refresh_native(session);  // what Lua knows of it may be stale
      enough = fits(session, used, new_size - old);
    }
    if (!enough) return NULL;
  }
  void *grown = resize_block(&session->blocks, block, old, new_size);
  if (grown == NULL) return new_size <= old ? block : NULL;
  atomic_store_explicit(&session->used, used - old + new_size, memory_order_relaxed);
  return grown;
}

static void collect_all(lua_State *L, thresh_session *session) {
  lua_gc(L, LUA_GCCOLLECT);
  refresh_native(session);
  size_t twice = 2 * session->native;
  session->soft_limit = twice > SOFT_BYTES ? twice : SOFT_BYTES;
  session->step_base = session->native;
}

// Lua does not see native storage. So after calls: one step per megabyte gained, sized as if Lua
// had allocated it, and a full collection at twice what survived the last one or near the budget.
void settle_memory(lua_State *L, thresh_session *session) {
  if (session->native_bytes == NULL) return;
  refresh_native(session);
  size_t native = session->native;
  if (native < session->step_base) session->step_base = native;
  if (native - session->step_base < STEP_BYTES || !lua_gc(L, LUA_GCISRUNNING)) return;
  size_t used = atomic_load_explicit(&session->used, memory_order_relaxed);
  bool tight = session->limit > 0 && native + used > session->limit - session->limit / 8;
  if (native > session->soft_limit || tight) {
    collect_all(L, session);
    return;
  }
  size_t kilobytes = (native - session->step_base) >> 10;
  lua_gc(L, LUA_GCSTEP, kilobytes > (1 << 20) ? 1 << 20 : (int)kilobytes);
  refresh_native(session);
  session->step_base = session->native;
}

void thresh_session_set_limit(thresh_session *session, size_t limit) { session->limit = limit; }

void thresh_session_set_native(thresh_session *session, intptr_t (*bytes)(void)) {
  session->native_bytes = bytes;
  session->soft_limit = SOFT_BYTES;
  session->native = 0;
  refresh_native(session);
  session->step_base = session->native;
}

size_t thresh_session_limit(const thresh_session *session) { return session->limit; }

size_t thresh_session_lua_bytes(const thresh_session *session) {
  return atomic_load_explicit(&session->used, memory_order_relaxed);
}

size_t thresh_session_native_bytes(const thresh_session *session) {
  intptr_t bytes = session->native_bytes == NULL ? 0 : session->native_bytes();
  return bytes < 0 ? 0 : (size_t)bytes;
}
