// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// `f(S) = Σ_i max_{j in S} s_ij`: how well the best of S represents every candidate.
///
/// With distances, `s = max(D) - D`, only the distance to the nearest pick is kept: the gain of j is
/// `Σ_i max(0, nearest_i - D_ij)`, in which max(D) cancels but for the first pick.
final class FacilityLocation<T: BLASElement>: SetFunction {
  let similarity: Similarity<T>
  private let summary: Similarity<T>.Summary
  /// The value of each candidate with its best representative.
  private let best: HostBuffer<T>
  /// Its number among the picks; -1 before the first.
  private var owners: [Int32]
  private var picks = 0

  convenience init(_ similarity: Similarity<T>) throws {
    try self.init(similarity, try similarity.summary())
  }

  /// For picks that are known: their shares alone, without a pass over all pairs; there are no gains.
  convenience init(assigning similarity: Similarity<T>) throws {
    try self.init(similarity, Similarity<T>.Summary(sums: [], floor: 0))
  }

  private init(_ similarity: Similarity<T>, _ summary: Similarity<T>.Summary) throws {
    self.similarity = similarity
    self.summary = summary
    best = try HostBuffer(count: max(similarity.n, 1), op: "facility_location")
    for i in 0..<similarity.n { best.base[i] = summary.floor }
    owners = [Int32](repeating: -1, count: similarity.n)
  }

  var count: Int { similarity.n }
  var batch: Int { 8 }

  /// The largest distance of two candidates, where the similarities are made of distances.
  var largestDistance: Double { -Double(summary.floor) }

  func gains(of candidates: [Int]) throws -> [Double] {
    // Where rows are not kept, the first gains are known from the pass over all of them.
    if picks == 0 && !similarity.isStored { return candidates.map { summary.sums[$0] } }
    return try similarity.sums(candidates) { row, columns in
      let best = best.base + columns.lowerBound
      return Sums.sum(columns.count) { l in
        let more = row[l] - best[l]
        return more > 0 ? more : 0
      }
    }
  }

  func add(_ j: Int) throws {
    let number = Int32(picks)
    try owners.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let owners = buffer
      try similarity.visit([j]) { tile in
        let row = tile.row(0)
        for (l, i) in tile.columns.enumerated() {
          // Of equals the earlier pick, but every pick represents itself.
          if row[l] > best.base[i] || owners[i] < 0 || (i == j && row[l] == best.base[i]) {
            best.base[i] = row[l]
            owners[i] = number
          }
        }
      }
    }
    picks += 1
  }

  /// How many candidates each pick represents best; the sum is n.
  var represented: [Int] {
    var counts = [Int](repeating: 0, count: picks)
    for owner in owners where owner >= 0 { counts[Int(owner)] += 1 }
    return counts
  }
}
