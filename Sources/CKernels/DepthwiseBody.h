// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution for one type T and CPU level: N(name), vectors of VN channels.
//
// Weights are (r, s, c). Along a line, one vector of channels at a time; the places where all of a
// 3x3 window lies inside take a path with the window in registers.

#define DW_INLINE static inline __attribute__((always_inline))
#define DW_UNROLL _Pragma("clang loop unroll(full)")
#define VEC N(Vec)

// The columns [first, last) of outputs whose window of s columns lies inside the image.
DW_INLINE void N(inner_columns)(const thresh_window *v, long *first, long *last) {
  const long reach = (v->s - 1) * v->dilation_w;
  *first = (v->pad_w + v->stride_w - 1) / v->stride_w;
  const long free = v->w - 1 - reach + v->pad_w;
  *last = free < 0 ? 0 : free / v->stride_w + 1;
  if (*first > v->ow) *first = v->ow;
  if (*last > v->ow) *last = v->ow;
  if (*last < *first) *last = *first;
}

// The sum over the window of one output pixel, of n channels.
DW_INLINE VEC N(window_sum)(const thresh_window *v, const T *image, const T *w, long y0, long x0,
                            VEC sum, long n) {
  for (long r = 0; r < v->r; r++) {
    const long row = y0 + r * v->dilation_h;
    if (row < 0 || row >= v->h) continue;
    for (long s = 0; s < v->s; s++) {
      const long column = x0 + s * v->dilation_w;
      if (column < 0 || column >= v->w) continue;
      sum += N(get)(image + (row * v->w + column) * v->c, n) * N(get)(w + (r * v->s + s) * v->c, n);
    }
  }
  return sum;
}

static void N(depthwise)(const thresh_window *v, const T *x, const T *w, const T *b, long line,
                         long lines, T *y) {
  const long c = v->c;
  long first, last;
  N(inner_columns)(v, &first, &last);
  const int nine = v->r == 3 && v->s == 3 && v->dilation_w == 1;
  for (long l = line; l < line + lines; l++) {
    const T *image = x + l / v->oh * v->h * v->w * c;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    const int rows_inside = y0 >= 0 && y0 + 2 * v->dilation_h < v->h;
    T *out = y + l * v->ow * c;
    for (long j = 0; j < c; j += VN) {
      const long n = c - j;
      const VEC start = b ? N(get)(b + j, n) : (VEC){0};
      long ox = 0;
      if (nine && rows_inside && n >= VN && first < last) {
        for (; ox < first; ox++)
          N(put)(out + ox * c + j, N(window_sum)(v, image + j, w + j, y0,
                 ox * v->stride_w - v->pad_w, start, n), n);
        VEC k[9];
        DW_UNROLL for (int i = 0; i < 9; i++) k[i] = N(get)(w + i * c + j, VN);
        const T *from = image + (y0 * v->w + first * v->stride_w - v->pad_w) * c + j;
        const long down = v->dilation_h * v->w * c, step = v->stride_w * c;
        for (; ox < last; ox++, from += step) {
          VEC sum = start, more = (VEC){0};
          DW_UNROLL for (int r = 0; r < 3; r++) {
            sum += N(get)(from + r * down, VN) * k[3 * r];
            more += N(get)(from + r * down + c, VN) * k[3 * r + 1];
            sum += N(get)(from + r * down + 2 * c, VN) * k[3 * r + 2];
          }
          N(put)(out + ox * c + j, sum + more, VN);
        }
      }
      for (; ox < v->ow; ox++)
        N(put)(out + ox * c + j, N(window_sum)(v, image + j, w + j, y0,
               ox * v->stride_w - v->pad_w, start, n), n);
    }
  }
}

// The taps of a window along one axis that reach input place `at`: their first, their step, and
// the output place of the first; the output falls by `fall` with each.
DW_INLINE void N(taps)(long at, long pad, long stride, long dilation, long taps, long *first,
                       long *step, long *from, long *fall) {
  *step = 1;
  while (*step < taps && *step * dilation % stride != 0) (*step)++;
  *fall = *step * dilation / stride;
  for (*first = 0; *first < taps && *first < *step; (*first)++)
    if ((at + pad - *first * dilation) % stride == 0) {
      *from = (at + pad - *first * dilation) / stride;
      return;
    }
  *first = taps;
}

