// SPDX-License-Identifier: Apache-2.0
// The CPU level whose kernels are in use, chosen when the program starts.
#pragma once

/// What a CPU offers: the best of these that this one has, or what the environment variable
/// THRESH_CPU names (generic, avx2 or avx512) where that is less.
enum thresh_level { thresh_generic = 0, thresh_avx2 = 1, thresh_avx512 = 2 };

extern int thresh_level;

/// Its name.
const char *thresh_level_name(void);
