// SPDX-License-Identifier: Apache-2.0
#include "Level.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"generic", "avx2", "avx512"};

int thresh_level = thresh_generic;

const char *thresh_level_name(void) { return names[thresh_level]; }

#if defined(__x86_64__)
__attribute__((constructor)) static void choose(void) {
  int level = thresh_generic;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) level = thresh_avx2;
  if (level == thresh_avx2 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    level = thresh_avx512;
  const char *wanted = getenv("THRESH_CPU");
  for (int i = 0; wanted && i < level; i++)
    if (strcmp(wanted, names[i]) == 0) level = i;
  thresh_level = level;
}
#endif
