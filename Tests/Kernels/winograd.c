// SPDX-License-Identifier: Apache-2.0
// The steps of a Winograd convolution of FloatKernels.h, in the order the engine calls them, against
// the sums they stand for.
#include "check.h"

static long places(long rows, long width) {
  return 35 * thresh_winograd_place(rows, width) + rows * width;
}

// The rounding error where each of the 36 places sums up `sums` products, which the transforms of
// both sides and of the sums enlarge by `growth`: the greatest root of the sum of squares of what is
// multiplied, along both axes.
static double error_of(double growth, long sums) { return growth * rounding(sums); }
#define FORWARD 24.6
#define WEIGHTS 26.3

// y = clamp(x * w + bias + residual), with its moments, over two ranges of tiles and of channels.
static void check_forward(const thresh_window *v, long n, long k, int turned, int with, float low,
                          float high) {
  const long c = v->c, width = thresh_panel_width();
  const long all = n * ((v->oh + 3) / 4) * ((v->ow + 3) / 4);
  RANDOM(float, x, n * v->h * v->w * c);
  RANDOM(float, w, 9 * c * k);
  RANDOM(float, bias, k);
  RANDOM(float, residual, n * v->oh * v->ow * k);
  RANDOM(float, y, n * v->oh * v->ow * k);
  for (long part = 0; part < 2; part++) {
    const long first = part ? (all + 1) / 2 : 0, tiles = part ? all / 2 : (all + 1) / 2;
    if (tiles == 0) continue;
    NEW(float, input, places(tiles, c));
    // The workspace is filled in two calls.
    if (tiles > 1) thresh_winograd_input(v, c, x, first, 1, tiles, 0, input);
    const long done = tiles > 1;
    thresh_winograd_input(v, c, x, first + done, tiles - done, tiles, done, input);
    NEW(double, mean, k);
    NEW(double, m2, k);
    for (long column = 0; column < k; column += width) {
      const long columns = least(width, k - column), middle = c / 2;
      NEW(float, m, places(tiles, width));
      for (long half = 0; half < 2; half++) {
        const long c0 = half ? middle : 0, c1 = half ? c : middle;
        if (c0 == c1) continue;
        NEW(float, u, places(c1 - c0, width));
        thresh_winograd_filter(w, c * k, k, turned, column, columns, c0, c1, u);
        thresh_winograd_products(tiles, c, c0, c1, columns, input, u, m, c0 > 0);
        FREE(u);
      }
      thresh_winograd_output(v, k, m, first, tiles, column, columns, with ? bias : 0,
                             with ? residual : 0, low, high, with ? mean : 0, with ? m2 : 0, y);
      FREE(m);
    }
    // The moments of the outputs of these tiles.
    const long across = (v->ow + 3) / 4, down = (v->oh + 3) / 4;
    for (long j = 0; j < k && with; j++) {
      double sum = 0, square = 0;
      long count = 0;
      for (int pass = 0; pass < 2; pass++)
        for (long t = first; t < first + tiles; t++)
          for (long i = 0; i < 16; i++) {
            const long oy = t / across % down * 4 + i / 4, ox = t % across * 4 + i % 4;
            if (oy >= v->oh || ox >= v->ow) continue;
            const long at = ((t / (across * down) * v->oh + oy) * v->ow + ox) * k + j;
            if (pass == 0) {
              sum += (double)y[at];
              count++;
            } else {
              square += pow((double)y[at] - sum / (double)count, 2);
            }
          }
      agree("winograd_output", "mean", mean[j], sum / (double)count, error_of(FORWARD, c));
      agree("winograd_output", "m2", m2[j], square, error_of(FORWARD, c) * (double)count);
    }
    FREE(input);
    FREE(mean);
    FREE(m2);
  }
  for (long i = 0; i < y_count; i++) {
    const long j = i % k, ox = i / k % v->ow, oy = i / k / v->ow % v->oh;
    const long image = i / k / v->ow / v->oh;
    double sum = with ? (double)bias[j] + (double)residual[i] : 0;
    for (long t = 0; t < 9; t++)
      for (long l = 0; l < c; l++)
        sum += PIXEL(v, x, image, oy - v->pad_h + t / 3, ox - v->pad_w + t % 3, l) *
               (double)w[((turned ? 8 - t : t) * c + l) * k + j];
    sum = sum < (double)low ? (double)low : sum > (double)high ? (double)high : sum;
    agree("winograd_output", "y", (double)y[i], sum, error_of(FORWARD, c));
  }
  FREE(x);
  FREE(w);
  FREE(bias);
  FREE(residual);
  FREE(y);
}

