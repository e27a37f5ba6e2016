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
  /// The 0-based number of what the message begins with, `an index` or `a row`, negative when it was
  /// given so. The message leaves it out, so that a host can count from 1; see `text(countingFrom:)`.
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

  public var description: String { "\(op): \(text(countingFrom: 0))" }

  /// The message with the index and its position in it: `index 7 at position (2, 1) lies outside …`.
  ///
  /// - Parameter base: the number of the first element where the message is read; negative numbers
  ///   count from the end everywhere.
  public func text(countingFrom base: Int) -> String {
    guard let index else { return message }
    // `an index lies …` has an article, the noun and the rest.
    let words = message.split(separator: " ", maxSplits: 2)
    guard words.count == 3 else { return message }
    var text = "\(words[1]) \(index < 0 ? index : index &+ base)"
    if let position, !position.isEmpty {
      let place = position.map { $0 + base }
      text += " at position \(place.count == 1 ? "\(place[0])" : shapeText(place))"
    }
    return text + " " + words[2]
  }
}

/// `(2, 3)`, `(5,)` and `()`: a shape as messages and printed tensors show it.
public func shapeText(_ shape: [Int]) -> String {
  let inner = shape.map(String.init).joined(separator: ", ")
  return shape.count == 1 ? "(\(inner),)" : "(\(inner))"
}
