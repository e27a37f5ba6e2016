// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>

// Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998; UCI Machine Learning
// Repository, CC BY 4.0): 1,797 images of 8 x 8, as scripts/make-digits wrote them.
//
// Layout, integers little-endian:
//   8 bytes  "THDIGIT1"
//   uint32   count N, height H, width W
//   N bytes  labels, 0..9
//   N*H*W    pixels, row by row, 0..16

/// The first byte of the data set, which lives as long as the process.
const unsigned char *thresh_digits(void);

/// How many bytes the data set has, header included.
size_t thresh_digits_size(void);
