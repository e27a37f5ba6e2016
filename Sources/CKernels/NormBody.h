// SPDX-License-Identifier: Apache-2.0
// Batch normalisation with its activation in one pass, over rows of c channels, and max pooling, for
// one type T and CPU level: N(name), vectors of VN numbers.
//
// An activation is a clamp to [low, high]: (-inf, inf) for none, (0, inf) for ReLU, (0, 6) for
// ReLU6. Sums run in T over at most 64 rows, then in double.

#define NORM_INLINE static inline __attribute__((always_inline))
#define VEC N(Vec)
#define MASK N(Mask)
typedef T VEC __attribute__((vector_size(VN * sizeof(T))));
typedef T N(Unaligned) __attribute__((vector_size(VN * sizeof(T)), aligned(sizeof(T))));
typedef __typeof__((VEC){0} < (VEC){0}) MASK;

// The first n numbers at p (all VN of them when there are as many), zeros behind them.
NORM_INLINE VEC N(get)(const T *p, long n) {
  if (n >= VN) return *(const N(Unaligned) *)p;
#ifdef MASKED_LOAD
  return MASKED_LOAD((1u << n) - 1, p);
#else
  T some[VN];
  for (long i = 0; i < VN; i++) some[i] = i < n ? p[i] : 0;
  return *(const N(Unaligned) *)some;
#endif
}

NORM_INLINE void N(put)(T *p, VEC v, long n) {
  if (n >= VN) {
    *(N(Unaligned) *)p = v;
    return;
  }
#ifdef MASKED_LOAD
  MASKED_STORE(p, (1u << n) - 1, v);
#else
  for (long i = 0; i < n; i++) p[i] = v[i];
#endif
}

NORM_INLINE VEC N(select)(MASK mask, VEC yes, VEC no) {
  return (VEC)(((MASK)yes & mask) | ((MASK)no & ~mask));
}

// NaN stays.
NORM_INLINE VEC N(clamp)(VEC v, VEC low, VEC high) {
  v = N(select)(v < low, low, v);
  return N(select)(v > high, high, v);
}

// Means of the columns and sums of squares about them, of x (rows, c) with rows ld apart.
static void N(column_moments)(const T *x, long rows, long c, long ld, double *mean, double *m2) {
  for (long j = 0; j < c; j += VN) {
    const long n = c - j;
    // Sums are taken about the first row, so that a mean far from 0 costs no digits.
    const VEC first = N(get)(x + j, n);
    double sum[VN] = {0}, square[VN] = {0};
    for (long i = 0; i < rows; i += 64) {
      const long end = i + 64 < rows ? i + 64 : rows;
      VEC s0 = {0}, q0 = {0}, s1 = {0}, q1 = {0};
      long r = i;
      for (; r + 1 < end; r += 2) {
        const VEC d0 = N(get)(x + r * ld + j, n) - first;
        const VEC d1 = N(get)(x + (r + 1) * ld + j, n) - first;
        s0 += d0;
        q0 += d0 * d0;
        s1 += d1;
        q1 += d1 * d1;
      }
      if (r < end) {
        const VEC d = N(get)(x + r * ld + j, n) - first;
        s0 += d;
        q0 += d * d;
      }
      s0 += s1;
      q0 += q1;
      for (long v = 0; v < VN; v++) {
        sum[v] += (double)s0[v];
        square[v] += (double)q0[v];
      }
    }
    for (long v = 0; v < VN && v < n; v++) {
      const double off = sum[v] / (double)rows;
      mean[j + v] = (double)first[v] + off;
      m2[j + v] = square[v] - sum[v] * off;
    }
  }
}

// y = clamp((x - mean) scale + shift + residual), by column; no residual when null.
static void N(norm)(const T *x, long rows, long c, const T *mean, const T *scale, const T *shift,
                    const T *residual, T low, T high, T *y) {
  const VEC least = low - (VEC){0}, most = high - (VEC){0};
  for (long i = 0; i < rows; i++) {
    const long at = i * c;
    for (long j = 0; j < c; j += VN) {
      const long n = c - j;
      VEC v = (N(get)(x + at + j, n) - N(get)(mean + j, n)) * N(get)(scale + j, n) +
              N(get)(shift + j, n);
      if (residual) v += N(get)(residual + at + j, n);
      N(put)(y + at + j, N(clamp)(v, least, most), n);
    }
  }
}

// The gradient dy where the clamp let the value through, else 0. The value is `out` where given,
// else (x - mean) scale + shift again.
NORM_INLINE VEC N(masked)(int clamped, VEC dy, VEC x, const T *out, VEC mean, VEC scale, VEC shift,
                          VEC low, VEC high, long n) {
  if (!clamped) return dy;
  const VEC v = out ? N(get)(out, n) : (x - mean) * scale + shift;
  return N(select)((v > low) & (v < high), dy, (VEC){0});
}

// sum += g, product += g (x - mean) by column, of the masked gradient g, which goes to `masked`
// unless null.
static void N(norm_sums)(const T *x, const T *out, const T *dy, long rows, long c, const T *mean,
                         const T *scale, const T *shift, T low, T high, T *masked, double *sum,
                         double *product) {
  const VEC least = low - (VEC){0}, most = high - (VEC){0};
  const int clamped = low > (T)-INFINITY || high < (T)INFINITY;
  for (long i = 0; i < rows; i += 64) {
    const long end = i + 64 < rows ? i + 64 : rows;
    for (long j = 0; j < c; j += VN) {
      const long n = c - j;
      const VEC m = N(get)(mean + j, n), a = N(get)(scale + j, n), b = N(get)(shift + j, n);
      VEC s = {0}, p = {0};
      // 16 rows at a time: a quarter of the rounding errors in one chain, which repeat where the
      // gradient of all pixels of an image is one number (behind a mean).
      for (long r = i; r < end;) {
        const long stop = r + 16 < end ? r + 16 : end;
        VEC some = {0}, products = {0};
        for (; r < stop; r++) {
          const long at = r * c + j;
          const VEC v = N(get)(x + at, n);
          const VEC g = N(masked)(clamped, N(get)(dy + at, n), v, out ? out + at : 0, m, a, b, least,
                                  most, n);
          if (masked) N(put)(masked + at, g, n);
          some += g;
          products += g * (v - m);
        }
        s += some;
        p += products;
      }
      for (long v = 0; v < VN && v < n; v++) {
        sum[j + v] += (double)s[v];
        product[j + v] += (double)p[v];
      }
    }
  }
}

