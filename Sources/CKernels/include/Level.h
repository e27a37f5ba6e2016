// SPDX-License-Identifier: Apache-2.0
// The CPU level whose kernels are in use, chosen when the program starts.
#pragma once

/// What a CPU offers: the best of these that this one has, or what the environment variable
/// THRESH_CPU names (generic, avx2 or avx512) where that is less.
enum thresh_level { thresh_generic = 0, thresh_avx2 = 1, thresh_avx512 = 2 };

extern int thresh_level;

/// Its name.
const char *thresh_level_name(void);

/// Tells the CPU that a loop waits for another thread.
static inline void thresh_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
