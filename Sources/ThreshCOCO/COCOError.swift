// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a file of annotations or results, or with what was asked of them.
public struct COCOError: Error, CustomStringConvertible, Sendable {
  public let message: String

  public init(_ message: String) { self.message = message }

  /// `file:line:column: message`, as compilers and editors know it.
  init(path: String, line: UInt64, column: UInt64, _ message: String) {
    self.message = "\(path):\(line):\(column): \(message)"
  }

  public var description: String { message }
}
