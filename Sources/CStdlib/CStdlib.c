// SPDX-License-Identifier: Apache-2.0
#include "CStdlib.h"

#include <string.h>

// scripts/embed-stdlib writes this file: the bytes of each Lua file, then the table `files`,
// which an entry of zeros ends.
#include "files.inc"

static const size_t count = sizeof files / sizeof files[0] - 1;

size_t thresh_stdlib_count(void) { return count; }

thresh_stdlib_file thresh_stdlib_at(size_t index) { return files[index < count ? index : count]; }

thresh_stdlib_file thresh_stdlib_find(const char *name) {
  size_t index = 0;
  while (index < count && strcmp(files[index].name, name) != 0) index++;
  return files[index];
}
