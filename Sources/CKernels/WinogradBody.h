// SPDX-License-Identifier: Apache-2.0
// Winograd convolution F(4x4, 3x3) of floats for one CPU level (Lavin and Gray 2016).
//
// Points 0, +-5/8, +-3/2 and infinity: half the rounding error of the usual 0, +-1, +-2, and the
// pairs keep the transforms cheap. A tile is 4x4 outputs, read from 6x6 inputs; `p` counts the 36
// transformed places. Layouts: inputs v (36, tiles, C), filters u (panels, 36, C, NR), products m
// (36, tiles, NR), the 36 places thresh_winograd_place apart.

#define P0 0.625f             // a
#define P1 1.5f               // b
#define P00 (P0 * P0)         // a^2
#define P11 (P1 * P1)         // b^2
#define PSUM (P00 + P11)      // a^2 + b^2
#define PMUL (P00 * P11)      // a^2 b^2

// The input transform B^T d of six numbers.
INLINE void L(input6)(const V d[6], V v[6]) {
  const V even0 = d[4] - P11 * d[2], odd0 = d[3] - P11 * d[1];
  const V even1 = d[4] - P00 * d[2], odd1 = d[3] - P00 * d[1];
  v[0] = (d[4] - PSUM * d[2]) + PMUL * d[0];
  v[1] = even0 + P0 * odd0;
  v[2] = even0 - P0 * odd0;
  v[3] = even1 + P1 * odd1;
  v[4] = even1 - P1 * odd1;
  v[5] = (d[5] - PSUM * d[3]) + PMUL * d[1];
}

// The output transform A^T m of six numbers to four.
INLINE void L(output6)(const V m[6], V y[4]) {
  const V sum0 = m[1] + m[2], difference0 = m[1] - m[2];
  const V sum1 = m[3] + m[4], difference1 = m[3] - m[4];
  y[0] = m[0] + sum0 + sum1;
  y[1] = P0 * difference0 + P1 * difference1;
  y[2] = P00 * sum0 + P11 * sum1;
  y[3] = (P0 * P00 * difference0 + P1 * P11 * difference1) + m[5];
}

// The transform A y of four output gradients to six.
INLINE void L(gradient4)(const V y[4], V m[6]) {
  const V even0 = y[0] + P00 * y[2], odd0 = P0 * y[1] + P0 * P00 * y[3];
  const V even1 = y[0] + P11 * y[2], odd1 = P1 * y[1] + P1 * P11 * y[3];
  m[0] = y[0];
  m[1] = even0 + odd0;
  m[2] = even0 - odd0;
  m[3] = even1 + odd1;
  m[4] = even1 - odd1;
  m[5] = y[3];
}

#define F0 (1 / PMUL)
#define F1 (1 / (2 * P00 * (P00 - P11)))
#define F2 (1 / (2 * P11 * (P11 - P00)))

// The filter transform G g of three numbers to six.
INLINE void L(filter3)(const V g[3], V u[6]) {
  const V even0 = F1 * g[0] + F1 * P00 * g[2], odd0 = F1 * P0 * g[1];
  const V even1 = F2 * g[0] + F2 * P11 * g[2], odd1 = F2 * P1 * g[1];
  u[0] = F0 * g[0];
  u[1] = even0 + odd0;
  u[2] = even0 - odd0;
  u[3] = even1 + odd1;
  u[4] = even1 - odd1;
  u[5] = g[2];
}

// Its transpose G^T u of six numbers to three.
INLINE void L(filter6)(const V u[6], V g[3]) {
  const V sum0 = u[1] + u[2], difference0 = u[1] - u[2];
  const V sum1 = u[3] + u[4], difference1 = u[3] - u[4];
  g[0] = F0 * u[0] + F1 * sum0 + F2 * sum1;
  g[1] = F1 * P0 * difference0 + F2 * P1 * difference1;
  g[2] = (F1 * P00 * sum0 + F2 * P11 * sum1) + u[5];
}

// n channels of a 6x6 patch, rows and pixels at the given strides, to 36 places that are `place`
// apart. Of a patch on the border, the bits of `rows` and `columns` say which of them exist.
INLINE void L(input_vector)(const int border, const float *x, long row, long pixel, int rows,
                            int columns, float *v, long place, long n) {
  static const float zeros[VL];
  V t[6][6];
  UNROLL for (int j = 0; j < 6; j++) {
    V d[6], c[6];
    UNROLL for (int i = 0; i < 6; i++) {
      const float *from = x + i * row + j * pixel;
      // A choice of addresses, where a branch would be taken at random.
      if (border) from = rows >> i & columns >> j & 1 ? from : zeros;
      d[i] = border ? L(load_some)(from, n) : L(load)(from);
    }
    L(input6)(d, c);
    UNROLL for (int i = 0; i < 6; i++) t[i][j] = c[i];
  }
  UNROLL for (int i = 0; i < 6; i++) {
    V c[6];
    L(input6)(t[i], c);
    UNROLL for (int j = 0; j < 6; j++) L(store_some)(v + (i * 6 + j) * place, c[j], n);
  }
}

