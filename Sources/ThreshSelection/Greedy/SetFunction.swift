// SPDX-License-Identifier: Apache-2.0

/// A function of a set of candidates that grows by one at a time: what greedy algorithms maximise.
public protocol SetFunction: AnyObject {
  /// n: the candidates are 0 ..< n.
  var count: Int { get }
  /// Whether a gain never grows as the set does, which the lazy algorithms rely on.
  var isSubmodular: Bool { get }
  /// How many gains are about as cheap together as one alone.
  var batch: Int { get }
  /// What each of `candidates`, none of them in the set, would add; -infinity where it cannot join.
  func gains(of candidates: [Int]) throws -> [Double]
  /// Lets candidate `i` join the set.
  func add(_ i: Int) throws
}

extension SetFunction {
  public var isSubmodular: Bool { true }
  public var batch: Int { 1 }
}
