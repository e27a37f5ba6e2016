// SPDX-License-Identifier: Apache-2.0
// The logarithm of sums of exponentials that NNKernels.h declares.

#if VN == FLOATS
// exp(x) for x <= 0, within 2 units in the last place; what lies below the normal numbers becomes about
// 1e-38, NaN stays. Free of branches, so that loops over it become vectors. exp(n ln 2 + r) with a
// polynomial of r after Cephes' expf.
static inline float N(exp_below)(float x) {
  x = x < -87.0f ? -87.0f : x;
  // 1.5 * 2^23: a number added to it is rounded to the nearest integer, which lands in the low bits.
  const float shifted = x * 1.44269504088896341f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  unsigned bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits - 0x4B400000u + 127u) << 23;
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}
#else
static inline double N(exp_below)(double x) { return exp(x); }
#endif

// Columns that are summed together: few enough that k rows of them stay in the cache.
#define COLUMNS 256

static void N(log_sum_exp)(const T *x, long k, long stride, long n, T *y) {
  T most[COLUMNS], sum[COLUMNS];
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
      for (long i = 0; i < m; i++) sum[i] += N(exp_below)(row[i] - most[i]);
    }
    for (long i = 0; i < m; i++) {
      // An infinite largest element is its own answer, but not above a NaN.
      int infinite = isinf(most[i]);
      for (long c = 0; infinite && c < k; c++)
        if (isnan(x[c * stride + first + i])) infinite = 0;
      y[first + i] = infinite ? most[i] : most[i] + (T)log((double)sum[i]);
    }
  }
}

#undef COLUMNS
