// SPDX-License-Identifier: Apache-2.0
#include "CSignals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static atomic_bool checkpoint_requested, end_requested, allowed_by_host;

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int watchers;
static struct sigaction before_usr1, before_term;

static void on_signal(int signal) {
  atomic_store(signal == SIGTERM ? &end_requested : &checkpoint_requested, true);
}

void thresh_signals_allow(bool allowed) { atomic_store(&allowed_by_host, allowed); }

// With SA_RESTART: a request is no reason for a read or a write to fail.
bool thresh_signals_watch(void) {
  if (!atomic_load(&allowed_by_host)) return false;
  pthread_mutex_lock(&guard);
  if (watchers++ == 0) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, &before_usr1);
    sigaction(SIGTERM, &action, &before_term);
  }
  pthread_mutex_unlock(&guard);
  return true;
}

void thresh_signals_unwatch(void) {
  pthread_mutex_lock(&guard);
  if (watchers > 0 && --watchers == 0) {
    sigaction(SIGUSR1, &before_usr1, NULL);
    sigaction(SIGTERM, &before_term, NULL);
  }
  pthread_mutex_unlock(&guard);
}

thresh_request thresh_signals_take(void) {
  if (atomic_load(&end_requested)) return THRESH_REQUEST_TERMINATE;
  return atomic_exchange(&checkpoint_requested, false) ? THRESH_REQUEST_CHECKPOINT
                                                       : THRESH_REQUEST_NONE;
}

bool thresh_signals_terminated(void) { return atomic_load(&end_requested); }
