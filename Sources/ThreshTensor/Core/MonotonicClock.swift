// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The clock that only goes forward: for durations.
public enum MonotonicClock {
  /// Seconds since some fixed moment.
  public static var seconds: Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }
}
