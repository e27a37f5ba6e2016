// SPDX-License-Identifier: Apache-2.0
// Flags that signal handlers set and long native operations poll: one of the process, for Ctrl-C, and
// one of each thread, for what stops a single session.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "CSignals.h"

extern atomic_bool thresh_interrupt_flag;

/// Asks whatever runs to stop soon. Safe to call from a signal handler and from any thread.
static inline void thresh_interrupt_request(void) {
  atomic_store_explicit(&thresh_interrupt_flag, true, memory_order_relaxed);
}

/// Asks what runs on this thread, and what helpers do for it, to stop. Safe in a signal handler once
/// the thread has called `thresh_interrupt_take_here`.
void thresh_interrupt_request_here(void);
/// Takes the request to this thread.
bool thresh_interrupt_take_here(void);
/// This thread's flag, for those who help it.
const void *thresh_interrupt_here(void);
/// Makes this thread heed another's flag from now on, while that one waits for it.
void thresh_interrupt_serve(const void *flag);
bool thresh_interrupt_requested_here(void);

/// Whether something asked to stop and nobody has answered yet.
static inline bool thresh_interrupt_requested(void) {
  return atomic_load_explicit(&thresh_interrupt_flag, memory_order_relaxed) ||
         thresh_interrupt_requested_here();
}

/// Takes the request: returns whether there was one, and clears it.
static inline bool thresh_interrupt_take(void) {
  return atomic_exchange_explicit(&thresh_interrupt_flag, false, memory_order_relaxed);
}
