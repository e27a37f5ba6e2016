// SPDX-License-Identifier: Apache-2.0
import ThreshSelection
import ThreshTensor

/// Matching pursuit by definition: explicit rows, normal equations solved anew after each pick.
struct NaivePursuit {
  var picks: [Int] = []
  var weights: [Double] = []
  var residual = 0.0
  var eliminations = 0
  /// How clear the closest decision was, relative to the correlation picked: rounding can turn what
  /// is near 0.
  var gap = Double.infinity

  init(rows: [[Double]], target: [Double], budget: Int, ridge: Double) {
    var marked: Set<Int> = []
    var left = target
    let norm = dot(target, target).squareRoot()
    while picks.count < budget {
      let scores = rows.map { dot($0, left) }
      let free = rows.indices.filter { !marked.contains($0) }.sorted {
        (scores[$0], -$0) > (scores[$1], -$1)
      }
      guard let best = free.first else { break }
      gap = min(gap, abs(scores[best]) / norm)
      if free.count > 1 { gap = min(gap, (scores[best] - scores[free[1]]) / abs(scores[best])) }
      if scores[best] <= 1e-10 * norm { break }
      picks.append(best)
      marked.insert(best)
      while true {
        weights = NaivePursuit.solve(picks.map { rows[$0] }, target, ridge)
        guard let worst = weights.indices.min(by: { weights[$0] < weights[$1] }) else { break }
        gap = min(gap, weights.map(abs).min() ?? 1)
        if weights[worst] >= 0 { break }
        picks.remove(at: worst)
        eliminations += 1
      }
      left = target
      for (pick, w) in zip(picks, weights) {
        for i in left.indices { left[i] -= w * rows[pick][i] }
      }
    }
    residual = norm > 0 ? dot(left, left).squareRoot() / norm : 0
  }

  /// (A A^T + ridge I) w = A t by Gaussian elimination with pivots.
  static func solve(_ a: [[Double]], _ target: [Double], _ ridge: Double) -> [Double] {
    let m = a.count
    var system = (0..<m).map { i in
      (0..<m).map { dot(a[i], a[$0]) + ($0 == i ? ridge : 0) } + [dot(a[i], target)]
    }
    for i in 0..<m {
      let pivot = (i..<m).max { abs(system[$0][i]) < abs(system[$1][i]) } ?? i
      system.swapAt(i, pivot)
      for r in 0..<m where r != i {
        let factor = system[r][i] / system[i][i]
        for c in i...m { system[r][c] -= factor * system[i][c] }
      }
    }
    return (0..<m).map { system[$0][m] / system[$0][$0] }
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

func columnSum(_ rows: [[Double]]) -> [Double] {
  rows.dropFirst().reduce(rows[0]) { sum, row in zip(sum, row).map { $0 + $1 } }
}

func matrix(_ rows: [[Double]]) throws -> Tensor {
  try Tensor(rows.flatMap { $0 }, [rows.count, rows.first?.count ?? 0])
}

/// `r ⊗ [1, h]`, row-major as a target is.
func gradient(_ r: [Double], _ h: [Double]) -> [Double] {
  r.flatMap { c in [c] + h.map { c * $0 } }
}

/// Residuals and embeddings of a synthetic softmax layer with ReLU features.
func softmaxLayer(
  n: Int, classes: Int, width: Int, seed: UInt64, scale: Double = 1, labels: [Int]? = nil
) -> (residuals: [[Double]], embeddings: [[Double]]) {
  var stream = RandomStream(seed: seed, purpose: "softmax layer")
  var (residuals, embeddings): ([[Double]], [[Double]]) = ([], [])
  for i in 0..<n {
    let logits = (0..<classes).map { _ in stream.normal() }
    let sum = logits.reduce(0) { $0 + exponential($1) }
    var r = logits.map { exponential($0) / sum * scale }
    r[labels?[i] ?? i % classes] -= scale
    residuals.append(r)
    embeddings.append((0..<width).map { _ in max(stream.normal(), 0) })
  }
  return (residuals, embeddings)
}