// dw (k, 3, 3, c), over two ranges of tiles and of output channels.
static void check_weights(const thresh_window *v, long n, long k) {
  const long c = v->c, all = n * ((v->oh + 3) / 4) * ((v->ow + 3) / 4);
  RANDOM(float, x, n * v->h * v->w * c);
  RANDOM(float, dy, n * v->oh * v->ow * k);
  double *want = calloc((size_t)(k * 9 * c), sizeof(double));
  for (long i = 0; i < dy_count; i++) {
    const long j = i % k, ox = i / k % v->ow, oy = i / k / v->ow % v->oh;
    const long image = i / k / v->ow / v->oh;
    for (long t = 0; t < 9; t++)
      for (long l = 0; l < c; l++)
        want[(j * 9 + t) * c + l] +=
            (double)dy[i] *
            PIXEL(v, x, image, oy - v->pad_h + t / 3, ox - v->pad_w + t % 3, l);
  }
  for (long part = 0; part < 2; part++) {
    const long k0 = part ? (k + 1) / 2 : 0, rows = part ? k / 2 : (k + 1) / 2;
    if (rows == 0) continue;
    NEW(float, dw, rows * 9 * c);
    // Channels in two ranges.
    for (long range = 0; range < 2; range++) {
      const long c0 = range ? (c + 1) / 2 : 0, depth = range ? c / 2 : (c + 1) / 2;
      if (depth == 0) continue;
      NEW(float, du, places(rows, depth));
      for (long half = 0; half < 2; half++) {
        const long first = half ? (all + 1) / 2 : 0, tiles = half ? all / 2 : (all + 1) / 2;
        if (tiles == 0) continue;
        NEW(float, input, places(tiles, depth));
        NEW(float, m, places(tiles, k));
        thresh_winograd_input(v, depth, x + c0, first, tiles, tiles, 0, input);
        if (tiles > 1) thresh_winograd_gradient(v, k, dy, first, 1, tiles, 0, m);
        const long done = tiles > 1;
        thresh_winograd_gradient(v, k, dy, first + done, tiles - done, tiles, done, m);
        thresh_winograd_outer(tiles, k, k0, rows, depth, m, input, du, half);
        FREE(input);
        FREE(m);
      }
      thresh_winograd_filter_gradient(rows, 0, rows / 2, depth, c, du, dw + c0);
      thresh_winograd_filter_gradient(rows, rows / 2, rows, depth, c, du, dw + c0);
      FREE(du);
    }
    const double *part_want = want + k0 * 9 * c;
    AGREE("winograd_filter_gradient", dw, part_want, dw_count, error_of(WEIGHTS, all));
    FREE(dw);
  }
  free(want);
  FREE(x);
  FREE(dy);
}

void check_winograd(void) {
  static const long channels[] = {1, 3, 5, 7, 16, 17, 31, 33};
  static const long maps[][2] = {{1, 1}, {2, 3}, {4, 4}, {5, 9}, {10, 7}};
  const long count = sizeof channels / sizeof *channels;
  for (long i = 0; i < count; i++)
    for (size_t j = 0; j < sizeof maps / sizeof *maps; j++)
      for (long padding = 0; padding <= 2; padding++)
        for (long n = 1; n <= 2; n++) {
          thresh_window v;
          const long c = channels[i], k = channels[(i * 3 + (long)j) % count];
          if (!make_window(&v, maps[j][0], maps[j][1], c, 3, 3, 1, padding, 1)) continue;
          snprintf(case_name, sizeof case_name, "%ldx%ldx%ldx%ld -> %ld, padding %ld", n, c, v.h,
                   v.w, k, padding);
          check_forward(&v, n, k, 0, 0, -INFINITY, INFINITY);
          check_forward(&v, n, k, 0, 1, 0, 6);
          check_forward(&v, n, k, 1, 1, -INFINITY, INFINITY);
          check_weights(&v, n, k);
        }
}
