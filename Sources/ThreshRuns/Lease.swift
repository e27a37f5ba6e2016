// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// A right that one process of many has at a time, kept in files that may lie on a shared file system.
///
/// Each holder's lease is a file of its own, `NAME.0`, `NAME.1` and so on, made by O_CREAT | O_EXCL, which
/// one claimant wins. The last one counts: it is taken over, by making the next, when its holder gave it
/// back (its time is 0), is dead, or has not renewed the file's time for `stale` seconds. Files are never
/// removed, so that a claimant who looked long ago cannot win what has changed hands since.
public struct Lease: Sendable {
  /// The number of holders before this one.
  public var generation: Int
  /// How many of those died holding it.
  public var deaths: Int
  public var path: String

  /// What became of a claim.
  public enum Claim: Sendable {
    case held(Lease)
    /// Another process has it.
    case taken
  }

  /// What is known of a lease's last holder.
  public struct State: Sendable {
    public var owner: ProcessIdentity?
    public var generation: Int
    public var isReleased: Bool
    /// Seconds since the holder renewed it, by the clock of the file system.
    public var age: Double
    /// Whether it can be claimed.
    public var isFree: Bool
  }

  /// Tries to get the lease; it is renewed every `every` seconds until it is released or the process ends.
  /// - Throws: `TensorError` when the folder of the leases cannot be written.
  public static func claim(_ base: String, stale: Double, every: Double) throws -> Claim {
    var generation = 0
    if let state = try state(base, stale: stale) {
      generation = state.generation + 1
      // What this process holds was left by a call that Ctrl-C ended.
      if state.owner == .own {
        release("\(base).\(state.generation)")
      } else if !state.isFree {
        return .taken
      }
    }
    let path = "\(base).\(generation)"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else {
      guard errno == EEXIST else { throw TensorError("lease", "\(path): \(reason())") }
      return .taken
    }
    defer { close(file) }
    let text = Array(ProcessIdentity.own.line.utf8)
    guard write(file, text, text.count) == text.count else {
      let problem = TensorError("lease", "\(path): \(reason())")
      unlink(path)
      throw problem
    }
    LeaseHeart.keep(path, every: every)
    let deaths = (0..<generation).count { !isReleased("\(base).\($0)") }
    return .held(Lease(generation: generation, deaths: deaths, path: path))
  }

  /// Gives a lease back: another process may claim it at once.
  public static func release(_ path: String) {
    LeaseHeart.drop(path)
    markReleased(path)
  }

  /// Lets those who died holding it count no longer: a start by hand decides anew what is tried.
  public static func forgive(_ base: String, stale: Double) throws {
    guard let state = try state(base, stale: stale) else { return }
    for generation in 0..<(state.isFree ? state.generation + 1 : state.generation) {
      markReleased("\(base).\(generation)")
    }
  }

  /// What the last lease of a name says; nil when nobody ever held it.
  public static func state(_ base: String, stale: Double) throws -> State? {
    var generation = -1
    var last = Glibc.stat()
    var status = Glibc.stat()
    while stat("\(base).\(generation + 1)", &status) == 0 {
      generation += 1
      last = status
    }
    guard generation >= 0 else { return nil }
    let path = "\(base).\(generation)"
    if last.st_mtim.tv_sec == 0 {
      return State(
        owner: owner(path), generation: generation, isReleased: true, age: 0, isFree: true)
    }
    let owner = owner(path)
    let age = try clock(beside: base) - seconds(last.st_mtim)
    // A process that is seen to live keeps its lease, however slow it is; of others only the file tells.
    let isFree = owner?.isAlive.map { !$0 } ?? (age > stale)
    return State(
      owner: owner, generation: generation, isReleased: false, age: max(0, age), isFree: isFree)
  }

  private static func owner(_ path: String) -> ProcessIdentity? {
    KernelFile.text(path).flatMap { ProcessIdentity(line: $0) }
  }

  static func markReleased(_ path: String) {
    let zero = [timespec(), timespec()]
    utimensat(AT_FDCWD, path, zero, 0)
  }

  private static func isReleased(_ path: String) -> Bool {
    var status = Glibc.stat()
    return stat(path, &status) == 0 && status.st_mtim.tv_sec == 0
  }

  /// The time by the clock of whoever keeps the files: hosts that share them may disagree.
  private static func clock(beside base: String) throws -> Double {
    let path = "\(base).clock-\(Machine.hostName)-\(getpid())"
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw TensorError("lease", "\(path): \(reason())") }
    defer {
      close(file)
      unlink(path)
    }
    var status = Glibc.stat()
    guard futimens(file, nil) == 0, fstat(file, &status) == 0 else {
      throw TensorError("lease", "\(path): \(reason())")
    }
    return seconds(status.st_mtim)
  }

  private static func reason() -> String { String(cString: strerror(errno)) }

  private static func seconds(_ time: timespec) -> Double {
    Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension ProcessIdentity {
  /// One line of text, and back.
  var line: String { "\(host) \(boot) \(pid) \(started)\n" }

  init?(line: String) {
    let words = line.split { $0 == " " || $0 == "\n" }
    guard words.count == 4, let pid = Int(words[2]), let started = Int(words[3]) else { return nil }
    self.init(host: String(words[0]), boot: String(words[1]), pid: pid, started: started)
  }
}
