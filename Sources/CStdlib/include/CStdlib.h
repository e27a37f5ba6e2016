// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>

/// One Lua file of stdlib/, carried inside the binary.
typedef struct {
  const char *name;  ///< Module name, such as "thresh.train" or "meta.tensor".
  const char *text;  ///< The file's bytes, followed by a NUL.
  size_t size;       ///< How many bytes, the NUL not counted.
} thresh_stdlib_file;

/// How many files the binary carries.
size_t thresh_stdlib_count(void);

/// File number `index`, counted from 0, in order of their names; all fields zero past the end.
thresh_stdlib_file thresh_stdlib_at(size_t index);

/// The file of the module `name`; all fields zero when there is none.
thresh_stdlib_file thresh_stdlib_find(const char *name);
