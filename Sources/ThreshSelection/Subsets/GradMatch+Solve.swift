// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What matching found among one set of candidates.
private struct Match {
  /// Positions in the set, in the order of picking.
  let picks: [Int]
  let weights: [Double]
  let residualSquared: Double
  let targetSquared: Double

  /// At most `budget` of the candidates; all of them with weight 1 when the budget allows.
  init<T: BLASElement>(
    _ candidates: Candidates<T>, target: [Double]?, budget: Int, _ options: GradMatch.Options
  ) throws {
    if budget > 0 && budget < candidates.n {
      let result = try OMP.solve(
        candidates, target: target,
        OMP.Options(
          budget: budget, lambda: options.lambda, lambdaIsAbsolute: options.lambdaIsAbsolute,
          eps: options.eps))
      picks = result.indices
      weights = result.weights
      residualSquared = result.residualNorm * result.residualNorm
      targetSquared = result.targetNorm * result.targetNorm
    } else {
      let goal = try target ?? candidates.sum()
      picks = budget == 0 ? [] : Array(0..<candidates.n)
      weights = [Double](repeating: 1, count: picks.count)
      let left = candidates.residualNorm(goal, picks, weights)
      residualSquared = left * left
      targetSquared = goal.reduce(0) { $0 + $1 * $1 }
    }
  }

  /// `count - picks.count` of the other positions among `n`, uniformly.
  func fillers(_ count: Int, of n: Int, _ stream: inout RandomStream) throws -> [Int] {
    guard picks.count < count else { return [] }
    let taken = Set(picks)
    let free = (0..<n).filter { !taken.contains($0) }
    return try stream.sample(count - picks.count, of: free.count).map { free[$0] }
  }
}

private func mean(_ matches: [Match]) -> Double {
  let count = matches.reduce(0) { $0 + $1.picks.count }
  let sum = matches.reduce(0) { $0 + $1.weights.reduce(0, +) }
  return count > 0 && sum > 0 ? sum / Double(count) : 1
}

private func relativeResidual(_ matches: [Match]) -> Double {
  let target = matches.reduce(0) { $0 + $1.targetSquared }
  return target > 0 ? (matches.reduce(0) { $0 + $1.residualSquared } / target).squareRoot() : 0
}

extension GradMatch {
  /// - Parameter byColumn: whether class c is matched on column c of the residuals alone.
  static func select<T: BLASElement>(
    byClass members: Members, _ candidates: Candidates<T>,
    _ validation: (gradients: Candidates<T>, members: Members)?, _ byColumn: Bool,
    _ options: Options, _ stream: inout RandomStream
  ) throws -> Selection {
    let budgets = try options.allocation.divide(
      options.budget, among: members.lists.map(\.count))
    let matches = try members.lists.indices.map { c in
      let (own, column) = (members.lists[c], byColumn ? c : nil)
      var target: [Double]?
      if let validation, !own.isEmpty {
        let heldOut = validation.members.lists[c]
        guard !heldOut.isEmpty else {
          throw TensorError(
            "gradmatch",
            "class \(c) has \(own.count) candidates but no validation example to match")
        }
        target = try validation.gradients.gathered(heldOut, column: column).sum()
      }
      return try Match(
        candidates.gathered(own, column: column), target: target, budget: budgets[c], options)
    }
    let fillWeight = Float(mean(matches))
    var (indices, weights, filled): ([Int], [Float], Int) = ([], [], 0)
    for (c, match) in matches.enumerated() {
      let own = members.lists[c]
      let fillers = try match.fillers(budgets[c], of: own.count, &stream)
      indices += (match.picks + fillers).map { own[$0] }
      weights += match.weights.map { Float($0) }
      weights += [Float](repeating: fillWeight, count: fillers.count)
      filled += fillers.count
    }
    return Selection(
      indices: indices, weights: weights, residual: relativeResidual(matches), filled: filled)
  }

  static func select<T: BLASElement>(
    among batches: [[Int]], _ candidates: Candidates<T>, _ validation: Candidates<T>?,
    _ options: Options, _ stream: inout RandomStream
  ) throws -> Selection {
    let largest = try check(batches, n: candidates.n)
    guard options.budget >= 1 else {
      throw TensorError("gradmatch", "the budget must be at least 1, got \(options.budget)")
    }
    let budget = min(batches.count, (options.budget - 1) / largest + 1)
    let target = try validation.map { heldOut in
      guard heldOut.n > 0 else {
        throw TensorError("gradmatch", "there is no validation example to match")
      }
      let scale = Double(batches.count) / Double(heldOut.n)
      return try heldOut.sum().map { $0 * scale }
    }
    let match = try Match(
      candidates.means(of: batches), target: target, budget: budget, options)
    let fillers = try match.fillers(budget, of: batches.count, &stream)
    let chosen = (match.picks + fillers).map { batches[$0] }
    let all = match.weights + [Double](repeating: mean([match]), count: fillers.count)
    let weights = zip(chosen, all).flatMap { batch, weight in
      [Float](repeating: Float(weight), count: batch.count)
    }
    return Selection(
      indices: chosen.flatMap { $0 }, weights: weights, batches: chosen,
      residual: relativeResidual([match]),
      filled: chosen.suffix(fillers.count).reduce(0) { $0 + $1.count })
  }

  /// The size of the largest batch.
  private static func check(_ batches: [[Int]], n: Int) throws -> Int {
    guard let largest = batches.map(\.count).max() else {
      throw TensorError("gradmatch", "there is no batch to choose from")
    }
    var seen = [Bool](repeating: false, count: n)
    for (b, batch) in batches.enumerated() {
      guard !batch.isEmpty else { throw TensorError("gradmatch", "batch \(b) is empty") }
      for index in batch {
        guard index >= 0, index < n else {
          throw TensorError("gradmatch", "index \(index) in batch \(b) is not in 0 ..< \(n)")
        }
        guard !seen[index] else {
          throw TensorError("gradmatch", "index \(index) of batch \(b) comes twice")
        }
        seen[index] = true
      }
    }
    return largest
  }
}

extension Candidates {
  /// The mean gradient of each batch, R_b^T [1, H_b] / B, as dense rows. (batches, C (E + 1))
  func means(of batches: [[Int]]) throws -> Candidates {
    let (stride, length) = (width + 1, try Shape.count([classes, width + 1], op: "gradmatch"))
    let rows = try HostBuffer<T>(
      count: Shape.count([batches.count, length], op: "gradmatch"), op: "gradmatch")
    let failure = FirstFailure()
    Workers.run(batches.count) { b in
      do {
        let own = try gathered(batches[b])
        let out = rows.base + b * length
        if let h = own.embeddings {
          T.gemm(
            classes, width, own.n,
            BLAS.Operand(base: own.residuals.base, transposed: true, leading: classes),
            BLAS.Operand(base: h.base, transposed: false, leading: width), beta: 0, out + 1,
            stride)
        }
        for c in 0..<classes {
          var sum = 0.0
          for i in 0..<own.n { sum += Double(own.residuals.base[i * classes + c]) }
          out[c * stride] = T(sum)
        }
        let scale = 1 / T(own.n)
        for i in 0..<length { out[i] *= scale }
      } catch { failure.keep(error) }
    }
    try failure.raise()
    return try Candidates(n: batches.count, classes: length, width: 0, rows, nil)
  }
}
