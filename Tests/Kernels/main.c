// SPDX-License-Identifier: Apache-2.0
// Calls every kernel on every CPU level that this machine has, with odd sizes and memory that ends
// where the numbers end, and compares with plain loops in double. scripts/test-sanitized builds it
// with the address and undefined-behaviour sanitizers.
#include "check.h"

char case_name[256];
int round_number;
static long compared, wrong;

static int shifted(void) { return round_number % 2; }

void *room(long count, size_t size) {
  char *p = malloc(((size_t)count + (size_t)shifted()) * size);
  if (!p) exit(2);
  return p + (size_t)shifted() * size;
}

void give_back(const void *p, size_t size) { free((char *)p - (size_t)shifted() * size); }

double number(void) {
  static unsigned long long state = 1;
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return (double)(state >> 40) / (1 << 23) - 1;
}

void agree(const char *kernel, const char *of, double got, double want, double most) {
  compared++;
  if (fabs(got - want) <= most || (isnan(got) && isnan(want))) return;
  wrong++;
  // A few of each kernel, so that one cannot hide the next.
  static const char *last;
  static int shown;
  if (!last || strcmp(last, kernel) != 0) shown = 0;
  last = kernel;
  if (shown++ < 5)
    printf("%s: %s %s: %s is %.9g, should be %.9g\n", thresh_level_name(), kernel, case_name, of,
           got, want);
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  const int best = thresh_level;
  for (thresh_level = thresh_generic; thresh_level <= best; thresh_level++)
    for (round_number = 0; round_number < 2; round_number++) {
      const long before = compared;
      check_float();
      check_double();
      check_products();
      check_winograd();
      printf("%s, %s memory: %ld numbers compared\n", thresh_level_name(),
             round_number ? "shifted" : "aligned", compared - before);
    }
  printf("%ld numbers differ\n", wrong);
  return wrong > 0;
}
