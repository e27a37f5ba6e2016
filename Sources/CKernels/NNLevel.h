// SPDX-License-Identifier: Apache-2.0
// All kernels of one CPU level, for both types.
#define T float
#define VN FLOATS
#if FLOATS == 16
#define MASKED_LOAD _mm512_maskz_loadu_ps
#define MASKED_STORE _mm512_mask_storeu_ps
#endif
#include "NNKernelBody.h"
#include "NormBody.h"
#include "DepthwiseBody.h"
#include "ExponentialBody.h"
#undef T
#undef VN
#if FLOATS == 16
#undef MASKED_LOAD
#undef MASKED_STORE
#define MASKED_LOAD _mm512_maskz_loadu_pd
#define MASKED_STORE _mm512_mask_storeu_pd
#endif
#define T double
#define VN (FLOATS / 2)
#include "NNKernelBody.h"
#include "NormBody.h"
#include "DepthwiseBody.h"
#include "ExponentialBody.h"
#undef T
#undef VN
#undef LEVEL
#undef FLOATS
#undef MASKED_LOAD
#undef MASKED_STORE
