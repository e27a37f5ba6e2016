// SPDX-License-Identifier: Apache-2.0
// Matrix products and Winograd convolution of floats: what the convolutions of the engine are made
// of. Bodies: GemmBody.h, WinogradBody.h.
#pragma once
#include "NNKernels.h"

/// The columns of a panel at the CPU level in use. Matrices on the right of a product are read in
/// panels of that many columns: (panels, k, width), the last one padded with zeros.
long thresh_panel_width(void);

/// Floats between two of the 36 matrices (rows, width) of a Winograd workspace. Some are left free
/// where the matrices would otherwise all begin in the same set of a cache.
static inline long thresh_winograd_place(long rows, long width) {
  const long size = rows * width;
  return size % 1024 == 0 ? size + 32 : size;
}

/// A product of matrices: c (m, n) = clamp(a b + start), or c += a b.
///
/// The rows of a may come in several segments of k numbers, `segment_stride` apart: the lines that a
/// filter covers.
typedef struct {
  long m, n, k;
  long segments, segment_stride;
  const float *a;
  long lda;
  const float *start;  ///< (n), or null for zeros
  float low, high;
  float *c;
  long ldc;
  int accumulate;
} thresh_product;

#define THRESH_FLOAT_KERNELS(K)                                                                    \
  /* b (k, n), at the given strides, to panels [first, last). */                                   \
  K(pack_panels, (long k, long n, const float *b, long row, long column, long first, long last,    \
    float *panels), (k, n, b, row, column, first, last, panels))                                   \
  /* a (m, n), rows lda apart, to b (n, m), rows ldb apart. */                                     \
  K(transpose, (long m, long n, const float *a, long lda, float *b, long ldb),                     \
    (m, n, a, lda, b, ldb))                                                                        \
  /* The product p with b (segments k, n) in panels. */                                           \
  K(gemm_panels, (const thresh_product *p, const float *panels), (p, panels))                      \
  /* The product p of a^T, with a (k, m), and b (k, n), rows ldb apart; one segment. */            \
  K(gemm_transposed, (const thresh_product *p, const float *b, long ldb), (p, b, ldb))             \
  /* c channels of x (N, h, w, s->c) to v (36, room, c), from its row `row` on, for `tiles` tiles   \
     of 4x4 outputs from `first` on. */                                                            \
  K(winograd_input, (const thresh_window *s, long c, const float *x, long first, long tiles,       \
    long room, long row, float *v), (s, c, x, first, tiles, room, row, v))                         \
  /* dy (N, oh, ow, k) to m (36, room, k), from its row `row` on. */                               \
  K(winograd_gradient, (const thresh_window *s, long k, const float *dy, long first, long tiles,   \
    long room, long row, float *m), (s, k, dy, first, tiles, room, row, m))                        \
  /* Filters to a panel u (36, c1 - c0, width): `columns` output channels from `column` on, input  \
     channels [c0, c1) of w (3, 3, C, K) at the given strides; turned by 180 degrees on demand. */ \
  K(winograd_filter, (const float *w, long tap, long row, int turned, long column, long columns,   \
    long c0, long c1, float *u), (w, tap, row, turned, column, columns, c0, c1, u))                \
  /* m (36, tiles, width) = or += v u of one panel, over the input channels [c0, c1). */           \
  K(winograd_products, (long tiles, long c, long c0, long c1, long columns, const float *v,        \
    const float *u, float *m, int accumulate), (tiles, c, c0, c1, columns, v, u, m, accumulate))   \
  /* m (36, tiles, width) to `columns` channels of y (N, oh, ow, k) from `column` on, plus bias    \
     and residual, clamped. Means and sums of squares about them of those outputs go to mean and   \
     m2. Bias, residual, mean and m2 may be null. */                                               \
  K(winograd_output, (const thresh_window *s, long k, const float *m, long first, long tiles,      \
    long column, long columns, const float *bias, const float *residual, float low, float high,    \
    double *mean, double *m2, float *y),                                                           \
    (s, k, m, first, tiles, column, columns, bias, residual, low, high, mean, m2, y))              \
  /* du (36, rows, c) = or += m^T v over tiles, for `rows` output channels from k0 on. */          \
  K(winograd_outer, (long tiles, long k, long k0, long rows, long c, const float *m,               \
    const float *v, float *du, int accumulate), (tiles, k, k0, rows, c, m, v, du, accumulate))     \
  /* Rows [first, last) of du (36, rows, c) to c channels of dw (rows, 3, 3, all). */              \
  K(winograd_filter_gradient, (long rows, long first, long last, long c, long all,                 \
    const float *du, float *dw), (rows, first, last, c, all, du, dw))

#define THRESH_FLOAT_DECLARE(name, parameters, arguments) void thresh_##name parameters;
THRESH_FLOAT_KERNELS(THRESH_FLOAT_DECLARE)
