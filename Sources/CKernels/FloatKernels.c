// SPDX-License-Identifier: Apache-2.0
// The kernels of FloatKernels.h, once per CPU level.
#include "FloatKernels.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "Dispatch.h"

#define PASTE(a, b) a##_##b
#define NAMED(a, b) PASTE(a, b)
#define L(name) NAMED(name, LEVEL)

// VL: floats in a vector. MR, NR: rows and columns of a tile of a product, held in registers; tiles
// of a single vector have up to MR1 = 12 rows.
#define MR1 12
#define LEVEL generic
#define VL 4
#define MR 6
#define NR 8
#include "FloatLevel.h"

#if defined(__x86_64__)
#pragma clang attribute push(THRESH_AVX2, apply_to = function)
#define LEVEL avx2
#define VL 8
#define MR 6
#define NR 16
#include "FloatLevel.h"
#pragma clang attribute pop

#pragma clang attribute push(THRESH_AVX512, apply_to = function)
#define LEVEL avx512
#define VL 16
#define MR 12
#define NR 32
#include "FloatLevel.h"
#pragma clang attribute pop
#endif

long thresh_panel_width(void) {
  return thresh_level == thresh_avx512 ? 32 : thresh_level == thresh_avx2 ? 16 : 8;
}

#define DEFINE(name, parameters, arguments) \
  THRESH_DISPATCH(thresh_##name, name, parameters, arguments)
THRESH_FLOAT_KERNELS(DEFINE)
