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

static thresh_line_completer completer;

// How many bytes all candidates begin with, whole characters of UTF-8.
static size_t common_length(char **candidates) {
  size_t length = strlen(candidates[0]);
  for (int i = 1; candidates[i] != NULL; i++) {
    size_t same = 0;
    while (same < length && candidates[i][same] == candidates[0][same]) same++;
    length = same;
  }
  while (length > 0 && ((unsigned char)candidates[0][length] & 0xC0) == 0x80) length--;
  return length;
}

// Writes the candidates below the line, in columns.
static void list_candidates(char **candidates, int count) {
  char **matches = calloc((size_t)count + 2, sizeof *matches);
  int widest = 0;
  if (matches == NULL) return;
  matches[0] = candidates[0];
  for (int i = 0; i < count; i++) {
    int width = (int)strlen(candidates[i]);
    matches[i + 1] = candidates[i];
    if (width > widest) widest = width;
  }
  rl_crlf();
  rl_display_match_list(matches, count, widest);
  rl_forced_update_display();
  free(matches);
}

// Tab: puts in what all candidates begin with; lists them when that is nothing more.
static int complete(int times, int key) {
  (void)times;
  if (completer == NULL) return rl_insert(1, key);
  char *before = strndup(rl_line_buffer, (size_t)rl_point);
  int start = rl_point, count = 0;
  char **candidates = before != NULL ? completer(before, &start) : NULL;
  free(before);
  if (candidates == NULL || candidates[0] == NULL || start < 0 || start > rl_point) {
    rl_ding();
  } else {
    while (candidates[count] != NULL) count++;
    size_t length = common_length(candidates), typed = (size_t)(rl_point - start);
    bool grows = length > typed || strncmp(candidates[0], rl_line_buffer + start, length) != 0;
    if (grows && length > 0) {
      char *text = strndup(candidates[0], length);
      if (text != NULL) {
        rl_begin_undo_group();
        rl_delete_text(start, rl_point);
        rl_point = start;
        rl_insert_text(text);
        rl_end_undo_group();
      }
      free(text);
    } else if (count > 1) {
      list_candidates(candidates, count);
    }
  }
  for (int i = 0; candidates != NULL && candidates[i] != NULL; i++) free(candidates[i]);
  free(candidates);
  return 0;
}

void thresh_line_set_completer(thresh_line_completer function) {
  completer = function;
  rl_bind_key('\t', complete);
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
