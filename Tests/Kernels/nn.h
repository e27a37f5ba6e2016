// SPDX-License-Identifier: Apache-2.0
// The checks of one type T: K(name) is the kernel. MOST: the error of a sum of few products.

// Ranges of lines in two calls, so that both the first and a later line begin one.
#define IN_TWO(total, ...)                                     \
  for (long part = 0; part < 2; part++) {                      \
    const long from = part ? ((total) + 1) / 2 : 0;            \
    const long count = part ? (total) / 2 : ((total) + 1) / 2; \
    if (count > 0) __VA_ARGS__;                                \
  }

static void CHECK(patches)(const thresh_window *v, long n) {
  const long c = v->c, lines = n * v->oh;
  for (long cg = c; cg > 0; cg = cg > 1 ? cg / 2 : 0) {
    const long c0 = c - cg, row = v->r * v->s * cg;
    RANDOM(T, x, n * v->h * v->w * c);
    RANDOM(T, dx, n * v->h * v->w * c);
    double *want = calloc((size_t)dx_count, sizeof *want);
    for (long i = 0; i < dx_count; i++) want[i] = (double)dx[i];
    IN_TWO(lines, {
      RANDOM(T, col, count * v->ow * row);
      RANDOM(T, back, count * v->ow * row);
      K(im2col)(v, x, c0, cg, from, count, col);
      K(col2im)(v, dx, c0, cg, from, count, back);
      for (long i = 0; i < col_count; i++) {
        const long l = from + i / row / v->ow, ox = i / row % v->ow, j = i % cg;
        const long y = l % v->oh * v->stride_h - v->pad_h + i % row / cg / v->s * v->dilation_h;
        const long at = ox * v->stride_w - v->pad_w + i % row / cg % v->s * v->dilation_w;
        agree("im2col", "col", (double)col[i], PIXEL(v, x, l / v->oh, y, at, c0 + j), 0);
        if (y >= 0 && y < v->h && at >= 0 && at < v->w)
          want[((l / v->oh * v->h + y) * v->w + at) * c + c0 + j] += (double)back[i];
      }
      FREE(col);
      FREE(back);
    })
    AGREE("col2im", dx, want, dx_count, MOST * 4);
    free(want);
    FREE(x);
    FREE(dx);
  }
}

static void CHECK(depthwise)(const thresh_window *v, long n) {
  const long c = v->c, lines = n * v->oh, taps = v->r * v->s;
  RANDOM(T, x, n * v->h * v->w * c);
  RANDOM(T, w, taps * c);
  RANDOM(T, b, c);
  RANDOM(T, dy, lines * v->ow * c);
  RANDOM(T, y, lines * v->ow * c);
  RANDOM(T, plain, lines * v->ow * c);
  RANDOM(T, dx, n * v->h * v->w * c);
  NEW(T, line_sum, taps * c);
  NEW(double, dw, taps * c);
  double *want_y = calloc((size_t)y_count, sizeof(double));
  double *want_dx = calloc((size_t)dx_count, sizeof(double));
  double *want_dw = calloc((size_t)dw_count, sizeof(double));
  for (long i = 0; i < dw_count; i++) dw[i] = want_dw[i] = number();
  for (long i = 0; i < y_count; i++) {
    const long l = i / c / v->ow, ox = i / c % v->ow, j = i % c;
    for (long t = 0; t < taps; t++) {
      const long at_y = l % v->oh * v->stride_h - v->pad_h + t / v->s * v->dilation_h;
      const long at_x = ox * v->stride_w - v->pad_w + t % v->s * v->dilation_w;
      if (at_y < 0 || at_y >= v->h || at_x < 0 || at_x >= v->w) continue;
      const long at = ((l / v->oh * v->h + at_y) * v->w + at_x) * c + j;
      want_y[i] += (double)x[at] * (double)w[t * c + j];
      want_dx[at] += (double)dy[i] * (double)w[t * c + j];
      want_dw[t * c + j] += (double)dy[i] * (double)x[at];
    }
  }
  IN_TWO(lines, {
    K(depthwise)(v, x, w, b, from, count, y);
    K(depthwise)(v, x, w, 0, from, count, plain);
    K(depthwise_weights)(v, x, dy, from, count, line_sum, dw);
  })
  IN_TWO(n, K(depthwise_data)(v, dy, w, from, count, dx))
  for (long i = 0; i < y_count; i++)
    agree("depthwise", "y", (double)y[i], want_y[i] + (double)b[i % c], MOST * 8);
  AGREE("depthwise", plain, want_y, y_count, MOST * 8);
  AGREE("depthwise_data", dx, want_dx, dx_count, MOST * 8);
  AGREE("depthwise_weights", dw, want_dw, dw_count, MOST * 32);
  free(want_y);
  free(want_dx);
  free(want_dw);
  FREE(x);
  FREE(w);
  FREE(b);
  FREE(dy);
  FREE(y);
  FREE(plain);
  FREE(dx);
  FREE(line_sum);
  FREE(dw);
}

