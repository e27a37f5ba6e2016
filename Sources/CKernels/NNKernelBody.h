// SPDX-License-Identifier: Apache-2.0
// The kernels that NNKernels.h declares. T: the type, N(name): the name for type and CPU level.

static inline long N(low)(long a, long b) { return a < b ? a : b; }
static inline long N(high)(long a, long b) { return a > b ? a : b; }

// The first s whose column x0 + s * dilation is not before the image.
static inline long N(first_inside)(long x0, long dilation) {
  return x0 >= 0 ? 0 : (-x0 + dilation - 1) / dilation;
}

// One past the last s whose column lies in an image of width w.
static inline long N(end_inside)(long x0, long dilation, long w, long s) {
  return x0 >= w ? 0 : N(low)(s, (w - 1 - x0) / dilation + 1);
}

static void N(im2col)(const thresh_window *v, const T *x, long c0, long cg, long line, long lines,
                      T *col) {
  const long patch = v->r * v->s * cg;
  for (long l = line; l < line + lines; l++) {
    const T *image = x + l / v->oh * v->h * v->w * v->c + c0;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    for (long r = 0; r < v->r; r++) {
      const long y = y0 + r * v->dilation_h;
      T *to = col + r * v->s * cg;
      if (y < 0 || y >= v->h) {
        for (long ox = 0; ox < v->ow; ox++) memset(to + ox * patch, 0, v->s * cg * sizeof(T));
        continue;
      }
      const T *from = image + y * v->w * v->c;
      const int whole = cg == v->c && v->dilation_w == 1;
      for (long ox = 0; ox < v->ow; ox++, to += patch) {
        const long x0 = ox * v->stride_w - v->pad_w;
        const long s0 = N(first_inside)(x0, v->dilation_w);
        const long s1 = N(end_inside)(x0, v->dilation_w, v->w, v->s);
        if (s0 >= s1) {
          memset(to, 0, v->s * cg * sizeof(T));
          continue;
        }
        if (s0 > 0) memset(to, 0, s0 * cg * sizeof(T));
        if (s1 < v->s) memset(to + s1 * cg, 0, (v->s - s1) * cg * sizeof(T));
        if (whole) {
          memcpy(to + s0 * cg, from + (x0 + s0) * cg, (s1 - s0) * cg * sizeof(T));
        } else {
          for (long s = s0; s < s1; s++)
            memcpy(to + s * cg, from + (x0 + s * v->dilation_w) * v->c, cg * sizeof(T));
        }
      }
    }
    col += v->ow * patch;
  }
}

static void N(col2im)(const thresh_window *v, T *x, long c0, long cg, long line, long lines,
                      const T *col) {
  const long patch = v->r * v->s * cg;
  for (long l = line; l < line + lines; l++) {
    T *image = x + l / v->oh * v->h * v->w * v->c + c0;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    for (long ox = 0; ox < v->ow; ox++, col += patch) {
      const long x0 = ox * v->stride_w - v->pad_w;
      for (long r = 0; r < v->r; r++) {
        const long y = y0 + r * v->dilation_h;
        if (y < 0 || y >= v->h) continue;
        for (long s = 0; s < v->s; s++) {
          const long column = x0 + s * v->dilation_w;
          if (column < 0 || column >= v->w) continue;
          T *restrict to = image + (y * v->w + column) * v->c;
          const T *restrict from = col + (r * v->s + s) * cg;
          for (long c = 0; c < cg; c++) to[c] += from[c];
        }
      }
    }
  }
}

static void N(fill_rows)(T *y, long rows, long c, long ld, const T *b) {
  for (long i = 0; i < rows; i++) memcpy(y + i * ld, b, c * sizeof(T));
}

static void N(column_sums)(const T *x, long rows, long c, double *restrict sum) {
  for (long i = 0; i < rows; i++, x += c) {
    const T *restrict row = x;
    for (long j = 0; j < c; j++) sum[j] += (double)row[j];
  }
}

static void N(layer_norm)(const T *x, long rows, long c, double eps, const T *w, const T *b,
                          T *mean, T *rstd, T *y) {
  for (long i = 0; i < rows; i++, x += c, y += c) {
    double m = 0, q = 0;
    {
#pragma clang fp reassociate(on)
      for (long j = 0; j < c; j++) m += (double)x[j];
      m /= (double)c;
      for (long j = 0; j < c; j++) q += ((double)x[j] - m) * ((double)x[j] - m);
    }
    const double s = 1 / sqrt(q / (double)c + eps);
    mean[i] = (T)m;
    rstd[i] = (T)s;
    for (long j = 0; j < c; j++) {
      const T n = (T)(((double)x[j] - m) * s);
      y[j] = (w ? n * w[j] : n) + (b ? b[j] : 0);
    }
  }
}

