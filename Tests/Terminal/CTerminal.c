// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CTerminal.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <unistd.h>

enum { CANNOT_START = 127 };

static void become(
    const char *path, char *const arguments[], char *const environment[], const char *folder) {
  // A test's thread may block signals, and a mask is inherited.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGINT, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  if (chdir(folder) == 0) execve(path, arguments, environment);
  _exit(CANNOT_START);
}

static void redirect(const char *file, int flags, int stream) {
  int descriptor = open(file, flags | O_CLOEXEC, 0600);
  if (descriptor < 0 || dup2(descriptor, stream) < 0) _exit(CANNOT_START);
}

pid_t thresh_test_start(
    const char *path, char *const arguments[], char *const environment[], const char *folder,
    const char *input, const char *output, const char *errors) {
  pid_t process = fork();
  if (process != 0) return process;
  redirect(input, O_RDONLY, STDIN_FILENO);
  redirect(output, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  redirect(errors, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  become(path, arguments, environment, folder);
  return -1;
}

pid_t thresh_test_start_at_terminal(
    const char *path, char *const arguments[], char *const environment[], const char *folder,
    int *terminal) {
  struct winsize size = {.ws_row = 24, .ws_col = 200};
  pid_t process = forkpty(terminal, NULL, NULL, &size);
  if (process != 0) {
    if (process > 0) fcntl(*terminal, F_SETFD, FD_CLOEXEC);
    return process;
  }
  become(path, arguments, environment, folder);
  return -1;
}
