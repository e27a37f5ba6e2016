// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Candidates in groups that are chosen from one by one, each with its part of the budget: the classes,
/// or all together.
struct Groups {
  /// Candidates, ascending.
  let members: [[Int]]
  /// By largest remainder: the sum is the whole budget.
  let budgets: [Int]

  /// - Parameter labels: nil for one group of all.
  init(_ labels: [Int]?, _ classes: Int, n: Int, budget: Int, op: String) throws {
    guard budget >= 1, budget <= n else {
      throw TensorError(
        op, "the budget must be in 1 ... \(n), the number of candidates; got \(budget)")
    }
    guard let labels else {
      (members, budgets) = ([Array(0..<n)], [budget])
      return
    }
    try Labels.check(labels, classes, n: n, op: op)
    members = Members(labels, classes).lists
    budgets = try Allocation.exact.divide(budget, among: members.map(\.count))
  }

  /// Selects within each group by `pick(members, budget)`, which answers with positions among the
  /// members; uniform draws fill what it leaves, and groups no larger than their budget are taken whole.
  func select(
    _ stream: inout RandomStream,
    _ pick: (_ members: [Int], _ budget: Int, _ stream: inout RandomStream) throws -> [Int]
  ) throws -> Selection {
    var (indices, filled): ([Int], Int) = ([], 0)
    for (own, budget) in zip(members, budgets) where budget > 0 {
      if budget >= own.count {
        indices += own
        continue
      }
      let picks = try pick(own, budget, &stream)
      indices += picks.map { own[$0] }
      if picks.count < budget {
        let taken = Set(picks)
        let free = own.indices.filter { !taken.contains($0) }
        indices += try stream.sample(budget - picks.count, of: free.count).map { own[free[$0]] }
        filled += budget - picks.count
      }
    }
    return Selection(indices: indices, filled: filled)
  }
}
