// SPDX-License-Identifier: Apache-2.0
// The cross-entropy of rows of logits with its gradient, for one type T and CPU level. Arithmetic is
// in double, DN numbers at a time.

#define SOFTMAX_INLINE static inline __attribute__((always_inline))
#define DN (FLOATS / 2)
#define DVEC N(DoubleVec)
typedef double DVEC __attribute__((vector_size(DN * sizeof(double))));
typedef T N(Some) __attribute__((vector_size(DN * sizeof(T)), aligned(sizeof(T))));
typedef long N(LongVec) __attribute__((vector_size(DN * sizeof(double))));

// exp(x) for x <= 0 (within 2 ulp; 0 below -708), as 2^k exp(r) with |r| <= ln(2) / 2 and the Taylor
// series of exp(r) to r^13, whose next term is below 2^-57.
SOFTMAX_INLINE DVEC N(exp_down)(DVEC x) {
  const double shift = 0x1.8p52; // Leaves k in the low bits of a sum.
  const DVEC t = x * 0x1.71547652b82fep0 + shift, k = t - shift;
  // ln 2 in two parts, of which k times the first is exact.
  const DVEC r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  DVEC p = r * (1.0 / 6227020800) + 1.0 / 479001600;
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
  const N(LongVec) bits = (N(LongVec))p + ((N(LongVec))t << 52);
  const N(LongVec) live = (N(LongVec))(x >= -708), nan = (N(LongVec))(x != x);
  return (DVEC)((bits & live) | ((N(LongVec))x & nan));
}

// Numbers j to j + DN of a row of c; `beyond` behind its end.
SOFTMAX_INLINE DVEC N(widen)(const T *x, long j, long c, double beyond) {
  if (j + DN <= c) return __builtin_convertvector(*(const N(Some) *)(x + j), DVEC);
  DVEC v;
  for (long i = 0; i < DN; i++) v[i] = j + i < c ? (double)x[j + i] : beyond;
  return v;
}

static void N(softmax_loss)(
  const T *x, long rows, long c, const long *labels, const T *weights, double *room, T *losses,
  T *gradient) {
  for (long i = 0; i < rows; i++, x += c) {
    double most = (double)x[0];
    for (long j = 1; j < c; j++) most = (double)x[j] > most || x[j] != x[j] ? (double)x[j] : most;
    DVEC sums = {0};
    for (long j = 0; j < c; j += DN) {
      const DVEC e = N(exp_down)(N(widen)(x, j, c, -__builtin_inf()) - most);
      for (long l = 0; l < DN; l++) room[j + l] = e[l];
      sums += e;
    }
    double sum = 0;
    for (long l = 0; l < DN; l++) sum += sums[l];
    const long y = labels[i];
    const double weight = weights ? (double)weights[y] : 1;
    losses[i] = (T)(weight == 0 ? 0 : weight * (most + log(sum) - (double)x[y]));
    if (!gradient) continue;
    T *g = gradient + i * c;
    const double scale = weight / sum;
    for (long j = 0; j < c; j++) g[j] = (T)(room[j] * scale);
    g[y] = (T)(room[y] * scale - weight);
  }
}

#undef SOFTMAX_INLINE
#undef DVEC
#undef DN
