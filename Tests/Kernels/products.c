// SPDX-License-Identifier: Apache-2.0
// Matrix products, panels and transposes of FloatKernels.h.
#include "check.h"

static void check_transpose(long m, long n, long more) {
  const long lda = n + more, ldb = m + more;
  RANDOM(float, a, (m - 1) * lda + n);
  RANDOM(float, b, (n - 1) * ldb + m);
  snprintf(case_name, sizeof case_name, "(%ld, %ld), rows %ld more apart", m, n, more);
  thresh_transpose(m, n, a, lda, b, ldb);
  for (long i = 0; i < m; i++)
    for (long j = 0; j < n; j++)
      agree("transpose", "b", (double)b[j * ldb + i], (double)a[i * lda + j], 0);
  FREE(a);
  FREE(b);
}

// How the numbers of a product lie and what happens to them.
typedef struct {
  long segments;
  int columns_first;  // b is stored by columns
  int start, accumulate;
  float low, high;
} form;

static void check_panels(long m, long n, long k, form f) {
  const long depth = f.segments * k, width = thresh_panel_width();
  const long panels = (n + width - 1) / width;
  // Rows of a overlap when they come in segments, as the lines under a filter do.
  const long lda = f.segments > 1 ? k : k + 2, segment_stride = k + 3, ldc = n + 1;
  RANDOM(float, a, (m - 1) * lda + (f.segments - 1) * segment_stride + k);
  RANDOM(float, b, depth * n);
  RANDOM(float, start, n);
  RANDOM(float, c, (m - 1) * ldc + n);
  NEW(float, packed, panels * depth * width);
  const long row = f.columns_first ? 1 : n, column = f.columns_first ? depth : 1;
  thresh_pack_panels(depth, n, b, row, column, 0, panels / 2, packed);
  thresh_pack_panels(depth, n, b, row, column, panels / 2, panels, packed);
  for (long i = 0; i < packed_count; i++) {
    const long j = i / (depth * width) * width + i % width, l = i / width % depth;
    agree("pack_panels", "panels", (double)packed[i],
          j < n ? (double)b[l * row + j * column] : 0, 0);
  }
  const thresh_product p = {m, n, k, f.segments, segment_stride, a, lda, f.start ? start : 0,
                            f.low, f.high, c, ldc, f.accumulate};
  double *want = calloc((size_t)(m * n), sizeof(double));
  for (long i = 0; i < m; i++)
    for (long j = 0; j < n; j++) {
      double sum = f.start ? (double)start[j] : 0;
      for (long l = 0; l < depth; l++)
        sum += (double)a[i * lda + l / k * segment_stride + l % k] *
               (double)b[l * row + j * column];
      if (f.accumulate) sum += (double)c[i * ldc + j];
      sum = sum < (double)f.low ? (double)f.low : sum > (double)f.high ? (double)f.high : sum;
      want[i * n + j] = sum;
    }
  thresh_gemm_panels(&p, packed);
  for (long i = 0; i < m * n; i++)
    agree("gemm_panels", "c", (double)c[i / n * ldc + i % n], want[i],
          rounding(depth) + 1e-6);
  free(want);
  FREE(a);
  FREE(b);
  FREE(start);
  FREE(c);
  FREE(packed);
}

static void check_transposed(long m, long n, long k, int accumulate) {
  const long lda = m + 1, ldb = n + 2, ldc = n;
  RANDOM(float, a, (k - 1) * lda + m);
  RANDOM(float, b, (k - 1) * ldb + n);
  RANDOM(float, c, m * n);
  double *want = calloc((size_t)(m * n), sizeof(double));
  for (long i = 0; i < m; i++)
    for (long j = 0; j < n; j++) {
      double sum = accumulate ? (double)c[i * ldc + j] : 0;
      for (long l = 0; l < k; l++) sum += (double)a[l * lda + i] * (double)b[l * ldb + j];
      want[i * n + j] = sum;
    }
  const thresh_product p = {.m = m, .n = n, .k = k, .segments = 1, .a = a, .lda = lda,
                            .low = -INFINITY, .high = INFINITY, .c = c, .ldc = ldc,
                            .accumulate = accumulate};
  thresh_gemm_transposed(&p, b, ldb);
  AGREE("gemm_transposed", c, want, m * n, rounding(k) + 1e-6);
  free(want);
  FREE(a);
  FREE(b);
  FREE(c);
}

void check_products(void) {
  for (long m = 1; m <= 35; m++)
    for (long n = 1; n <= 35; n++) check_transpose(m, n, m * n % 3);
  static const long columns[] = {1, 3, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 47, 65};
  // 769 and more are summed in parts.
  static const long depths[] = {1, 2, 5, 17, 64, 769, 1030};
  const form forms[] = {
      {1, 0, 0, 0, -INFINITY, INFINITY}, {1, 1, 1, 0, 0, INFINITY}, {1, 0, 1, 1, -1, 2},
      {3, 0, 1, 0, 0, 6},                {3, 1, 0, 1, -INFINITY, INFINITY}};
  for (size_t l = 0; l < sizeof depths / sizeof *depths; l++)
    for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
      // Every number of rows in a tile, and tiles of unequal size; few of the long sums.
      for (long m = 1; m <= 26; m += m > 13 ? 4 : 1) {
        if (depths[l] > 64 && (m % 7 != 1 || columns[j] % 8 != 1)) continue;
        const long k = depths[l], n = columns[j];
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
          snprintf(case_name, sizeof case_name, "(%ld, %ld) (%ld, %ld), form %zu", m, k, k, n, i);
          check_panels(m, n, k, forms[i]);
        }
        check_transposed(m, n, k, 0);
        check_transposed(m, n, k, 1);
      }
}