static void N(depthwise_data)(const thresh_window *v, const T *dy, const T *w, long image,
                              long images, T *dx) {
  const long c = v->c;
  for (long l = image * v->h; l < (image + images) * v->h; l++) {
    const T *from = dy + l / v->h * v->oh * v->ow * c;
    T *to = dx + l * v->w * c;
    long r0, rs, oy0, oys;
    N(taps)(l % v->h, v->pad_h, v->stride_h, v->dilation_h, v->r, &r0, &rs, &oy0, &oys);
    for (long column = 0; column < v->w; column++) {
      long s0, ss, ox0, oxs;
      N(taps)(column, v->pad_w, v->stride_w, v->dilation_w, v->s, &s0, &ss, &ox0, &oxs);
      for (long j = 0; j < c; j += VN) {
        const long n = c - j;
        VEC sum = {0};
        for (long r = r0, oy = oy0; r < v->r; r += rs, oy -= oys) {
          if (oy < 0 || oy >= v->oh) continue;
          for (long s = s0, ox = ox0; s < v->s; s += ss, ox -= oxs) {
            if (ox < 0 || ox >= v->ow) continue;
            sum += N(get)(from + (oy * v->ow + ox) * c + j, n) *
                   N(get)(w + (r * v->s + s) * c + j, n);
          }
        }
        N(put)(to + column * c + j, sum, n);
      }
    }
  }
}

// Adds to dw what one output pixel gives to the taps inside the image.
DW_INLINE void N(window_outer)(const thresh_window *v, const T *image, long y0, long x0, VEC g,
                               long n, T *line_sum) {
  for (long r = 0; r < v->r; r++) {
    const long row = y0 + r * v->dilation_h;
    if (row < 0 || row >= v->h) continue;
    for (long s = 0; s < v->s; s++) {
      const long column = x0 + s * v->dilation_w;
      if (column < 0 || column >= v->w) continue;
      T *to = line_sum + (r * v->s + s) * v->c;
      N(put)(to, N(get)(to, n) + N(get)(image + (row * v->w + column) * v->c, n) * g, n);
    }
  }
}

static void N(depthwise_weights)(const thresh_window *v, const T *x, const T *dy, long line,
                                 long lines, T *line_sum, double *dw) {
  const long c = v->c, size = v->r * v->s * c;
  long first, last;
  N(inner_columns)(v, &first, &last);
  const int nine = v->r == 3 && v->s == 3 && v->dilation_w == 1;
  for (long l = line; l < line + lines; l++) {
    const T *image = x + l / v->oh * v->h * v->w * c;
    const T *g = dy + l * v->ow * c;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    const int rows_inside = y0 >= 0 && y0 + 2 * v->dilation_h < v->h;
    memset(line_sum, 0, size * sizeof(T));
    for (long j = 0; j < c; j += VN) {
      const long n = c - j;
      const int fast = nine && rows_inside && n >= VN;
      for (long ox = 0; ox < v->ow; ox++) {
        if (fast && ox == first && first < last) ox = last;
        if (ox >= v->ow) break;
        N(window_outer)(v, image + j, y0, ox * v->stride_w - v->pad_w, N(get)(g + ox * c + j, n), n,
                        line_sum + j);
      }
      if (!fast || first >= last) continue;
      VEC k[9];
      DW_UNROLL for (int i = 0; i < 9; i++) k[i] = (VEC){0};
      const T *from = image + (y0 * v->w + first * v->stride_w - v->pad_w) * c + j;
      const long down = v->dilation_h * v->w * c, step = v->stride_w * c;
      for (long ox = first; ox < last; ox++, from += step) {
        const VEC there = N(get)(g + ox * c + j, VN);
        DW_UNROLL for (int i = 0; i < 9; i++)
          k[i] += N(get)(from + i / 3 * down + i % 3 * c, VN) * there;
      }
      DW_UNROLL for (int i = 0; i < 9; i++) {
        T *to = line_sum + i * c + j;
        N(put)(to, N(get)(to, VN) + k[i], VN);
      }
    }
    for (long i = 0; i < size; i++) dw[i] += (double)line_sum[i];
  }
}

#undef DW_INLINE
#undef DW_UNROLL
#undef VEC
