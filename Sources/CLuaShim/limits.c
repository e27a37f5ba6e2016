// SPDX-License-Identifier: Apache-2.0
// Time and instructions of the host's outermost call. Time is kept by a timer of the kernel's whose
// signal goes to the session's own thread: without an expiry it costs nothing. What it does then is
// what Ctrl-C does, so no pcall can swallow it.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "CInterrupt.h"
#include "shim.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { TIMED_OUT_EXIT = 124 };

static const int64_t second = 1000000000, grace = 2 * 1000000000ll, again = 500000000;

// The sessions that this thread has entered, innermost first.
static _Thread_local thresh_session *volatile entered;

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static int timer_signal;  // 0: none is free

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * second + now.tv_nsec;
}

const char *stop_text(const thresh_session *session) {
  if (session->reason == STOP_INTERRUPT) return "interrupted!";
  const char *text = session->stop_texts[session->reason - STOP_TIME];
  return text[0] != '\0' ? text : "the time limit of the session that called was reached";
}

static void end_process(const thresh_session *session) {
  static const char before[] = "thresh: ", after[] = "; nothing else stops it, so the process ends\n";
  const char *text = session->stop_texts[0];
  ssize_t written = write(STDERR_FILENO, before, sizeof before - 1);
  written += write(STDERR_FILENO, text, strlen(text));
  written += write(STDERR_FILENO, after, sizeof after - 1);
  (void)written;
  _exit(TIMED_OUT_EXIT);
}

// A session that is out of time takes those with it that its Swift functions have entered.
static void on_timer(int signal) {
  (void)signal;
  int saved = errno;
  int64_t now = nanoseconds();
  thresh_session *late = NULL;
  for (thresh_session *session = entered; session != NULL; session = session->outer) {
    if (session->deadline > 0 && now >= session->deadline) late = session;
  }
  if (late != NULL) {
    if (late->limits.ends_process && now >= late->deadline + grace) end_process(late);
    thresh_interrupt_request_here();
    for (thresh_session *session = entered; session != NULL; session = session->outer) {
      begin_stop(session, STOP_TIME);
      if (session == late) break;
    }
  }
  errno = saved;
}

// Takes a real-time signal that the program has no use for.
static void prepare(void) {
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_timer;
  sigfillset(&action.sa_mask);
  for (int candidate = SIGRTMIN + 4; candidate <= SIGRTMAX && timer_signal == 0; candidate++) {
    if (sigaction(candidate, NULL, &before) != 0 || before.sa_handler != SIG_DFL) continue;
    if (sigaction(candidate, &action, NULL) == 0) timer_signal = candidate;
  }
}

// One timer a session, for the thread that uses it.
static bool make_timer(thresh_session *session) {
  pthread_once(&prepared, prepare);
  if (timer_signal == 0) return false;
  pid_t thread = gettid();
  if (session->has_timer && session->timer_thread == thread) return true;
  free_limits(session);
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = timer_signal;
  event.sigev_notify_thread_id = thread;
  if (timer_create(CLOCK_MONOTONIC, &event, &session->timer) != 0) return false;
  session->has_timer = true;
  session->timer_thread = thread;
  sigset_t unblocked;
  sigemptyset(&unblocked);
  sigaddset(&unblocked, timer_signal);
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
  return true;
}

void free_limits(thresh_session *session) {
  if (session->has_timer) timer_delete(session->timer);
  session->has_timer = false;
}

static struct timespec timespec_of(int64_t time) {
  return (struct timespec){.tv_sec = time / second, .tv_nsec = time % second};
}

// Begins an outermost call. False when its time cannot be kept.
bool enter_limits(thresh_session *session) {
  session->instructions = 0;
  if (session->limits.seconds > 0) {
    if (entered == NULL) thresh_interrupt_take_here();
    if (!make_timer(session)) return false;
    session->deadline = nanoseconds() + (int64_t)(session->limits.seconds * (double)second);
    struct itimerspec setting = {
        .it_value = timespec_of(session->deadline), .it_interval = timespec_of(again)};
    if (timer_settime(session->timer, TIMER_ABSTIME, &setting, NULL) != 0) return false;
  }
  session->outer = entered;
  entered = session;
  return true;
}

void stop_clock(thresh_session *session) {
  if (session->deadline == 0) return;
  session->deadline = 0;
  struct itimerspec none;
  memset(&none, 0, sizeof none);
  timer_settime(session->timer, 0, &none, NULL);
}

void leave_limits(thresh_session *session) {
  stop_clock(session);
  if (entered == session) entered = session->outer;
}

static void count_instructions(lua_State *L, lua_Debug *event) {
  thresh_session *session = session_of(L);
  session->instructions += INSTRUCTION_STEP;
  if (session->instructions > session->limits.instructions) {
    begin_stop(session, STOP_INSTRUCTIONS);
  }
  if (session->interrupting) stop(L, event);
}

// The hook while nothing is being stopped: none, unless instructions are limited.
void rest_hook(lua_State *L, const thresh_session *session) {
  if (session->limits.instructions > 0) {
    lua_sethook(L, count_instructions, LUA_MASKCOUNT, INSTRUCTION_STEP);
  } else {
    lua_sethook(L, NULL, 0, 0);
  }
}

void thresh_session_set_limits(thresh_session *session, thresh_limits limits) {
  const double most_seconds = 1e9;
  if (!(limits.seconds > 0)) limits.seconds = 0;
  if (limits.seconds > most_seconds) limits.seconds = most_seconds;
  if (limits.instructions < 0) limits.instructions = 0;
  session->limits = limits;
  snprintf(
      session->stop_texts[0], sizeof session->stop_texts[0], "the time limit of %g s was reached",
      limits.seconds);
  snprintf(
      session->stop_texts[1], sizeof session->stop_texts[1],
      "the limit of %lld instructions was reached", (long long)limits.instructions);
  if (session->main != NULL && !session->hosted) rest_hook(session->main, session);
}

int thresh_session_depth(const thresh_session *session) { return session->depth; }
