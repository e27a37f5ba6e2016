// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Synchronization
import ThreshTensor

/// Programs that this process has started, by their process ids; the end of the process ends them.
public enum ChildProcess {
  private enum State {
    case running
    case ended(Int)
  }

  private static let children = Mutex<[pid_t: State]>([:])
  private static let isGuarded = Mutex(false)

  /// Starts a program with its words, the first of which is its path or a name to look for.
  ///
  /// - Parameters:
  ///   - variables: of the environment, beside this process's own.
  ///   - output: the file that what it prints is added to, standard error included; nil for this
  ///     process's own.
  /// - Returns: the process id.
  /// - Throws: `TensorError` naming the program or the file.
  public static func start(
    _ words: [String], variables: [(name: String, value: String)] = [], output: String? = nil
  ) throws -> Int {
    guard let program = words.first else { throw TensorError("start", "no program is named") }
    if !isGuarded.withLock({ was in
      defer { was = true }
      return was
    }) {
      atexit { ChildProcess.endAll() }
    }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    var log: Int32 = -1
    if let output {
      log = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
      guard log >= 0 else { throw TensorError("start", "\(output): \(reason(errno))") }
      posix_spawn_file_actions_adddup2(&actions, log, 1)
      posix_spawn_file_actions_adddup2(&actions, log, 2)
    }
    defer { if log >= 0 { close(log) } }
    // The child answers signals as a program does that a shell has started.
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var arguments = words.map { strdup($0) } + [nil]
    var environment = merged(variables).map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var id: pid_t = 0
    let problem = posix_spawnp(&id, program, &actions, &attributes, &arguments, &environment)
    guard problem == 0 else {
      throw TensorError("start", "'\(program)' cannot be started: \(reason(problem))")
    }
    children.withLock { $0[id] = .running }
    return Int(id)
  }

  /// The exit status of a child, 128 + n when signal n ended it; nil while it runs.
  /// - Throws: `TensorError` for what is no child of this process.
  public static func status(_ id: Int) throws -> Int? {
    try children.withLock { children in
      let id = pid_t(truncatingIfNeeded: id)
      switch children[id] {
      case nil: throw TensorError("status", "process \(id) was not started here")
      case .ended(let status): return status
      case .running:
        guard let status = reaped(id, WNOHANG) else { return nil }
        children[id] = .ended(status)
        return status
      }
    }
  }

  /// Sends a signal to a child; one that has ended gets none.
  public static func send(_ signal: Int32, to id: Int) throws {
    guard try status(id) == nil else { return }
    kill(pid_t(truncatingIfNeeded: id), signal)
  }

  /// Asks all children to end and, after five seconds, makes them.
  static func endAll() {
    var running = children.withLock { children in
      children.compactMap { id, state in
        if case .running = state { return id }
        return nil
      }
    }
    for id in running { kill(id, SIGTERM) }
    for _ in 0..<500 where !running.isEmpty {
      running.removeAll { reaped($0, WNOHANG) != nil }
      if !running.isEmpty { usleep(10_000) }
    }
    for id in running {
      kill(id, SIGKILL)
      _ = reaped(id, 0)
    }
  }

  private static func reaped(_ id: pid_t, _ options: Int32) -> Int? {
    var status: Int32 = 0
    var result: pid_t
    repeat { result = waitpid(id, &status, options) } while result < 0 && errno == EINTR
    // Gone without a status: someone else has waited for it.
    if result < 0 { return 255 }
    guard result == id else { return nil }
    let signal = status & 0x7f
    return Int(signal == 0 ? (status >> 8) & 0xff : 128 + signal)
  }

  private static func merged(_ variables: [(name: String, value: String)]) -> [String] {
    var all = ProcessInfo.processInfo.environment
    for (name, value) in variables { all[name] = value }
    return all.map { "\($0.key)=\($0.value)" }
  }

  private static func reason(_ problem: Int32) -> String { String(cString: strerror(problem)) }
}
