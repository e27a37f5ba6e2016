// SPDX-License-Identifier: Apache-2.0
import CTerminal
import Glibc
import Testing

/// The program at the other end of a pseudo-terminal.
final class Terminal {
  private let master: Int32
  private let child: Child
  private var screen: [UInt8] = []
  private var read = 0
  private var ended = false

  /// Starts the program with the terminal as its controlling one, so that Ctrl-C is a signal.
  init(
    _ command: borrowing Command, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws {
    var terminal: Int32 = -1
    let folder = command.folder
    child = try Child.start(
      arguments, environment: command.environment(environment)
    ) { words, variables in
      thresh_test_start_at_terminal(Command.executable, words, variables, folder, &terminal)
    }
    master = terminal
  }

  deinit {
    if !ended { kill(child.id, SIGKILL) }
    var status: Int32 = 0
    if !ended { waitpid(child.id, &status, 0) }
    close(master)
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  func sendLine(_ text: String) { send(text + "\n") }
  func control(_ key: Character) { send(String(UnicodeScalar((key.asciiValue ?? 64) & 0x1f))) }

  /// Waits until the text appears after what was already waited for; what came before it.
  @discardableResult
  func expect(_ text: String, seconds: Double = 20) throws -> String {
    let wanted = Array(text.utf8)
    let deadline = Terminal.now() + seconds
    while true {
      if let found = find(wanted) {
        let before = String(decoding: screen[read..<found], as: UTF8.self)
        read = found + wanted.count
        return before
      }
      guard Terminal.now() < deadline, receive(until: deadline) else {
        let seen = String(decoding: screen[read...], as: UTF8.self)
        throw Command.Trouble("'\(text)' did not appear; seen: \(seen.debugDescription)")
      }
    }
  }

  /// Waits for the end; the exit status.
  func wait(seconds: Double = 20) throws -> Int32 {
    let deadline = Terminal.now() + seconds
    while receive(until: min(deadline, Terminal.now() + 0.05)), Terminal.now() < deadline {}
    let status = try child.wait(seconds: seconds)
    ended = true
    return status
  }

  /// Ends the program as a crash would.
  func crash() {
    kill(child.id, SIGKILL)
    var status: Int32 = 0
    waitpid(child.id, &status, 0)
    ended = true
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func find(_ wanted: [UInt8]) -> Int? {
    guard screen.count - read >= wanted.count else { return nil }
    return (read...(screen.count - wanted.count)).first { start in
      screen[start..<(start + wanted.count)].elementsEqual(wanted)
    }
  }

  /// Takes what the program wrote. False when it has closed the terminal.
  private func receive(until deadline: Double) -> Bool {
    var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    let left = max(0, deadline - Terminal.now())
    guard poll(&ready, 1, Int32(left * 1000)) > 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    screen += buffer.prefix(count)
    return true
  }
}
