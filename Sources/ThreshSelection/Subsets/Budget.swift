// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How a budget is divided among classes of different sizes.
public enum Allocation: String, Sendable {
  /// By largest remainder, the lower class of equals: the parts sum to the budget exactly.
  case exact
  /// `ceil(k n_c / n)` for each class, as CORDS does: the sum may exceed the budget.
  case ceiling

  /// The budget of each class, at most its size.
  /// - Throws: `TensorError` when the budget is below 1.
  public func divide(_ budget: Int, among sizes: [Int]) throws -> [Int] {
    guard budget >= 1 else {
      throw TensorError("gradmatch", "the budget must be at least 1, got \(budget)")
    }
    let n = sizes.reduce(0, +)
    if budget >= n { return sizes }
    // k n_c in full width, so that no size overflows.
    let shares = sizes.map { n.dividingFullWidth(budget.multipliedFullWidth(by: $0)) }
    switch self {
    case .ceiling: return shares.map { $0.quotient + ($0.remainder > 0 ? 1 : 0) }
    case .exact:
      var parts = shares.map(\.quotient)
      let missing = budget - parts.reduce(0, +)
      let order = shares.indices.sorted {
        (-shares[$0].remainder, $0) < (-shares[$1].remainder, $1)
      }
      for c in order.prefix(missing) { parts[c] += 1 }
      return parts
    }
  }
}
