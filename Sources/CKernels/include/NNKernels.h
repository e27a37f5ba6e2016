// SPDX-License-Identifier: Apache-2.0
// Inner loops of the image and network operations, for float and double.
//
// Images are N, H, W, C in memory. A "line" is one row of output pixels; lines are numbered through
// the batch: line = n * oh + y. Sums are accumulated in double.
#pragma once

/// A window that slides over images of (h, w, c).
typedef struct {
  long h, w, c;
  long oh, ow;
  long r, s;
  long stride_h, stride_w;
  long pad_h, pad_w;
  long dilation_h, dilation_w;
} thresh_window;

// K(type, name, parameters, arguments) for each kernel.
#define THRESH_NN_KERNELS(K, T)                                                                    \
  /* Patches of `lines` lines, channels [c0, c0 + cg): col is (lines * ow, r * s * cg). */         \
  K(T, im2col,                                                                                     \
    (const thresh_window *v, const T *x, long c0, long cg, long line, long lines, T *col),         \
    (v, x, c0, cg, line, lines, col))                                                              \
  /* Adds patches back onto the images they came from. */                                          \
  K(T, col2im,                                                                                     \
    (const thresh_window *v, T *x, long c0, long cg, long line, long lines, const T *col),         \
    (v, x, c0, cg, line, lines, col))                                                              \
  /* y[i, :] = b over rows of c numbers that are ld apart. */                                      \
  K(T, fill_rows, (T * y, long rows, long c, long ld, const T *b), (y, rows, c, ld, b))            \
  /* Depthwise convolution, weights (r, s, c). */                                                  \
  K(T, depthwise, (const thresh_window *v, const T *x, const T *w, const T *b, long line,          \
    long lines, T *y), (v, x, w, b, line, lines, y))                                               \
  K(T, depthwise_data,                                                                             \
    (const thresh_window *v, const T *dy, const T *w, long image, long images, T *dx),             \
    (v, dy, w, image, images, dx))                                                                 \
  /* Adds to dw; line_sum is room for (r, s, c). */                                                \
  K(T, depthwise_weights, (const thresh_window *v, const T *x, const T *dy, long line, long lines, \
    T *line_sum, double *dw), (v, x, dy, line, lines, line_sum, dw))                               \
  /* sum += x, over rows. */                                                                       \
  K(T, column_sums, (const T *x, long rows, long c, double *sum), (x, rows, c, sum))               \
  /* Means of the columns and sums of squares about them; rows are ld apart. */                   \
  K(T, column_moments, (const T *x, long rows, long c, long ld, double *mean, double *m2),         \
    (x, rows, c, ld, mean, m2))                                                                    \
  /* y = clamp((x - mean) scale + shift + residual), by column; residual may be null. */           \
  K(T, norm, (const T *x, long rows, long c, const T *mean, const T *scale, const T *shift,        \
    const T *residual, T low, T high, T *y),                                                       \
    (x, rows, c, mean, scale, shift, residual, low, high, y))                                      \
  /* sum += g, product += g (x - mean), where g is dy masked by the clamp of `out` (or, when       \
     null, of (x - mean) scale + shift); g goes to `masked` unless null. */                        \
  K(T, norm_sums, (const T *x, const T *out, const T *dy, long rows, long c, const T *mean,        \
    const T *scale, const T *shift, T low, T high, T *masked, double *sum, double *product),       \
    (x, out, dy, rows, c, mean, scale, shift, low, high, masked, sum, product))                    \
  /* dx = a g - b (x - mean) - d, by column. */                                                    \
  K(T, norm_back, (const T *x, const T *out, const T *dy, long rows, long c, const T *mean,        \
    const T *scale, const T *shift, T low, T high, const T *a, const T *b, const T *d, T *dx),     \
    (x, out, dy, rows, c, mean, scale, shift, low, high, a, b, d, dx))                             \
  /* y += x */                                                                                     \
  K(T, add_into, (T * y, const T *x, long n), (y, x, n))                                           \
  /* Mean and 1 / sqrt(variance + eps) of each row, and the normalised rows. */                    \
  K(T, layer_norm, (const T *x, long rows, long c, double eps, const T *w, const T *b, T *mean,    \
    T *rstd, T *y), (x, rows, c, eps, w, b, mean, rstd, y))                                        \
  /* dx, and dw += dy xhat, db += dy (unless null). */                                             \
  K(T, layer_norm_back, (const T *x, const T *dy, long rows, long c, const T *w, const T *mean,    \
    const T *rstd, T *dx, double *dw, double *db), (x, dy, rows, c, w, mean, rstd, dx, dw, db))    \
  /* Cross-entropy of rows of logits with labels: w_y (log sum exp x - x_y), and unless null its       \
     gradient, w_y (softmax(x) - [j = y]). `weights` of the classes may be null; `room` is for c        \
     numbers. */                                                                                     \
  K(T, softmax_loss, (const T *x, long rows, long c, const long *labels, const T *weights,         \
    double *room, T *losses, T *gradient),                                                         \
    (x, rows, c, labels, weights, room, losses, gradient))                                         \
  /* log sum exp of each of n columns of k rows that are stride apart. */                          \
  K(T, log_sum_exp, (const T *x, long k, long stride, long n, T *y), (x, k, stride, n, y))         \
  /* Maxima and their places (y * w + x) in each image. */                                         \
  K(T, max_pool, (const thresh_window *v, const T *x, long line, long lines, T *y, int *at),       \
    (v, x, line, lines, y, at))                                                                    \
  K(T, max_pool_back, (const thresh_window *v, const T *dy, const int *at, long image,             \
    long images, T *dx), (v, dy, at, image, images, dx))                                           \
  K(T, avg_pool, (const thresh_window *v, int include_pad, const T *x, long line, long lines,      \
    T *y), (v, include_pad, x, line, lines, y))                                                    \
  K(T, avg_pool_back, (const thresh_window *v, int include_pad, const T *dy, long image,           \
    long images, T *dx), (v, include_pad, dy, image, images, dx))                                  \
  /* Means over [floor(i h / oh), ceil((i + 1) h / oh)), and the same along w. */                  \
  K(T, adaptive_pool, (const thresh_window *v, const T *x, long image, long images, T *y),         \
    (v, x, image, images, y))                                                                      \
  K(T, adaptive_pool_back, (const thresh_window *v, const T *dy, long image, long images, T *dx),  \
    (v, dy, image, images, dx))

#define THRESH_NN_DECLARE(T, name, parameters, arguments) void thresh_##name##_##T parameters;
THRESH_NN_KERNELS(THRESH_NN_DECLARE, float)
THRESH_NN_KERNELS(THRESH_NN_DECLARE, double)
