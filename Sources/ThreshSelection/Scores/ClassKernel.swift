// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// How alike two candidates of a class are.
public enum Similarity: String, Sendable, CaseIterable {
  /// `exp(-||h_i - h_j||² / (0.1 mean ||h_i - h_j||²))`, the mean over all pairs of the class (MILO's).
  case rbf
  /// `<h_i, h_j> / (||h_i|| ||h_j||)`; 0 with a zero vector.
  case cosine
}

/// The similarities within one class, a row at a time: nothing of n x n is kept.
final class ClassKernel<T: BLASElement> {
  /// Candidates of the class.
  let members: [Int]
  private let similarity: Similarity
  private let width: Int
  private let rows: HostBuffer<T>
  private let products: HostBuffer<T>
  private let norms: [Double]
  /// 0.1 mean d², as the kernel divides by it.
  private let bandwidth: Double

  var count: Int { members.count }

  private static var op: String { "milo" }

  init(
    _ members: [Int], of embeddings: HostBuffer<T>, width: Int, _ similarity: Similarity
  ) throws {
    _ = BLAS.ready
    (self.members, self.similarity, self.width) = (members, similarity, width)
    rows = try HostBuffer(count: max(1, members.count * width), op: ClassKernel.op)
    products = try HostBuffer(count: max(1, members.count), op: ClassKernel.op)
    var norms = [Double](repeating: 0, count: members.count)
    var sum = [Double](repeating: 0, count: width)
    for (i, member) in members.enumerated() {
      let from = embeddings.base + member * width
      (rows.base + i * width).update(from: from, count: width)
      for e in 0..<width {
        let x = Double(from[e])
        norms[i] += x * x
        sum[e] += x
      }
      guard T(norms[i]).isFinite else {
        throw TensorError(ClassKernel.op, "the embedding of candidate \(member) is not finite")
      }
    }
    self.norms = norms
    // Σ_ij ||h_i - h_j||² / n² = 2 (mean ||h||² - ||mean h||²).
    let n = Double(max(1, members.count))
    let spread =
      norms.reduce(0, +) / n - sum.reduce(0) { $0 + $1 / n * ($1 / n) }
    bandwidth = 0.1 * 2 * max(spread, 0)
  }

  /// `||h_i - h_j||²` of member `i` with every member j.
  func squaredDistances(_ i: Int, into out: inout [Double]) {
    fill(i, into: &out) { j, product in
      i == j ? 0 : max(0, norms[i] + norms[j] - 2 * product)
    }
  }

  /// The similarities of member `i` with every member.
  func similarities(_ i: Int, into out: inout [Double]) {
    switch similarity {
    case .rbf:
      fill(i, into: &out) { j, product in
        let squared = i == j ? 0 : max(0, norms[i] + norms[j] - 2 * product)
        return squared == 0 ? 1 : bandwidth > 0 ? exp(-squared / bandwidth) : 0
      }
    case .cosine:
      fill(i, into: &out) { j, product in
        if i == j { return selfSimilarity(i) }
        let scale = (norms[i] * norms[j]).squareRoot()
        return scale > 0 ? product / scale : 0
      }
    }
  }

  /// `s_ii`.
  func selfSimilarity(_ i: Int) -> Double {
    similarity == .cosine && norms[i] == 0 ? 0 : 1
  }

  /// The member farthest from the mean, the first of equals.
  func farthestFromMean() -> Int {
    var mean = [Double](repeating: 0, count: width)
    for i in 0..<count {
      for e in 0..<width { mean[e] += Double(rows.base[i * width + e]) / Double(count) }
    }
    var (found, most) = (0, -1.0)
    for i in 0..<count {
      var squared = 0.0
      for e in 0..<width {
        let x = Double(rows.base[i * width + e]) - mean[e]
        squared += x * x
      }
      if squared > most { (found, most) = (i, squared) }
    }
    return found
  }

  /// `Σ_j s_ij` of every member i.
  func sums() throws -> [Double] {
    var (sums, row) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for i in 0..<count {
      try Interrupt.check(ClassKernel.op)
      similarities(i, into: &row)
      sums[i] = row.reduce(0, +)
    }
    return sums
  }

  /// `body(j, <h_i, h_j>)` for every member j.
  private func fill(_ i: Int, into out: inout [Double], _ body: (Int, Double) -> Double) {
    out.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      Workers.chunks(of: count, grain: 256) { range in
        T.gemv(
          range.count, width,
          BLAS.Operand(
            base: rows.base + range.lowerBound * width, transposed: false, leading: width),
          rows.base + i * width, 1, beta: 0, products.base + range.lowerBound, 1)
        for j in range { out[j] = body(j, Double(products.base[j])) }
      }
    }
  }
}