// The tile's place: its image, and the input row and column of its first pixel (may lie outside).
INLINE void L(locate)(const thresh_window *s, long tile, long *image, long *row, long *column) {
  const long across = (s->ow + 3) / 4, down = (s->oh + 3) / 4;
  *image = tile / (across * down);
  *row = tile / across % down * 4;
  *column = tile % across * 4;
}

// c channels of x (N, h, w, s->c) -> v (36, room, c), from its row `row` on, for `tiles` tiles from
// `first` on.
static void L(winograd_input)(const thresh_window *s, long c, const float *x, long first,
                              long tiles, long room, long row, float *v) {
  const long place = thresh_winograd_place(room, c);
  v += row * c;
  for (long t = 0; t < tiles; t++) {
    long image, top, left;
    L(locate)(s, first + t, &image, &top, &left);
    top -= s->pad_h;
    left -= s->pad_w;
    const float *from = x + ((image * s->h + top) * s->w + left) * s->c;
    int rows = 0, columns = 0;
    for (int i = 0; i < 6; i++) {
      rows |= (top + i >= 0 && top + i < s->h) << i;
      columns |= (left + i >= 0 && left + i < s->w) << i;
    }
    const long line = s->w * s->c;
    float *to = v + t * c;
    long i = 0;
    if (rows == 63 && columns == 63) {
      for (; i + VL <= c; i += VL)
        L(input_vector)(0, from + i, line, s->c, rows, columns, to + i, place, VL);
    } else {
      for (; i + VL <= c; i += VL)
        L(input_vector)(1, from + i, line, s->c, rows, columns, to + i, place, VL);
    }
    if (i < c) L(input_vector)(1, from + i, line, s->c, rows, columns, to + i, place, c - i);
  }
}

// dy (N, oh, ow, k) -> m (36, room, k), from its row `row` on: A dy A^T.
static void L(winograd_gradient)(const thresh_window *s, long k, const float *dy, long first,
                                 long tiles, long room, long row, float *m) {
  const long place = thresh_winograd_place(room, k);
  m += row * k;
  for (long t = 0; t < tiles; t++) {
    long image, top, left;
    L(locate)(s, first + t, &image, &top, &left);
    const float *from = dy + ((image * s->oh + top) * s->ow + left) * k;
    const long rows = s->oh - top, columns = s->ow - left;
    for (long i = 0; i < k; i += VL) {
      V u[6][4];
      UNROLL for (int q = 0; q < 4; q++) {
        V y[4], a[6];
        UNROLL for (int r = 0; r < 4; r++)
          y[r] = r < rows && q < columns ? L(load_some)(from + (r * s->ow + q) * k + i, k - i)
                                         : (V){0};
        L(gradient4)(y, a);
        UNROLL for (int r = 0; r < 6; r++) u[r][q] = a[r];
      }
      UNROLL for (int r = 0; r < 6; r++) {
        V a[6];
        L(gradient4)(u[r], a);
        UNROLL for (int q = 0; q < 6; q++)
          L(store_some)(m + (r * 6 + q) * place + t * k + i, a[q], k - i);
      }
    }
  }
}

// m (36, tiles, NR), `columns` of it in use -> y (N, oh, ow, k) at channels from `column` on, plus
// bias and residual where given, clamped; with the means of those outputs and the sums of squares
// about them, unless null.
static void L(winograd_output)(const thresh_window *s, long k, const float *m, long first,
                               long tiles, long column, long columns, const float *bias,
                               const float *residual, float low, float high, double *mean,
                               double *m2, float *y) {
  const V least = L(all)(low), most = L(all)(high);
  const long place = thresh_winograd_place(tiles, NR);
  for (long i = 0; i < columns; i += VL) {
    const long n = columns - i;
    const V add = bias ? L(load_some)(bias + column + i, n) : (V){0};
    // Sums are taken about the first output, so that a mean far from 0 costs no digits.
    V about = {0}, sum = {0}, square = {0};
    long count = 0;
    for (long t = 0; t < tiles; t++) {
      long image, top, left;
      L(locate)(s, first + t, &image, &top, &left);
      const float *from = m + t * NR + i;
      const long at = ((image * s->oh + top) * s->ow + left) * k + column + i;
      const long rows = s->oh - top < 4 ? s->oh - top : 4;
      const long across = s->ow - left < 4 ? s->ow - left : 4;
      V u[4][6];
      UNROLL for (int q = 0; q < 6; q++) {
        V a[6], b[4];
        UNROLL for (int r = 0; r < 6; r++) a[r] = L(load)(from + (r * 6 + q) * place);
        L(output6)(a, b);
        UNROLL for (int r = 0; r < 4; r++) u[r][q] = b[r];
      }
      V out[4][4];
      UNROLL for (int r = 0; r < 4; r++) {
        L(output6)(u[r], out[r]);
        UNROLL for (int q = 0; q < 4; q++) {
          if (r >= rows || q >= across) continue;
          const long pixel = at + (r * s->ow + q) * k;
          out[r][q] += add;
          if (residual) out[r][q] += L(load_some)(residual + pixel, n);
          out[r][q] = L(clamp)(out[r][q], least, most);
          L(store_some)(y + pixel, out[r][q], n);
        }
      }
      if (!mean) continue;
      if (t == 0) about = out[0][0];
      count += rows * across;
      V part = {0}, square_part = {0};
      UNROLL for (int r = 0; r < 4; r++) UNROLL for (int q = 0; q < 4; q++)
        if (r < rows && q < across) {
          const V off = out[r][q] - about;
          part += off;
          square_part += off * off;
        }
      sum += part;
      square += square_part;
    }
    if (!mean) continue;
    for (long j = 0; j < VL && j < n; j++) {
      const double off = (double)sum[j] / (double)count;
      mean[column + i + j] = (double)about[j] + off;
      m2[column + i + j] = (double)square[j] - (double)sum[j] * off;
    }
  }
}

