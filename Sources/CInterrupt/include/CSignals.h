// SPDX-License-Identifier: Apache-2.0
// The two signals by which a scheduler talks to a batch run: USR1, save your state; TERM, save it and end.
#pragma once

#include <stdbool.h>

typedef enum {
  THRESH_REQUEST_NONE,
  THRESH_REQUEST_CHECKPOINT,
  THRESH_REQUEST_TERMINATE,
} thresh_request;

/// Whether the signals may be watched: a host says so; a library leaves them alone.
void thresh_signals_allow(bool allowed);

/// From now on USR1 and TERM are requests, until as many calls of thresh_signals_unwatch; false when the
/// host has not allowed it.
bool thresh_signals_watch(void);

/// Gives the signals back to whom they belonged before. A request to end stays.
void thresh_signals_unwatch(void);

/// What was asked for. A request to end stays; one for a checkpoint is taken by the call.
thresh_request thresh_signals_take(void);

/// Whether a request to end came; for the host's exit status.
bool thresh_signals_terminated(void);
