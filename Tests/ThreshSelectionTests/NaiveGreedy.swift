// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshSelection
import ThreshTensor

/// Greedy maximisation by definition: the value of the whole set anew for each candidate.
struct NaiveGreedy {
  var picks: [Int] = []
  var gains: [Double] = []
  /// How clear the closest decision was, relative to the gain picked: rounding can turn what is near 0.
  var gap = Double.infinity

  /// - Parameter tiedStart: all first gains are equal by intent.
  init(n: Int, k: Int, tiedStart: Bool = false, value: ([Int]) -> Double) {
    while picks.count < k {
      let before = value(picks)
      let scores = (0..<n).map {
        picks.contains($0) ? -Double.infinity : value(picks + [$0]) - before
      }
      let order = (0..<n).sorted { (scores[$0], -$0) > (scores[$1], -$1) }
      if order.count > 1, scores[order[1]] > -.infinity, !(tiedStart && picks.isEmpty) {
        let apart = scores[order[0]] - scores[order[1]]
        gap = min(gap, apart / max(abs(scores[order[0]]), 1e-3))
      }
      picks.append(order[0])
      gains.append(scores[order[0]])
    }
  }
}

func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

/// All similarities by definition.
func similarities(_ rows: [[Double]], _ metric: SimilarityMetric) -> [[Double]] {
  let squared = rows.map { a in rows.map { squaredDistance(a, $0) } }
  switch metric {
  case .squaredEuclidean, .euclidean:
    let d = metric == .euclidean ? squared.map { $0.map { $0.squareRoot() } } : squared
    let most = d.flatMap { $0 }.max() ?? 0
    return d.map { $0.map { most - $0 } }
  case .cosine:
    return rows.map { a in
      rows.map { (1 + dot(a, $0) / (dot(a, a) * dot($0, $0)).squareRoot()) / 2 }
    }
  case .rbf:
    let all = squared.flatMap { $0 }
    let mean = all.reduce(0, +) / Double(all.count)
    return squared.map { $0.map { exp(-$0 / (0.1 * mean)) } }
  case .dot:
    let products = rows.map { a in rows.map { dot(a, $0) } }
    let least = min(0, products.flatMap { $0 }.min() ?? 0)
    return products.map { $0.map { $0 - least } }
  }
}

func determinant(_ matrix: [[Double]]) -> Double {
  var (a, result) = (matrix, 1.0)
  for i in a.indices {
    let pivot = (i..<a.count).max { abs(a[$0][i]) < abs(a[$1][i]) } ?? i
    if pivot != i {
      a.swapAt(i, pivot)
      result = -result
    }
    result *= a[i][i]
    for r in i + 1..<max(a.count, i + 1) {
      let factor = a[r][i] / a[i][i]
      for c in i..<a.count { a[r][c] -= factor * a[i][c] }
    }
  }
  return result
}

extension Submodular.Objective {
  /// f(S) by definition.
  func value(_ s: [[Double]], _ distances: [[Double]], _ set: [Int]) -> Double {
    let all = s.indices
    switch self {
    case .facilityLocation:
      return all.reduce(0) { sum, i in sum + (set.map { s[i][$0] }.max() ?? 0) }
    case .graphCut(let lambda):
      let outer = set.reduce(0) { sum, j in sum + all.reduce(0) { $0 + s[$1][j] } }
      return lambda * outer - set.reduce(0) { sum, i in sum + set.reduce(0) { $0 + s[i][$1] } }
    case .logDeterminant(let ridge):
      return log(determinant(set.map { i in set.map { s[i][$0] + (i == $0 ? ridge : 0) } }))
    case .saturatedCoverage(let alpha):
      return all.reduce(0) { sum, i in
        sum + min(set.reduce(0) { $0 + s[i][$1] }, alpha * s[i].reduce(0, +))
      }
    case .disparitySum:
      return set.reduce(0) { sum, i in sum + set.reduce(0) { $0 + distances[i][$1] } } / 2
    case .disparityMin:
      // The farthest candidate is taken, not the one that lowers the least distance the least.
      return 0
    }
  }
}

func normals(_ count: Int, _ stream: inout RandomStream) -> [Double] {
  (0..<count).map { _ in stream.normal() }
}
