// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The thread that renews this process's leases while Lua or a long native operation is at work, and that
/// ends a worker whose parent is gone.
public enum LeaseHeart {
  private struct State {
    /// The leases by their files, with the monotonic second of the next beat.
    var leases: [String: (every: Double, next: Double)] = [:]
    var parent: pid_t?
    var isBeating = false
  }

  private static let state = Mutex(State())

  /// Renews the file's time every `every` seconds until it is dropped.
  static func keep(_ path: String, every: Double) {
    let start = state.withLock { state in
      state.leases[path] = (every, now() + every)
      return begin(&state)
    }
    if start { beat() }
  }

  /// Renews the file's time no longer.
  static func drop(_ path: String) {
    state.withLock { _ = $0.leases.removeValue(forKey: path) }
  }

  /// Ends the process as SIGTERM does, so that it can save its state, when `parent` is no longer its parent.
  public static func follow(parent: Int) {
    let start = state.withLock { state in
      state.parent = pid_t(truncatingIfNeeded: parent)
      return begin(&state)
    }
    if start { beat() }
  }

  /// Gives all leases back: what the end of the process does.
  static func releaseAll() {
    let paths = state.withLock { state in
      defer { state.leases.removeAll() }
      return Array(state.leases.keys)
    }
    for path in paths { Lease.markReleased(path) }
  }

  private static func begin(_ state: inout State) -> Bool {
    defer { state.isBeating = true }
    return !state.isBeating
  }

  private static func beat() {
    atexit { LeaseHeart.releaseAll() }
    var thread = pthread_t()
    // Signals are for the thread that runs Lua.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let status = pthread_create(&thread, nil, { _ in LeaseHeart.loop() }, nil)
    if status == 0 { pthread_detach(thread) }
  }

  private static func loop() -> UnsafeMutableRawPointer? {
    var orphaned: Double?
    while true {
      usleep(200_000)
      let time = now()
      let (due, parent) = state.withLock { state in
        let due = state.leases.filter { $0.value.next <= time }
        for (path, lease) in due { state.leases[path]?.next = time + lease.every }
        return (due.keys.sorted(), state.parent)
      }
      for path in due { renew(path) }
      guard let parent, getppid() != parent else { continue }
      if let orphaned, time - orphaned > 30 { _exit(128 + SIGTERM) }
      if orphaned == nil {
        orphaned = time
        kill(getpid(), SIGTERM)
      }
    }
  }

  /// Under the lock, so that a lease that is being given back keeps its mark.
  private static func renew(_ path: String) {
    state.withLock { state in
      if state.leases[path] != nil { utimensat(AT_FDCWD, path, nil, 0) }
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
