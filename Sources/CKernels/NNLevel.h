// SPDX-License-Identifier: Apache-2.0
// All kernels of one CPU level, for both types.
#define T float
#define VN FLOATS
#include "NNKernelBody.h"
#include "NormBody.h"
#include "DepthwiseBody.h"
#undef T
#undef VN
#define T double
#define VN (FLOATS / 2)
#include "NNKernelBody.h"
#include "NormBody.h"
#include "DepthwiseBody.h"
#undef T
#undef VN
#undef LEVEL
#undef FLOATS
