// SPDX-License-Identifier: Apache-2.0
// The kernels of NNKernels.h, for both types.
#include "check.h"

// Channels that leave every kind of rest of a vector of 2, 4, 8 and 16 numbers.
static const long channels[] = {1, 3, 5, 7, 16, 17, 31, 33};
static const long maps[][2] = {{1, 1}, {1, 4}, {2, 3}, {5, 4}, {9, 7}};
#define EACH(i, list) for (size_t i = 0; i < sizeof list / sizeof *list; i++)

#define T float
#define MOST 2e-6
#define K(name) thresh_##name##_float
#define CHECK(name) check_float_##name
#define CHECK_ALL check_float
#include "nn.h"
#undef T
#undef MOST
#undef K
#undef CHECK
#undef CHECK_ALL

#define T double
#define MOST 1e-14
#define K(name) thresh_##name##_double
#define CHECK(name) check_double_##name
#define CHECK_ALL check_double
#include "nn.h"
