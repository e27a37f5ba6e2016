// SPDX-License-Identifier: Apache-2.0

/// Images that selectors choose from, as a trace identifies them.
public protocol Candidates: AnyObject {
  var name: String { get }
  var count: Int { get }
  /// The 0-based label of each; nil where images have several or none.
  var classLabels: [Int]? { get }
  /// A digest of the images and what is known of them: the same for the same samples in the same order.
  func fingerprint() throws -> String
}

extension ImageDataset: Candidates {
  public var classLabels: [Int]? { labels.map { Int($0) } }
}
