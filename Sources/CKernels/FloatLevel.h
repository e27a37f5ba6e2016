// SPDX-License-Identifier: Apache-2.0
// All kernels of one CPU level.
#define V L(Vector)
#include "GemmBody.h"
#include "WinogradBody.h"
#undef V
#undef LEVEL
#undef VL
#undef MR
#undef NR
