// SPDX-License-Identifier: Apache-2.0
#include "CInterrupt.h"

atomic_bool thresh_interrupt_flag = false;

static _Thread_local atomic_bool own;
static _Thread_local const atomic_bool *served;  // another thread's; NULL for none

void thresh_interrupt_request_here(void) {
  atomic_store_explicit(&own, true, memory_order_relaxed);
}

bool thresh_interrupt_take_here(void) {
  return atomic_exchange_explicit(&own, false, memory_order_relaxed);
}

const void *thresh_interrupt_here(void) { return &own; }

void thresh_interrupt_serve(const void *flag) { served = flag; }

bool thresh_interrupt_requested_here(void) {
  return atomic_load_explicit(served != NULL ? served : &own, memory_order_relaxed);
}
