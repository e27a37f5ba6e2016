// SPDX-License-Identifier: Apache-2.0

/// What went wrong in a tensor operation: which operation, what was given and what was needed.
public struct TensorError: Error, CustomStringConvertible, Sendable {
  public enum Kind: Sendable {
    /// The arguments do not fit the operation.
    case invalid
    /// The memory budget is exhausted; freeing tensors and trying again can help.
    case outOfMemory
    /// The user asked to stop (Ctrl-C).
    case interrupted
  }

  public let op: String
  public let message: String
  public let kind: Kind
  /// The 0-based index that lay outside its extent, as it was given. The message leaves it out, so
  /// that a host which counts from 1 can add it in its own way.
  public let index: Int?
  /// Where in the tensor of indices it stood, 0-based, one number for each dimension.
  public let position: [Int]?

  public init(
    _ op: String, _ message: String, kind: Kind = .invalid, index: Int? = nil,
    position: [Int]? = nil
  ) {
    self.op = op
    self.message = message
    self.kind = kind
    self.index = index
    self.position = position
  }

  public var description: String { "\(op): \(message)" }
}

/// `(2, 3)`, `(5,)` and `()`: a shape as messages and printed tensors show it.
public func shapeText(_ shape: [Int]) -> String {
  let inner = shape.map(String.init).joined(separator: ", ")
  return shape.count == 1 ? "(\(inner),)" : "(\(inner))"
}