static void CHECK(max_pool)(const thresh_window *v, long n) {
  const long c = v->c, lines = n * v->oh;
  RANDOM(T, x, n * v->h * v->w * c);
  x[x_count / 2] = (T)NAN;
  RANDOM(T, y, lines * v->ow * c);
  NEW(int, at, lines * v->ow * c);
  RANDOM(T, dy, lines * v->ow * c);
  RANDOM(T, dx, n * v->h * v->w * c);
  double *want = calloc((size_t)dx_count, sizeof(double));
  IN_TWO(lines, K(max_pool)(v, x, from, count, y, at))
  for (long i = 0; i < y_count; i++) {
    const long l = i / c / v->ow, ox = i / c % v->ow, j = i % c;
    double most = -INFINITY;
    long place = -1;
    for (long t = 0; t < v->r * v->s; t++) {
      const long row = l % v->oh * v->stride_h - v->pad_h + t / v->s * v->dilation_h;
      const long column = ox * v->stride_w - v->pad_w + t % v->s * v->dilation_w;
      if (row < 0 || row >= v->h || column < 0 || column >= v->w) continue;
      const double here = PIXEL(v, x, l / v->oh, row, column, j);
      if (here > most || isnan(here)) {
        most = here;
        place = row * v->w + column;
      }
    }
    agree("max_pool", "y", (double)y[i], most, 0);
    agree("max_pool", "at", at[i], (double)place, 0);
    want[(l / v->oh * v->h * v->w + place) * c + j] += (double)dy[i];
  }
  IN_TWO(n, K(max_pool_back)(v, dy, at, from, count, dx))
  AGREE("max_pool_back", dx, want, dx_count, MOST * 8);
  free(want);
  FREE(x);
  FREE(y);
  FREE(at);
  FREE(dy);
  FREE(dx);
}

// Averages over the rows [y0, y1) and columns [x0, x1) of each output place.
static void CHECK(averages)(const thresh_window *v, long n, int adaptive, int include_pad) {
  const long c = v->c, lines = n * v->oh;
  RANDOM(T, x, n * v->h * v->w * c);
  RANDOM(T, y, lines * v->ow * c);
  RANDOM(T, dy, lines * v->ow * c);
  RANDOM(T, dx, n * v->h * v->w * c);
  double *want = calloc((size_t)dx_count, sizeof(double));
  if (adaptive) {
    IN_TWO(n, K(adaptive_pool)(v, x, from, count, y))
    IN_TWO(n, K(adaptive_pool_back)(v, dy, from, count, dx))
  } else {
    IN_TWO(lines, K(avg_pool)(v, include_pad, x, from, count, y))
    IN_TWO(n, K(avg_pool_back)(v, include_pad, dy, from, count, dx))
  }
  for (long i = 0; i < y_count; i++) {
    const long l = i / c / v->ow, oy = l % v->oh, ox = i / c % v->ow, j = i % c;
    long y0 = oy * v->stride_h - v->pad_h, x0 = ox * v->stride_w - v->pad_w;
    long y1 = y0 + v->r, x1 = x0 + v->s;
    if (adaptive) {
      y0 = oy * v->h / v->oh;
      x0 = ox * v->w / v->ow;
      y1 = ((oy + 1) * v->h + v->oh - 1) / v->oh;
      x1 = ((ox + 1) * v->w + v->ow - 1) / v->ow;
    }
    long size = include_pad ? v->r * v->s : 0;
    double sum = 0;
    for (int pass = 0; pass < 2; pass++)
      for (long row = greatest(y0, 0); row < least(y1, v->h); row++)
        for (long column = greatest(x0, 0); column < least(x1, v->w); column++) {
          const long at = ((l / v->oh * v->h + row) * v->w + column) * c + j;
          if (pass == 0) {
            sum += (double)x[at];
            size += include_pad ? 0 : 1;
          } else {
            want[at] += (double)dy[i] / (double)size;
          }
        }
    agree(adaptive ? "adaptive_pool" : "avg_pool", "y", (double)y[i], sum / (double)size, MOST * 8);
  }
  AGREE(adaptive ? "adaptive_pool_back" : "avg_pool_back", dx, want, dx_count, MOST * 16);
  free(want);
  FREE(x);
  FREE(y);
  FREE(dy);
  FREE(dx);
}

