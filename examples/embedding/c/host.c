// SPDX-License-Identifier: Apache-2.0
// A program in C with Thresh inside. usage: host [script.lua]
#include <stdio.h>
#include <string.h>

#include "thresh.h"

static int tell(thresh *session, int status) {
  if (status == THRESH_DONE) return 0;
  const char *traceback = thresh_traceback(session);
  fprintf(stderr, "host: %s\n%s\n", thresh_error(session), traceback != NULL ? traceback : "");
  return 1;
}

int main(int argc, char **argv) {
  thresh_options options = {.sandboxed = argc < 2, .time_limit = 5, .seed = 7};
  thresh *session = thresh_open(&options);
  if (session == NULL) return 1;
  printf("Thresh %s\n", thresh_version());
  int status = 0;
  if (argc > 1) {
    status = tell(session, thresh_run_file(session, argv[1]));
  } else {
    static const char name[] = "C";
    status |= tell(session, thresh_set_number(session, "n", 3));
    status |= tell(session, thresh_set_string(session, "host", name, strlen(name)));
    status |= tell(
        session,
        thresh_run(
            session,
            "local th = require 'thresh' "
            "print('hello from ' .. host) "
            "return th.ones(n // 1 | 0, 2):sum():item()",
            "greeting"));
    if (status == 0) printf("sum %g\n", thresh_number(session, -1));
    int refused = thresh_run(session, "return io.open('x')", "stranger");
    printf("refused %d: %s\n", refused, thresh_error(session));
  }
  thresh_close(session);
  return status;
}
