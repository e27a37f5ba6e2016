// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Checks of class labels.
enum Labels {
  /// - Throws: `TensorError` unless there are `n` labels, all in 0 ..< `classes`.
  static func check(
    _ labels: [Int], _ classes: Int, n: Int, of what: String = "candidates", op: String
  ) throws {
    guard labels.count == n else {
      throw TensorError(op, "\(labels.count) labels for \(n) \(what)")
    }
    // Every class costs a list, whether it has members or not.
    guard classes >= 1, classes <= max(1 << 20, n) else {
      throw TensorError(
        op, "the number of classes must be in 1 ... \(max(1 << 20, n)), got \(classes)")
    }
    if let bad = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw TensorError(
        op, "label \(labels[bad]) of number \(bad) of the \(what) is not in 0 ..< \(classes)")
    }
  }
}

/// The members of each class, ascending.
struct Members {
  let lists: [[Int]]

  init(_ labels: [Int], _ classes: Int) {
    var lists = [[Int]](repeating: [], count: classes)
    for (i, label) in labels.enumerated() { lists[label].append(i) }
    self.lists = lists
  }
}
