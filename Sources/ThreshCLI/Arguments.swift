// SPDX-License-Identifier: Apache-2.0
import ThreshLua

/// The command line, read as lua(1) reads it, with long flags of our own.
struct Arguments {
  /// What `-e` and `-l` ask for, in order.
  enum Step {
    case evaluate(LuaString)
    case require(LuaString)
    case warnings
  }

  /// The command line as it came, the program's name first.
  var all: [LuaString]
  /// Index of the script in `all`; its count when there is none.
  var script: Int
  var steps: [Step] = []
  var interactive = false
  var version = false
  var ignoreEnvironment = false
  var help = false
  var settings = SessionSettings()

  /// Why a command line was refused.
  struct Failure: Error {
    var message: String
  }

  init(_ all: [LuaString]) throws {
    self.all = all
    script = all.count
    var i = 1
    while i < all.count {
      let word = all[i].bytes
      if word.first != dash || word.count == 1 { break }
      if word == [dash, dash] {
        i += 1
        break
      }
      i = try word[1] == dash ? long(i) : short(i)
    }
    script = min(i, all.count)
  }

  /// Whether `-` means standard input here: it does unless `--` stands before it.
  var scriptIsStandardInput: Bool {
    script < all.count && all[script] == "-" && !(script > 0 && all[script - 1] == "--")
  }

  var hasSteps: Bool {
    steps.contains {
      if case .evaluate = $0 { return true }
      return false
    }
  }

  /// Whether nothing is asked for: input comes from the terminal or from a pipe.
  var isIdle: Bool { script == all.count && !hasSteps && !version && !interactive }

  var wantsPrompt: Bool { isIdle && Console.inputIsTerminal }

  /// Reads the short flag at `i`; the index of the next word.
  private mutating func short(_ i: Int) throws -> Int {
    let word = all[i].bytes
    let rest = LuaString(bytes: Array(word[2...]))
    switch (Character(UnicodeScalar(word[1])), rest.bytes.isEmpty) {
    case ("E", true): ignoreEnvironment = true
    case ("W", true): steps.append(.warnings)
    case ("v", true): version = true
    case ("i", true):
      interactive = true
      version = true
    case ("e", true), ("l", true):
      guard i + 1 < all.count, all[i + 1].bytes.first != dash else {
        throw Failure(message: "'\(all[i])' needs argument")
      }
      add(word[1], all[i + 1])
      return i + 2
    case ("e", false), ("l", false): add(word[1], rest)
    default: throw Failure(message: "unrecognized option '\(all[i])'")
    }
    return i + 1
  }

  private mutating func add(_ flag: UInt8, _ text: LuaString) {
    steps.append(flag == UInt8(ascii: "e") ? .evaluate(text) : .require(text))
  }

  /// Reads the long flag at `i`, as `--name value` or `--name=value`; the index of the next word.
  private mutating func long(_ i: Int) throws -> Int {
    let word = all[i].text
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if Self.plain.contains(name) {
      guard parts.count == 1 else { throw Failure(message: "'\(name)' takes no value") }
      switch name {
      case "--help": help = true
      case "--version": version = true
      default: settings.isSandboxed = true
      }
      return i + 1
    }
    guard Self.valued.contains(name) else {
      let known = Self.valued + Self.plain
      throw Failure(message: "unrecognized option '\(word)'" + suggestion(name, known))
    }
    guard parts.count == 2 || i + 1 < all.count else {
      throw Failure(message: "'\(name)' needs a value")
    }
    let value = parts.count == 2 ? String(parts[1]) : all[i + 1].text
    try settings.set(name, value)
    return parts.count == 2 ? i + 1 : i + 2
  }

  private static let valued = ["--seed", "--threads", "--max-memory", "--max-seconds"]
  private static let plain = ["--help", "--version", "--sandbox"]
}

private let dash = UInt8(ascii: "-")

/// What the long flags say about the session.
struct SessionSettings {
  var seed: UInt64?
  var threads: Int?
  /// Bytes; nil leaves the default, 0 lifts the limit.
  var memoryLimit: Int?
  /// Seconds that a chunk may take; nil leaves the default, 0 lifts the limit.
  var timeLimit: Double?
  var isSandboxed = false

  mutating func set(_ flag: String, _ value: String) throws {
    func refuse(_ needed: String) -> Arguments.Failure {
      Arguments.Failure(message: "'\(flag)' needs \(needed), got '\(value)'")
    }
    switch flag {
    case "--seed":
      guard let seed = UInt64(value) else { throw refuse("an integer from 0 to 2^64 - 1") }
      self.seed = seed
    case "--threads":
      guard let threads = Int(value), (1...1024).contains(threads) else {
        throw refuse("a number of threads from 1 to 1024")
      }
      self.threads = threads
    case "--max-seconds":
      guard let seconds = Double(value), seconds >= 0, seconds <= 1e9 else {
        throw refuse("a number of seconds")
      }
      timeLimit = seconds
    default:
      guard let bytes = Self.bytes(value) else { throw refuse("a size such as 512M or 2G") }
      memoryLimit = bytes
    }
  }

  /// Reads a size: a number with an optional K, M, G or T (powers of 1024), `B` or `iB` after it.
  static func bytes(_ text: String) -> Int? {
    var rest = text.uppercased()[...]
    for suffix in ["IB", "B"] where rest.hasSuffix(suffix) {
      rest = rest.dropLast(suffix.count)
      break
    }
    var factor = 1.0
    if let unit = rest.last, let power = "KMGT".firstIndex(of: unit) {
      for _ in "KMGT"[...power] { factor *= 1024 }
      rest = rest.dropLast()
    }
    guard rest.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(rest)
    else { return nil }
    return Int(exactly: (number * factor).rounded(.down))
  }
}
