// SPDX-License-Identifier: Apache-2.0
#include "CLineEditor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "CInterrupt.h"

static bool abandoned;

// Ends the line as if Return had been struck, with what was typed still to be seen.
static int abandon_line(void) {
  abandoned = true;
  rl_point = rl_end;
  rl_insert_text("^C");
  rl_redisplay();
  return '\n';
}

// Reads one key. readline's own reader does not come back on Ctrl-C. SIGINT is let in only while
// pselect waits, so that none can slip between the look at the flag and the wait.
static int read_key(FILE *input) {
  sigset_t interrupt, before;
  int key = EOF;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, &before);
  for (;;) {
    if (thresh_interrupt_take()) {
      key = abandon_line();
      break;
    }
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(fileno(input), &ready);
    if (pselect(fileno(input) + 1, &ready, NULL, NULL, NULL, &before) < 0) {
      if (errno != EINTR) break;
      rl_check_signals();
      continue;
    }
    unsigned char byte;
    ssize_t count = read(fileno(input), &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count == 1) key = byte;
    break;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return key;
}

void thresh_line_open(const char *application) {
  rl_readline_name = application;
  rl_getc_function = read_key;
  rl_catch_signals = 0;  // SIGINT is the host's; read_key sees its flag
  rl_catch_sigwinch = 1;
  history_comment_char = '#';
  history_write_timestamps = 1;
  using_history();
}

thresh_line_status thresh_line_read(const char *prompt, char **line) {
  abandoned = false;
  *line = readline(prompt);
  if (!abandoned) return *line == NULL ? THRESH_LINE_END : THRESH_LINE_READ;
  free(*line);
  *line = NULL;
  return THRESH_LINE_INTERRUPTED;
}

void thresh_line_add_history(const char *entry) { add_history(entry); }

bool thresh_line_load_history(const char *path, int limit) {
  if (read_history(path) != 0) return false;
  if (history_length > limit + limit / 4) {
    stifle_history(limit);
    write_history(path);
  }
  stifle_history(limit);
  return true;
}
