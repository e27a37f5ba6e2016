// SPDX-License-Identifier: Apache-2.0
// Starting programs for the tests: what Swift cannot, because it may not fork.
#pragma once

#include <sys/types.h>

/// Starts `path` in `folder` with files as its standard streams. The process, or -1.
pid_t thresh_test_start(
    const char *path, char *const arguments[], char *const environment[], const char *folder,
    const char *input, const char *output, const char *errors);

/// Starts `path` in `folder` with a pseudo-terminal of its own, so that Ctrl-C is a signal.
/// The process, or -1; `*terminal` is the near end.
pid_t thresh_test_start_at_terminal(
    const char *path, char *const arguments[], char *const environment[], const char *folder,
    int *terminal);