// dx = a g - b (x - mean) - d, by column, of the masked gradient g.
static void N(norm_back)(const T *x, const T *out, const T *dy, long rows, long c, const T *mean,
                         const T *scale, const T *shift, T low, T high, const T *a, const T *b,
                         const T *d, T *dx) {
  const VEC least = low - (VEC){0}, most = high - (VEC){0};
  const int clamped = low > (T)-INFINITY || high < (T)INFINITY;
  for (long i = 0; i < rows; i++) {
    const long at = i * c;
    for (long j = 0; j < c; j += VN) {
      const long n = c - j;
      const VEC v = N(get)(x + at + j, n), m = N(get)(mean + j, n);
      const VEC g = N(masked)(clamped, N(get)(dy + at + j, n), v, out ? out + at + j : 0, m,
                              N(get)(scale + j, n), N(get)(shift + j, n), least, most, n);
      N(put)(dx + at + j, N(get)(a + j, n) * g - N(get)(b + j, n) * (v - m) - N(get)(d + j, n), n);
    }
  }
}

// y += x
static void N(add_into)(T *restrict y, const T *restrict x, long n) {
  for (long i = 0; i < n; i += VN) N(put)(y + i, N(get)(y + i, n - i) + N(get)(x + i, n - i), n - i);
}

// Maxima over windows and their places (y * w + x) in each image; NaN wins, as in PyTorch.
static void N(max_pool)(const thresh_window *v, const T *x, long line, long lines, T *y, int *at) {
  typedef int Places __attribute__((vector_size(VN * sizeof(int)), aligned(sizeof(int))));
  const long c = v->c;
  for (long l = line; l < line + lines; l++) {
    const T *image = x + l / v->oh * v->h * v->w * c;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    for (long ox = 0; ox < v->ow; ox++) {
      const long x0 = ox * v->stride_w - v->pad_w, to = (l * v->ow + ox) * c;
      for (long j = 0; j < c; j += VN) {
        const long n = c - j;
        VEC most = {0};
        MASK places = {0};
        int first = 1;
        for (long r = 0; r < v->r; r++) {
          const long row = y0 + r * v->dilation_h;
          if (row < 0 || row >= v->h) continue;
          for (long s = 0; s < v->s; s++) {
            const long column = x0 + s * v->dilation_w;
            if (column < 0 || column >= v->w) continue;
            const long place = row * v->w + column;
            const VEC value = N(get)(image + place * c + j, n);
            const MASK here = (MASK){0} + (__typeof__(places[0]))place;
            const MASK more = first ? ~(MASK){0} : (value > most) | (value != value);
            most = N(select)(more, value, most);
            places = (places & ~more) | (here & more);
            first = 0;
          }
        }
        N(put)(y + to + j, most, n);
        const Places narrow = __builtin_convertvector(places, Places);
        if (n >= VN) *(Places *)(at + to + j) = narrow;
        else
          for (long i = 0; i < n; i++) at[to + j + i] = narrow[i];
      }
    }
  }
}

// dx of whole images from the places of the maxima.
static void N(max_pool_back)(const thresh_window *v, const T *dy, const int *at, long image,
                             long images, T *dx) {
  typedef int Places __attribute__((vector_size(VN * sizeof(int)), aligned(sizeof(int))));
  const long c = v->c;
  T *to = dx + image * v->h * v->w * c;
  // Windows that do not overlap and cover the image write each of its pixels once.
  const int apart = v->stride_h == v->r && v->stride_w == v->s && v->pad_h == 0 && v->pad_w == 0 &&
                    v->dilation_h == 1 && v->dilation_w == 1 && v->oh * v->r == v->h &&
                    v->ow * v->s == v->w;
  if (!apart) memset(to, 0, images * v->h * v->w * c * sizeof(T));
  for (long n = image; n < image + images; n++, to += v->h * v->w * c)
    for (long o = 0; o < v->oh * v->ow; o++) {
      const long from = (n * v->oh * v->ow + o) * c;
      if (!apart) {
        for (long j = 0; j < c; j++) to[(long)at[from + j] * c + j] += dy[from + j];
        continue;
      }
      const long corner = o / v->ow * v->r * v->w + o % v->ow * v->s;
      for (long j = 0; j < c; j += VN) {
        const long left = c - j;
        Places narrow = {0};
        if (left >= VN) narrow = *(const Places *)(at + from + j);
        else
          for (long i = 0; i < left; i++) narrow[i] = at[from + j + i];
        const MASK places = __builtin_convertvector(narrow, MASK);
        const VEC g = N(get)(dy + from + j, left);
        for (long r = 0; r < v->r; r++)
          for (long s = 0; s < v->s; s++) {
            const long place = corner + r * v->w + s;
            const MASK here = places == (MASK){0} + (__typeof__(places[0]))place;
            N(put)(to + place * c + j, N(select)(here, g, (VEC){0}), left);
          }
      }
    }
}

#undef NORM_INLINE
#undef VEC
#undef MASK
