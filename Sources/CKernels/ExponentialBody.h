// SPDX-License-Identifier: Apache-2.0
// Sums of exponentials: their logarithm by column, and the cross-entropy of rows with its gradient, for
// one type T and CPU level. Exponentials and their sums are in double.

// exp(x) for x <= 0, within 2 units in the last place, NaN for NaN; below -708 about 3e-308. Free of
// branches, so that loops over it become vectors: 2^k exp(r) with |r| <= ln(2) / 2 and the Taylor series
// of exp(r) to r^13, whose next term is below 2^-57.
static inline double N(exp_below)(double x) {
  x = x < -708 ? -708 : x;
  const double shift = 0x1.8p52; // Leaves k in the low bits of a sum.
  const double shifted = x * 0x1.71547652b82fep0 + shift, k = shifted - shift;
  // ln 2 in two parts, of which k times the first is exact.
  const double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  double p = r * (1.0 / 6227020800) + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  unsigned long long bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

// Columns that are summed together: few enough that k rows of them stay in the cache.
#define COLUMNS 256

static void N(log_sum_exp)(const T *x, long k, long stride, long n, T *y) {
  T most[COLUMNS];
  double sum[COLUMNS];
  for (long first = 0; first < n; first += COLUMNS) {
    const long m = N(low)(COLUMNS, n - first);
    for (long i = 0; i < m; i++) most[i] = x[first + i];
    for (long c = 1; c < k; c++) {
      const T *restrict row = x + c * stride + first;
      for (long i = 0; i < m; i++) most[i] = row[i] > most[i] ? row[i] : most[i];
    }
    memset(sum, 0, sizeof sum);
    for (long c = 0; c < k; c++) {
      const T *restrict row = x + c * stride + first;
      for (long i = 0; i < m; i++) sum[i] += N(exp_below)((double)row[i] - (double)most[i]);
    }
    for (long i = 0; i < m; i++) {
      // An infinite largest element is its own answer, but not above a NaN.
      int infinite = isinf(most[i]);
      for (long c = 0; infinite && c < k; c++)
        if (isnan(x[c * stride + first + i])) infinite = 0;
      y[first + i] = infinite ? most[i] : (T)((double)most[i] + log(sum[i]));
    }
  }
}

#undef COLUMNS

static void N(softmax_loss)(
  const T *x, long rows, long c, const long *labels, const T *weights, double *room, T *losses,
  T *gradient) {
  for (long i = 0; i < rows; i++, x += c) {
    double most = (double)x[0];
    for (long j = 1; j < c; j++) most = (double)x[j] > most || x[j] != x[j] ? (double)x[j] : most;
    for (long j = 0; j < c; j++) room[j] = N(exp_below)((double)x[j] - most);
    double sums[8] = {0}, sum = 0;
    long j = 0;
    for (; j + 8 <= c; j += 8)
      for (long l = 0; l < 8; l++) sums[l] += room[j + l];
    for (; j < c; j++) sum += room[j];
    for (long l = 0; l < 8; l++) sum += sums[l];
    const long y = labels[i];
    const double weight = weights ? (double)weights[y] : 1;
    losses[i] = (T)(weight == 0 ? 0 : weight * (most + log(sum) - (double)x[y]));
    if (!gradient) continue;
    T *g = gradient + i * c;
    const double scale = weight / sum;
    for (j = 0; j < c; j++) g[j] = (T)(room[j] * scale);
    g[y] = (T)(room[y] * scale - weight);
  }
}
