// SPDX-License-Identifier: Apache-2.0
// The kernels of the bodies below, once per type and CPU level.
#include "NNKernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "Dispatch.h"

#define PASTE(a, b, c) a##_##b##_##c
#define NAMED(a, b, c) PASTE(a, b, c)
#define N(name) NAMED(name, T, LEVEL)

// FLOATS: the numbers in a vector of floats.
#define LEVEL generic
#define FLOATS 4
#include "NNLevel.h"

#if defined(__x86_64__)
#pragma clang attribute push(THRESH_AVX2, apply_to = function)
#define LEVEL avx2
#define FLOATS 8
#include "NNLevel.h"
#pragma clang attribute pop

#pragma clang attribute push(THRESH_AVX512, apply_to = function)
#define LEVEL avx512
#define FLOATS 16
#include "NNLevel.h"
#pragma clang attribute pop
#endif

#define DEFINE(T, name, parameters, arguments) \
  THRESH_DISPATCH(thresh_##name##_##T, name##_##T, parameters, arguments)
THRESH_NN_KERNELS(DEFINE, float)
THRESH_NN_KERNELS(DEFINE, double)
