// SPDX-License-Identifier: Apache-2.0
import CTerminal
import FoundationEssentials
import Glibc
import Testing

/// The built `thresh` and a folder of its own for one test.
struct Command: ~Copyable {
  let folder: String

  init() throws {
    var template = Array("/tmp/thresh-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Trouble("mkdtemp failed: \(errno)") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  struct Trouble: Error {
    var what: String
    init(_ what: String) { self.what = what }
  }

  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The executable beside the test bundle.
  static let executable: String = {
    let runner =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var candidates = [runner, CommandLine.arguments.first ?? ""]
    candidates += CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    for candidate in candidates {
      let folder = candidate.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      let path = folder.joined(separator: "/") + "/thresh"
      if access(path, X_OK) == 0 { return path }
    }
    return "thresh"
  }()

  /// Writes a file into the folder and gives its path.
  func file(_ name: String, _ bytes: some Collection<UInt8>) throws -> String {
    let path = folder + "/" + name
    guard let file = fopen(path, "w") else { throw Trouble("cannot write \(path)") }
    defer { fclose(file) }
    let bytes = Array(bytes)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw Trouble("cannot write \(path)")
    }
    return path
  }

  func file(_ name: String, _ text: String) throws -> String { try file(name, text.utf8) }

  func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer.prefix(count)
    }
    return bytes
  }

  func text(_ path: String) -> String { String(decoding: read(path), as: UTF8.self) }

  /// Variables of every run: nothing of the user's own.
  func environment(_ extra: [String: String]) -> [String] {
    var variables = ["HOME": folder, "PATH": "/usr/bin:/bin", "TERM": "dumb"]
    variables.merge(extra) { $1 }
    return variables.map { "\($0.key)=\($0.value)" }
  }

  /// Runs the program to its end, at most `seconds`.
  func run(
    _ arguments: [String], program: String = Command.executable, input: String = "",
    environment extra: [String: String] = [:], seconds: Double = 60
  ) throws -> Result {
    let input = try file(".input", input)
    let (output, errors) = (folder + "/.output", folder + "/.errors")
    let child = try Child.start(
      arguments, environment: environment(extra)
    ) { words, variables in
      thresh_test_start(program, words, variables, folder, input, output, errors)
    }
    let status = try child.wait(seconds: seconds)
    return Result(status: status, output: text(output), errors: text(errors))
  }
}

/// A process that a test has started.
struct Child {
  let id: pid_t

  /// Hands the words and variables to a starter in C's form.
  static func start(
    _ arguments: [String], environment: [String],
    _ starter: (UnsafeMutablePointer<Words>, UnsafeMutablePointer<Words>) -> pid_t
  ) throws -> Child {
    var words: [Words] = ([Command.executable] + arguments).map { strdup($0) } + [nil]
    var variables: [Words] = environment.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    let id = starter(&words, &variables)
    guard id > 0 else { throw Command.Trouble("cannot start the program: error \(errno)") }
    return Child(id: id)
  }

  typealias Words = UnsafeMutablePointer<CChar>?

  /// Waits for the end and gives the exit status, 128 + n for a signal; kills the child when it
  /// takes longer.
  func wait(seconds: Double) throws -> Int32 {
    var status: Int32 = 0
    for _ in 0..<Int(seconds * 200) {
      if waitpid(id, &status, WNOHANG) == id { return Self.exitStatus(status) }
      usleep(5000)
    }
    kill(id, SIGKILL)
    waitpid(id, &status, 0)
    throw Command.Trouble("the program did not end within \(seconds) seconds")
  }

  static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }
}
