// SPDX-License-Identifier: Apache-2.0
// A function for each kernel that calls its form for the CPU level in use.
#pragma once
#include "Level.h"

#if defined(__x86_64__)
#define THRESH_AVX2 __attribute__((target("avx2,fma")))
#define THRESH_AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))

#define THRESH_DISPATCH(function, kernel, parameters, arguments) \
  void function parameters {                                    \
    if (thresh_level == thresh_avx512)                          \
      kernel##_avx512 arguments;                                \
    else if (thresh_level == thresh_avx2)                       \
      kernel##_avx2 arguments;                                  \
    else                                                        \
      kernel##_generic arguments;                               \
  }
#else
#define THRESH_DISPATCH(function, kernel, parameters, arguments) \
  void function parameters { kernel##_generic arguments; }
#endif
