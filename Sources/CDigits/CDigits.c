// SPDX-License-Identifier: Apache-2.0
#include "CDigits.h"

static const unsigned char digits[] = {
#embed "digits.bin"
};

const unsigned char *thresh_digits(void) { return digits; }

size_t thresh_digits_size(void) { return sizeof digits; }