static void N(layer_norm_back)(const T *x, const T *dy, long rows, long c, const T *w,
                               const T *mean, const T *rstd, T *dx, double *dw, double *db) {
  for (long i = 0; i < rows; i++, x += c, dy += c, dx += c) {
    const double m = (double)mean[i], s = (double)rstd[i];
    double sum = 0, product = 0;
    for (long j = 0; j < c; j++) {
      const double g = (double)dy[j], n = ((double)x[j] - m) * s;
      const double gw = w ? g * (double)w[j] : g;
      sum += gw;
      product += gw * n;
      if (dw) dw[j] += g * n;
      if (db) db[j] += g;
    }
    sum /= (double)c;
    product /= (double)c;
    for (long j = 0; j < c; j++) {
      const double n = ((double)x[j] - m) * s;
      const double gw = w ? (double)dy[j] * (double)w[j] : (double)dy[j];
      dx[j] = (T)(s * (gw - sum - n * product));
    }
  }
}

// Pixels of the window at (y0, x0) that count towards an average.
static inline T N(window_size)(const thresh_window *v, int include_pad, long y0, long x0) {
  if (include_pad) return (T)(v->r * v->s);
  const long rows = N(low)(y0 + v->r, v->h) - N(high)(y0, 0);
  const long columns = N(low)(x0 + v->s, v->w) - N(high)(x0, 0);
  return (T)(rows * columns);
}

static void N(avg_pool)(const thresh_window *v, int include_pad, const T *x, long line, long lines,
                        T *y) {
  const long c = v->c;
  y += line * v->ow * c;
  for (long l = line; l < line + lines; l++) {
    const T *image = x + l / v->oh * v->h * v->w * c;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    for (long ox = 0; ox < v->ow; ox++, y += c) {
      const long x0 = ox * v->stride_w - v->pad_w;
      T *restrict to = y;
      memset(to, 0, c * sizeof(T));
      for (long row = N(high)(y0, 0); row < N(low)(y0 + v->r, v->h); row++)
        for (long column = N(high)(x0, 0); column < N(low)(x0 + v->s, v->w); column++) {
          const T *restrict from = image + (row * v->w + column) * c;
          for (long i = 0; i < c; i++) to[i] += from[i];
        }
      const T count = N(window_size)(v, include_pad, y0, x0);
      for (long i = 0; i < c; i++) to[i] /= count;
    }
  }
}

static void N(avg_pool_back)(const thresh_window *v, int include_pad, const T *dy, long image,
                             long images, T *dx) {
  const long c = v->c;
  memset(dx + image * v->h * v->w * c, 0, images * v->h * v->w * c * sizeof(T));
  dy += image * v->oh * v->ow * c;
  for (long l = image * v->oh; l < (image + images) * v->oh; l++) {
    T *to_image = dx + l / v->oh * v->h * v->w * c;
    const long y0 = l % v->oh * v->stride_h - v->pad_h;
    for (long ox = 0; ox < v->ow; ox++, dy += c) {
      const long x0 = ox * v->stride_w - v->pad_w;
      const T *restrict g = dy;
      const T count = N(window_size)(v, include_pad, y0, x0);
      for (long row = N(high)(y0, 0); row < N(low)(y0 + v->r, v->h); row++)
        for (long column = N(high)(x0, 0); column < N(low)(x0 + v->s, v->w); column++) {
          T *restrict to = to_image + (row * v->w + column) * c;
          for (long i = 0; i < c; i++) to[i] += g[i] / count;
        }
    }
  }
}

static void N(adaptive_pool)(const thresh_window *v, const T *x, long image, long images, T *y) {
  const long c = v->c;
  for (long n = image; n < image + images; n++)
    for (long oy = 0; oy < v->oh; oy++)
      for (long ox = 0; ox < v->ow; ox++) {
        const long y0 = oy * v->h / v->oh, y1 = ((oy + 1) * v->h + v->oh - 1) / v->oh;
        const long x0 = ox * v->w / v->ow, x1 = ((ox + 1) * v->w + v->ow - 1) / v->ow;
        T *restrict to = y + ((n * v->oh + oy) * v->ow + ox) * c;
        memset(to, 0, c * sizeof(T));
        for (long row = y0; row < y1; row++)
          for (long column = x0; column < x1; column++) {
            const T *restrict from = x + ((n * v->h + row) * v->w + column) * c;
            for (long i = 0; i < c; i++) to[i] += from[i];
          }
        const T count = (T)((y1 - y0) * (x1 - x0));
        for (long i = 0; i < c; i++) to[i] /= count;
      }
}

static void N(adaptive_pool_back)(const thresh_window *v, const T *dy, long image, long images,
                                  T *dx) {
  const long c = v->c;
  memset(dx + image * v->h * v->w * c, 0, images * v->h * v->w * c * sizeof(T));
  for (long n = image; n < image + images; n++)
    for (long oy = 0; oy < v->oh; oy++)
      for (long ox = 0; ox < v->ow; ox++) {
        const long y0 = oy * v->h / v->oh, y1 = ((oy + 1) * v->h + v->oh - 1) / v->oh;
        const long x0 = ox * v->w / v->ow, x1 = ((ox + 1) * v->w + v->ow - 1) / v->ow;
        const T *restrict g = dy + ((n * v->oh + oy) * v->ow + ox) * c;
        const T count = (T)((y1 - y0) * (x1 - x0));
        for (long row = y0; row < y1; row++)
          for (long column = x0; column < x1; column++) {
            T *restrict to = dx + ((n * v->h + row) * v->w + column) * c;
            for (long i = 0; i < c; i++) to[i] += g[i] / count;
          }
      }
}
