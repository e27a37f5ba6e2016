// SPDX-License-Identifier: Apache-2.0
// The kernels of NNKernelBody.h, once per type and CPU level, and the choice between them.
#include "NNKernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PASTE(a, b, c) a##_##b##_##c
#define NAMED(a, b, c) PASTE(a, b, c)
#define N(name) NAMED(name, T, LEVEL)

#define LEVEL generic
#define T float
#include "NNKernelBody.h"
#undef T
#define T double
#include "NNKernelBody.h"
#undef T
#undef LEVEL

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL avx2
#define T float
#include "NNKernelBody.h"
#undef T
#define T double
#include "NNKernelBody.h"
#undef T
#undef LEVEL
#pragma clang attribute pop

static int uses_avx2;

__attribute__((constructor)) static void choose(void) {
  const char *pinned = getenv("THRESH_CPU");
  if (pinned && strcmp(pinned, "generic") == 0) return;
  __builtin_cpu_init();
  uses_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

int thresh_uses_avx2(void) { return uses_avx2; }

#define DEFINE(T, name, parameters, arguments) \
  void thresh_##name##_##T parameters {        \
    if (uses_avx2)                             \
      name##_##T##_avx2 arguments;             \
    else                                       \
      name##_##T##_generic arguments;          \
  }
#else
int thresh_uses_avx2(void) { return 0; }

#define DEFINE(T, name, parameters, arguments) \
  void thresh_##name##_##T parameters { name##_##T##_generic arguments; }
#endif

THRESH_NN_KERNELS(DEFINE, float)
THRESH_NN_KERNELS(DEFINE, double)