static double CHECK(clamped)(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

static void CHECK(norm)(long rows, long c, double low, double high, int with) {
  RANDOM(T, x, rows * c);
  RANDOM(T, dy, rows * c);
  RANDOM(T, other, rows * c);
  RANDOM(T, mean, c);
  RANDOM(T, scale, c);
  RANDOM(T, shift, c);
  RANDOM(T, a, c);
  RANDOM(T, b, c);
  RANDOM(T, d, c);
  RANDOM(T, y, rows * c);
  RANDOM(T, masked, rows * c);
  RANDOM(T, dx, rows * c);
  RANDOM(double, sum, c);
  RANDOM(double, product, c);
  double *want_sum = malloc(2 * (size_t)c * sizeof(double)), *want_product = want_sum + c;
  memcpy(want_sum, sum, (size_t)c * sizeof(double));
  memcpy(want_product, product, (size_t)c * sizeof(double));
  const T *residual = with ? other : 0;
  K(norm)(x, rows, c, mean, scale, shift, residual, (T)low, (T)high, y);
  const T *out = with ? y : 0;
  K(norm_sums)(x, out, dy, rows, c, mean, scale, shift, (T)low, (T)high, with ? masked : 0, sum,
               product);
  K(norm_back)(x, out, dy, rows, c, mean, scale, shift, (T)low, (T)high, a, b, d, dx);
  for (long i = 0; i < x_count; i++) {
    const long j = i % c;
    const double off = (double)x[i] - (double)mean[j];
    double want = off * (double)scale[j] + (double)shift[j] + (with ? (double)other[i] : 0);
    want = CHECK(clamped)(want, low, high);
    agree("norm", "y", (double)y[i], want, MOST * 4);
    const double g = want > low && want < high ? (double)dy[i] : 0;
    if (with) agree("norm_sums", "masked", (double)masked[i], g, 0);
    want_sum[j] += g;
    want_product[j] += g * off;
    agree("norm_back", "dx", (double)dx[i],
          (double)a[j] * g - (double)b[j] * off - (double)d[j], MOST * 4);
  }
  AGREE("norm_sums", sum, want_sum, c, MOST * (double)rows);
  AGREE("norm_sums", product, want_product, c, MOST * (double)rows);
  free(want_sum);
  FREE(x);
  FREE(dy);
  FREE(other);
  FREE(mean);
  FREE(scale);
  FREE(shift);
  FREE(a);
  FREE(b);
  FREE(d);
  FREE(y);
  FREE(masked);
  FREE(dx);
  FREE(sum);
  FREE(product);
}

static void CHECK(columns)(long rows, long c, long ld) {
  RANDOM(T, x, (rows - 1) * ld + c);
  RANDOM(T, all, rows * c);
  RANDOM(T, row, c);
  RANDOM(double, sum, c);
  NEW(double, mean, c);
  NEW(double, m2, c);
  K(column_moments)(x, rows, c, ld, mean, m2);
  for (long j = 0; j < c; j++) {
    double want_mean = 0, want_m2 = 0, want = sum[j];
    for (long i = 0; i < rows; i++) want_mean += (double)x[i * ld + j] / (double)rows;
    for (long i = 0; i < rows; i++) {
      const double off = (double)x[i * ld + j] - want_mean;
      want_m2 += off * off;
      want += (double)all[i * c + j];
    }
    agree("column_moments", "mean", mean[j], want_mean, MOST * 4);
    agree("column_moments", "m2", m2[j], want_m2, MOST * 4 * (double)rows);
    if (j == c - 1) K(column_sums)(all, rows, c, sum);
    if (j == c - 1) agree("column_sums", "sum", sum[j], want, 1e-13 * (double)rows);
  }
  K(fill_rows)(x, rows, c, ld, row);
  for (long i = 0; i < rows * c; i++)
    agree("fill_rows", "y", (double)x[i / c * ld + i % c], (double)row[i % c], 0);
  FREE(x);
  FREE(all);
  FREE(row);
  FREE(sum);
  FREE(mean);
  FREE(m2);
}

// Columns of k numbers, the first of them with an infinite number or none at all.
static void CHECK(log_sum_exp)(long k, long n) {
  const long stride = n + 3;
  RANDOM(T, x, (k - 1) * stride + n);
  NEW(T, y, n);
  for (long i = 0; i < x_count; i++) x[i] *= (T)40;
  x[0] = (T)INFINITY;
  if (n > 1) x[(k - 1) * stride + 1] = (T)NAN;
  for (long c = 0; n > 2 && c < k; c++) x[c * stride + 2] = (T)-INFINITY;
  if (n > 3) x[(k - 1) * stride + 3] = (T)-INFINITY;
  if (n > 4) x[4] = (T)INFINITY, x[(k - 1) * stride + 4] = (T)NAN;
  K(log_sum_exp)(x, k, stride, n, y);
  for (long i = 0; i < n; i++) {
    double top = -INFINITY, sum = 0;
    int nan = 0;
    for (long c = 0; c < k; c++) {
      const double v = (double)x[c * stride + i];
      nan |= isnan(v);
      top = fmax(top, v);
    }
    for (long c = 0; c < k; c++) sum += exp((double)x[c * stride + i] - top);
    const double want = isinf(top) ? top : top + log(sum), got = (double)y[i];
    if (nan || isinf(want))
      agree("log_sum_exp", "y", nan ? isnan(got) : got == want, 1, 0);
    else
      agree("log_sum_exp", "y", got, want, MOST * 4);
  }
  FREE(x);
  FREE(y);
}

static void CHECK(layer_norm)(long rows, long c, int affine) {
  RANDOM(T, x, rows * c);
  RANDOM(T, dy, rows * c);
  RANDOM(T, w, c);
  RANDOM(T, b, c);
  NEW(T, mean, rows);
  NEW(T, rstd, rows);
  NEW(T, y, rows * c);
  NEW(T, dx, rows * c);
  RANDOM(double, dw, c);
  RANDOM(double, db, c);
  double *want_dw = malloc(2 * (size_t)c * sizeof(double)), *want_db = want_dw + c;
  memcpy(want_dw, dw, (size_t)c * sizeof(double));
  memcpy(want_db, db, (size_t)c * sizeof(double));
  const double eps = 1e-2;
  K(layer_norm)(x, rows, c, eps, affine ? w : 0, affine ? b : 0, mean, rstd, y);
  K(layer_norm_back)(x, dy, rows, c, affine ? w : 0, mean, rstd, dx, affine ? dw : 0,
                     affine ? db : 0);
  for (long i = 0; i < rows; i++) {
    double m = 0, q = 0, g = 0, p = 0;
    for (long j = 0; j < c; j++) m += (double)x[i * c + j] / (double)c;
    for (long j = 0; j < c; j++) q += pow((double)x[i * c + j] - m, 2) / (double)c;
    const double s = 1 / sqrt(q + eps);
    agree("layer_norm", "mean", (double)mean[i], m, MOST);
    agree("layer_norm", "rstd", (double)rstd[i], s, MOST * 10);
    for (int pass = 0; pass < 2; pass++)
      for (long j = 0; j < c; j++) {
        const double n = ((double)x[i * c + j] - m) * s, up = (double)dy[i * c + j];
        const double gw = affine ? up * (double)w[j] : up;
        if (pass == 0) {
          const double want = affine ? n * (double)w[j] + (double)b[j] : n;
          agree("layer_norm", "y", (double)y[i * c + j], want, MOST * 4);
          g += gw / (double)c;
          p += gw * n / (double)c;
          want_dw[j] += up * n;
          want_db[j] += up;
        } else {
          agree("layer_norm_back", "dx", (double)dx[i * c + j], s * (gw - g - n * p), MOST * 40);
        }
      }
  }
  if (affine) {
    AGREE("layer_norm_back", dw, want_dw, c, MOST * 4 * (double)rows);
    AGREE("layer_norm_back", db, want_db, c, MOST * (double)rows);
  }
  free(want_dw);
  FREE(x);
  FREE(dy);
  FREE(w);
  FREE(b);
  FREE(mean);
  FREE(rstd);
  FREE(y);
  FREE(dx);
  FREE(dw);
  FREE(db);
}

static void CHECK(add_into)(long n) {
  RANDOM(T, y, n);
  RANDOM(T, x, n);
  double *want = malloc((size_t)n * sizeof(double) + 1);
  for (long i = 0; i < n; i++) want[i] = (double)(T)((double)y[i] + (double)x[i]);
  K(add_into)(y, x, n);
  AGREE("add_into", y, want, n, 0);
  free(want);
  FREE(y);
  FREE(x);
}

static void CHECK(windows)(long c, long h, long w, long n) {
  static const long shapes[][5] = {  // r, s, stride, padding, dilation
      {1, 1, 1, 0, 1}, {3, 3, 1, 1, 1}, {3, 3, 2, 1, 1}, {3, 3, 1, 0, 1}, {3, 3, 1, 2, 2},
      {3, 3, 2, 2, 2}, {5, 5, 1, 2, 1}, {2, 3, 3, 1, 1}, {2, 2, 2, 0, 1}, {1, 3, 1, 3, 1},
      {3, 1, 2, 1, 3}};
  EACH(i, shapes) {
    const long *z = shapes[i];
    thresh_window v;
    if (!make_window(&v, h, w, c, z[0], z[1], z[2], z[3], z[4])) continue;
    snprintf(case_name, sizeof case_name,
             "%ldx%ldx%ldx%ld, %ldx%ld, stride %ld, padding %ld, dilation %ld", n, c, h, w, z[0],
             z[1], z[2], z[3], z[4]);
    CHECK(patches)(&v, n);
    CHECK(depthwise)(&v, n);
    // As the pools do, padding is at most half a window, so that none lies outside.
    if (z[3] > z[0] / 2 || z[3] > z[1] / 2) continue;
    CHECK(max_pool)(&v, n);
    if (z[4] > 1) continue;
    CHECK(averages)(&v, n, 0, 0);
    CHECK(averages)(&v, n, 0, 1);
  }
  for (long size = 1; size <= 5; size++) {
    const thresh_window v = {.h = h, .w = w, .c = c, .oh = size, .ow = 6 - size};
    snprintf(case_name, sizeof case_name, "%ldx%ldx%ldx%ld to %ldx%ld", n, c, h, w, v.oh, v.ow);
    CHECK(averages)(&v, n, 1, 0);
  }
}

static void CHECK(softmax_loss)(long rows, long c, int weighted, double size) {
  RANDOM(T, x, rows * c);
  RANDOM(T, w, c);
  NEW(T, losses, rows);
  NEW(T, gradient, rows * c);
  NEW(T, alone, rows);
  NEW(double, exps, c);
  long *labels = malloc((size_t)rows * sizeof *labels);
  for (long i = 0; i < rows; i++) labels[i] = (i * 7 + c / 2) % c;
  for (long i = 0; i < x_count; i++) x[i] *= (T)size;
  K(softmax_loss)(x, rows, c, labels, weighted ? w : 0, exps, losses, gradient);
  K(softmax_loss)(x, rows, c, labels, weighted ? w : 0, exps, alone, 0);
  for (long i = 0; i < rows; i++) {
    double most = -INFINITY, sum = 0;
    for (long j = 0; j < c; j++) most = fmax(most, (double)x[i * c + j]);
    for (long j = 0; j < c; j++) sum += exp((double)x[i * c + j] - most);
    const double weight = weighted ? (double)w[labels[i]] : 1;
    const double want = weight * (most + log(sum) - (double)x[i * c + labels[i]]);
    agree("softmax_loss", "loss", (double)losses[i], want, MOST * (1 + size));
    agree("softmax_loss", "loss alone", (double)alone[i], (double)losses[i], 0);
    for (long j = 0; j < c; j++) {
      const double p = exp((double)x[i * c + j] - most) / sum;
      agree("softmax_loss", "gradient", (double)gradient[i * c + j],
            weight * (p - (j == labels[i])), MOST);
    }
  }
  free(labels);
  FREE(x);
  FREE(w);
  FREE(losses);
  FREE(gradient);
  FREE(alone);
  FREE(exps);
}

void CHECK_ALL(void) {
  EACH(i, channels) {
    const long c = channels[i];
    EACH(j, maps) for (long n = 1; n <= 2; n++) CHECK(windows)(c, maps[j][0], maps[j][1], n);
    static const long rows[] = {1, 2, 3, 63, 64, 65, 131};
    EACH(j, rows) {
      snprintf(case_name, sizeof case_name, "%ld rows of %ld", rows[j], c);
      for (int with = 0; with < 2; with++) {
        CHECK(norm)(rows[j], c, -INFINITY, INFINITY, with);
        CHECK(norm)(rows[j], c, 0, INFINITY, with);
        CHECK(norm)(rows[j], c, -0.25, 0.5, with);
        CHECK(layer_norm)(rows[j], c, with);
        CHECK(softmax_loss)(rows[j], c, with, 4);
        CHECK(softmax_loss)(rows[j], c, with, 900);
      }
      CHECK(columns)(rows[j], c, c);
      CHECK(columns)(rows[j], c, c + 3);
    }
  }
  for (long n = 0; n <= 67; n++) {
    snprintf(case_name, sizeof case_name, "%ld", n);
    CHECK(add_into)(n);
    static const long heights[] = {1, 2, 21, 81};
    EACH(i, heights) if (n > 0) CHECK(log_sum_exp)(heights[i], n * n / 8 + 1);
  }
}

#undef IN_TWO
