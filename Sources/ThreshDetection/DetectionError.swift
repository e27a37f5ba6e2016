// SPDX-License-Identifier: Apache-2.0

/// What is wrong with one image of a batch: a box without area, a label that is none, a loss that is no
/// number.
public struct DetectionError: Error, CustomStringConvertible, Sendable {
  public let op: String
  /// The row of the image in its batch, from 0.
  public let image: Int
  /// The object of the image, from 0; nil when it is not about one.
  public let object: Int?
  public let problem: String

  init(_ op: String, image: Int, object: Int? = nil, _ problem: String) {
    self.op = op
    self.image = image
    self.object = object
    self.problem = problem
  }

  /// The message for readers who count from `base`; `name` is the image's own, such as its id.
  public func message(countingFrom base: Int, name: String? = nil) -> String {
    let image = "image \(self.image + base)" + (name.map { " (id \($0))" } ?? "")
    return (object.map { "object \($0 + base) of " } ?? "") + image + ": " + problem
  }

  public var description: String { "\(op): \(message(countingFrom: 0))" }
}
