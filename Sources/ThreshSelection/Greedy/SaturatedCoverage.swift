// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// `f(S) = Σ_i min(Σ_{j in S} s_ij, α Σ_{j in V} s_ij)`: every candidate is covered, up to a share of
/// what everything together would cover (Lin and Bilmes 2011).
final class SaturatedCoverage<T: BLASElement>: SetFunction {
  private let similarity: Similarity<T>
  private let floor: T
  /// What is missing to the saturation of each candidate, at least 0.
  private let room: HostBuffer<T>

  init(_ similarity: Similarity<T>, alpha: Double) throws {
    guard alpha > 0, alpha <= 1 else {
      throw TensorError("saturated_coverage", "alpha must be above 0 and at most 1, got \(alpha)")
    }
    self.similarity = similarity
    let summary = try similarity.summary()
    floor = summary.floor
    room = try HostBuffer(count: max(similarity.n, 1), op: "saturated_coverage")
    for (i, sum) in summary.sums.enumerated() { room.base[i] = T(alpha * sum) }
  }

  var count: Int { similarity.n }
  var batch: Int { 8 }

  func gains(of candidates: [Int]) throws -> [Double] {
    try similarity.sums(candidates) { row, columns in
      let room = room.base + columns.lowerBound
      return Sums.sum(columns.count) { l in
        let similar = row[l] - floor
        return similar < room[l] ? similar : room[l]
      }
    }
  }

  func add(_ j: Int) throws {
    try similarity.visit([j]) { tile in
      let row = tile.row(0)
      for (l, i) in tile.columns.enumerated() {
        room.base[i] = max(0, room.base[i] - (row[l] - floor))
      }
    }
  }
}