// A panel of filters: `columns` output channels from `column` on, input channels [c0, c1).
// w (9, C, K) at the given strides -> u (36, c1 - c0, NR); turned by 180 degrees when `turned`.
static void L(winograd_filter)(const float *w, long tap, long row, int turned, long column,
                               long columns, long c0, long c1, float *u) {
  const long place = thresh_winograd_place(c1 - c0, NR);
  for (long c = c0; c < c1; c++, u += NR) {
    const float *from = w + c * row + column;
    UNROLL for (long i = 0; i < NR; i += VL) {
      V t[6][3];
      UNROLL for (int q = 0; q < 3; q++) {
        V g[3], a[6];
        UNROLL for (int r = 0; r < 3; r++) {
          const int at = turned ? 8 - (r * 3 + q) : r * 3 + q;
          g[r] = i < columns ? L(load_some)(from + at * tap + i, columns - i) : (V){0};
        }
        L(filter3)(g, a);
        UNROLL for (int r = 0; r < 6; r++) t[r][q] = a[r];
      }
      UNROLL for (int r = 0; r < 6; r++) {
        V a[6];
        L(filter3)(t[r], a);
        UNROLL for (int q = 0; q < 6; q++) L(store)(u + (r * 6 + q) * place + i, a[q]);
      }
    }
  }
}

// m (36, tiles, NR) = or += v u, for one panel and the input channels [c0, c1) of v (36, tiles, c).
static void L(winograd_products)(long tiles, long c, long c0, long c1, long columns, const float *v,
                                 const float *u, float *m, int accumulate) {
  const long n = columns > VL ? NR : VL;
  const long v_place = thresh_winograd_place(tiles, c), m_place = thresh_winograd_place(tiles, NR);
  const long u_place = thresh_winograd_place(c1 - c0, NR);
  for (long p = 0; p < 36; p++) {
    const thresh_product product = {
        .m = tiles, .n = n, .k = c1 - c0, .segments = 1, .a = v + p * v_place + c0, .lda = c,
        .low = -INFINITY, .high = INFINITY, .c = m + p * m_place, .ldc = NR,
        .accumulate = accumulate};
    L(panel)(&product, 0, 0, n, u + p * u_place, NR);
  }
}

// du (36, rows, c) = or += m^T v over tiles, for `rows` output channels from k0 on.
static void L(winograd_outer)(long tiles, long k, long k0, long rows, long c, const float *m,
                              const float *v, float *du, int accumulate) {
  const long m_place = thresh_winograd_place(tiles, k), v_place = thresh_winograd_place(tiles, c);
  const long u_place = thresh_winograd_place(rows, c);
  for (long p = 0; p < 36; p++) {
    const thresh_product product = {
        .m = rows, .n = c, .k = tiles, .segments = 1, .a = m + p * m_place + k0, .lda = k,
        .low = -INFINITY, .high = INFINITY, .c = du + p * u_place, .ldc = c,
        .accumulate = accumulate};
    L(gemm_transposed)(&product, v + p * v_place, c);
  }
}

// Rows [first, last) of du (36, rows, c) -> c channels of dw (rows, 3, 3, all): G^T du G.
static void L(winograd_filter_gradient)(long rows, long first, long last, long c, long all,
                                        const float *du, float *dw) {
  const long place = thresh_winograd_place(rows, c);
  for (long k = first; k < last; k++)
    for (long i = 0; i < c; i += VL) {
      V t[3][6];
      UNROLL for (int q = 0; q < 6; q++) {
        V a[6], g[3];
        UNROLL for (int r = 0; r < 6; r++)
          a[r] = L(load_some)(du + (r * 6 + q) * place + k * c + i, c - i);
        L(filter6)(a, g);
        UNROLL for (int r = 0; r < 3; r++) t[r][q] = g[r];
      }
      UNROLL for (int r = 0; r < 3; r++) {
        V g[3];
        L(filter6)(t[r], g);
        UNROLL for (int q = 0; q < 3; q++)
          L(store_some)(dw + (k * 9 + r * 3 + q) * all + i, g[q], c - i);
      }
    }
}

#undef P0
#undef P1
#undef P00
#undef P11
#undef PSUM
#undef PMUL
#undef F0
#undef F1
#undef F2
