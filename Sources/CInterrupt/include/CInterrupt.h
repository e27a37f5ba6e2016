// SPDX-License-Identifier: Apache-2.0
// One atomic flag: a signal handler sets it, long native operations poll it.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "CSignals.h"

extern atomic_bool thresh_interrupt_flag;

/// Asks whatever runs to stop soon. Safe to call from a signal handler and from any thread.
static inline void thresh_interrupt_request(void) {
  atomic_store_explicit(&thresh_interrupt_flag, true, memory_order_relaxed);
}

/// Whether something asked to stop and nobody has answered yet.
static inline bool thresh_interrupt_requested(void) {
  return atomic_load_explicit(&thresh_interrupt_flag, memory_order_relaxed);
}

/// Takes the request: returns whether there was one, and clears it.
static inline bool thresh_interrupt_take(void) {
  return atomic_exchange_explicit(&thresh_interrupt_flag, false, memory_order_relaxed);
}
