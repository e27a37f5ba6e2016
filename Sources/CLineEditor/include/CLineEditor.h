// SPDX-License-Identifier: Apache-2.0
// readline behind five functions: the only module that links it.
#pragma once

#include <stdbool.h>

/// How one line came about.
typedef enum thresh_line_status {
  THRESH_LINE_READ,
  THRESH_LINE_END,          // Ctrl-D on an empty line, or the terminal is gone
  THRESH_LINE_INTERRUPTED,  // Ctrl-C: what was typed is abandoned
} thresh_line_status;

/// Prepares the editor once, before the first line. `application` names it in ~/.inputrc.
void thresh_line_open(const char *application);

/// Reads one line from the terminal. The caller frees `*line`, which is NULL unless it was read.
/// A pasted block comes as one line with newlines in it.
thresh_line_status thresh_line_read(const char *prompt, char **line);

/// Answers what can stand at the end of `text`, the line up to the cursor: a list that ends with NULL, all of
/// it from malloc, and in `*start` the byte from which the line is replaced. NULL for nothing.
typedef char **(*thresh_line_completer)(const char *text, int *start);

/// Tab asks the completer.
void thresh_line_set_completer(thresh_line_completer completer);

/// Adds an entry, which may have several lines, to the history in memory.
void thresh_line_add_history(const char *entry);

/// Reads the history file at `path` and keeps the last `limit` entries, also in the file when it
/// has grown well beyond that. False when the file cannot be read.
bool thresh_line_load_history(const char *path, int limit);
