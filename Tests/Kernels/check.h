// SPDX-License-Identifier: Apache-2.0
// Memory of exactly the size asked for, numbers to fill it with, and comparison with plain loops.
#pragma once
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

/// Memory that ends with its last element. In every second round it begins one element behind an
/// aligned address, as a view into a tensor may.
void *room(long count, size_t size);
void give_back(const void *p, size_t size);

/// Numbers in [-1, 1).
double number(void);

/// Counts a comparison, and reports one that differs by more than `most` from `want`.
void agree(const char *kernel, const char *of, double got, double want, double most);
/// How a report names the case in hand.
extern char case_name[256];
/// Set by the program before each round.
extern int round_number;

void check_float(void);
void check_double(void);
void check_products(void);
void check_winograd(void);

#define NEW(T, name, count)                                        \
  T *name = room(count, sizeof(T));                                \
  __attribute__((unused)) const long name##_count = (count)
#define RANDOM(T, name, count) \
  NEW(T, name, count);         \
  for (long at_ = 0; at_ < name##_count; at_++) name[at_] = (T)number()
#define FREE(name) give_back(name, sizeof *name)
#define AGREE(kernel, got, want, count, most) \
  for (long at_ = 0; at_ < (count); at_++)    \
  agree(kernel, #got, (double)(got)[at_], (double)(want)[at_], most)

/// Nine standard deviations of the rounding error of a float32 sum of `terms` products of numbers in
/// [-1, 1), in a chain of any length: errors are random steps (Higham and Mary 2019). The second part
/// is of the additions to the chain.
static inline double rounding(long terms) {
  return 9 * 0x1p-24 / 3 * ((double)terms / sqrt(6) + 3 * sqrt((double)terms));
}

static inline long least(long a, long b) { return a < b ? a : b; }
static inline long greatest(long a, long b) { return a > b ? a : b; }

/// A window over images of (h, w, c); false where it has no place in them.
static inline int make_window(thresh_window *v, long h, long w, long c, long r, long s, long stride,
                              long pad, long dilation) {
  *v = (thresh_window){h, w, c, 0, 0, r, s, stride, stride, pad, pad, dilation, dilation};
  const long down = h + 2 * pad - dilation * (r - 1) - 1;
  const long across = w + 2 * pad - dilation * (s - 1) - 1;
  if (down < 0 || across < 0) return 0;
  v->oh = down / stride + 1;
  v->ow = across / stride + 1;
  return 1;
}

/// The number at a place of an image (h, w, c), 0 outside.
#define PIXEL(v, x, image, y, column, channel)                                    \
  ((y) < 0 || (y) >= (v)->h || (column) < 0 || (column) >= (v)->w                 \
       ? 0                                                                        \
       : (double)(x)[(((image) * (v)->h + (y)) * (v)->w + (column)) * (v)->c + (channel)])
