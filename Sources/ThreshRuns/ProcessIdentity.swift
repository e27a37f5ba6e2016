// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A process told from every other, before and after it: numbers of processes are used again.
public struct ProcessIdentity: Equatable, Sendable {
  public let host: String
  /// The start of the machine that it belongs to.
  public let boot: String
  public let pid: Int
  /// When it began, in clock ticks since the machine's start.
  public let started: Int

  public init(host: String, boot: String, pid: Int, started: Int) {
    self.host = host
    self.boot = boot
    self.pid = pid
    self.started = started
  }

  /// This process.
  public static var own: ProcessIdentity {
    let pid = Int(getpid())
    return ProcessIdentity(
      host: Machine.hostName, boot: Machine.bootID, pid: pid, started: start(of: pid) ?? 0)
  }

  /// Whether it still runs; nil where this machine cannot know, for it runs, or ran, on another.
  public var isAlive: Bool? {
    guard host == Machine.hostName else { return nil }
    return boot == Machine.bootID && ProcessIdentity.start(of: pid) == started
  }

  /// Field 22 of /proc/PID/stat; nil when there is no such process, or only what is left of one.
  static func start(of pid: Int) -> Int? {
    // The second field, the name in parentheses, may hold anything.
    guard let text = KernelFile.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[end...].split(separator: " ")
    guard fields.count > 20, fields[1] != "Z" else { return nil }
    return Int(fields[20])
  }
}
