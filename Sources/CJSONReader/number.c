// SPDX-License-Identifier: Apache-2.0
// Numbers, correctly rounded: Clinger's exact products for short ones, Eisel and Lemire's algorithm for
// up to 19 digits, the C library for the rest.
#define _GNU_SOURCE  // strtod_l
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "CJSONReader.h"

enum { least_power = -64, most_power = 64 };
static const uint64_t powers_of_five[][2] = {
#include "powers.inc"
};

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// digits * 10^power for power in least_power ... most_power: no subnormal, no overflow.
static double eisel_lemire(uint64_t digits, int power) {
  const int zeros = __builtin_clzll(digits);
  digits <<= zeros;
  const uint64_t *five = powers_of_five[power - least_power];
  unsigned __int128 product = (unsigned __int128)digits * five[0];
  uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
  const uint64_t unsure = ~(uint64_t)0 >> 55;
  if ((high & unsure) == unsure) {
    const uint64_t more = (uint64_t)(((unsigned __int128)digits * five[1]) >> 64);
    low += more;
    if (more > low) high++;
  }
  const int upper = (int)(high >> 63);
  uint64_t mantissa = high >> (upper + 9);
  int64_t exponent = (((152170 + 65536) * power) >> 16) + 63 + upper - zeros + 1023;
  // Half way between two doubles: to the even one.
  if (low <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1 &&
      mantissa << (upper + 9) == high)
    mantissa &= ~(uint64_t)1;
  mantissa += mantissa & 1;
  mantissa >>= 1;
  if (mantissa >= (uint64_t)2 << 52) {
    mantissa = (uint64_t)1 << 52;
    exponent++;
  }
  const uint64_t bits = (mantissa & ~((uint64_t)1 << 52)) | (uint64_t)exponent << 52;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static locale_t c_locale;
static void make_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

// The C library's conversion; the program's locale may have a decimal comma.
static double by_library(const char *text) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_locale);
  return c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
}

static inline int is_digit(char c) { return (unsigned char)(c - '0') < 10; }

// NaN, Infinity and -Infinity, as Python writes them.
static const char *nonfinite(const char *text, double *value, thresh_json_kind *kind) {
  *kind = THRESH_JSON_NONFINITE;
  if (strncmp(text, "NaN", 3) == 0) return *value = NAN, text + 3;
  const int negative = *text == '-';
  if (strncmp(text + negative, "Infinity", 8) != 0) return NULL;
  return *value = negative ? -INFINITY : INFINITY, text + negative + 8;
}

const char *thresh_json_number(
    const char *text, double *value, int64_t *integer, thresh_json_kind *kind) {
  const char *p = text;
  const int negative = *p == '-';
  p += negative;
  if (!is_digit(*p)) return nonfinite(text, value, kind);
  uint64_t digits = 0;
  const char *first = p;
  if (*p == '0') {
    p++;
    if (is_digit(*p)) return NULL;
    first = p;
  } else {
    do digits = digits * 10 + (uint64_t)(*p++ - '0');
    while (is_digit(*p));
  }
  int64_t count = p - first, power = 0;
  int is_whole = 1;
  if (*p == '.') {
    is_whole = 0;
    const char *point = ++p;
    if (!is_digit(*p)) return NULL;
    if (count == 0)
      while (*p == '0') p++;
    first = p;
    while (is_digit(*p)) digits = digits * 10 + (uint64_t)(*p++ - '0');
    count += p - first;
    power = point - p;
  }
  if (*p == 'e' || *p == 'E') {
    is_whole = 0;
    p++;
    const int down = *p == '-';
    if (*p == '-' || *p == '+') p++;
    if (!is_digit(*p)) return NULL;
    int64_t exponent = 0;
    while (is_digit(*p)) {
      if (exponent < 100000) exponent = exponent * 10 + (*p - '0');
      p++;
    }
    power += down ? -exponent : exponent;
  }
  double magnitude;
  if (count > 19) {
    magnitude = fabs(by_library(text));
  } else if (digits == 0) {
    magnitude = 0;
  } else if (digits < (uint64_t)1 << 53 && power >= -22 && power <= 22) {
    magnitude = (double)digits;
    magnitude = power < 0 ? magnitude / powers_of_ten[-power] : magnitude * powers_of_ten[power];
  } else if (power >= least_power && power <= most_power) {
    magnitude = eisel_lemire(digits, (int)power);
  } else {
    magnitude = fabs(by_library(text));
  }
  *value = negative ? -magnitude : magnitude;
  if (is_whole) {
    const int fits = count < 19 || (count == 19 && digits <= (uint64_t)INT64_MAX + (uint64_t)negative);
    *kind = fits ? THRESH_JSON_INTEGER : THRESH_JSON_HUGE;
    if (fits) *integer = (int64_t)(negative ? 0 - digits : digits);
  } else {
    *kind = isinf(magnitude) ? THRESH_JSON_NONFINITE : THRESH_JSON_NUMBER;
  }
  return p;
}
