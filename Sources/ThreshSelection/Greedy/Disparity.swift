// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How far the picks lie apart: the sum of the distances of all pairs, or the least of them.
///
/// The gain of j is the sum of its distances to the picks, or the distance to the nearest one, so that
/// the greedy takes the candidate that is farthest; 0 (or what is given) for the first pick. Neither is submodular. The
/// distance is the metric's, or one minus the similarity.
final class Disparity<T: BLASElement>: SetFunction {
  private let similarity: Similarity<T>
  private let takesLeast: Bool
  private let state: HostBuffer<Double>
  private var isEmpty = true

  /// - Parameter first: the gains of the first pick, n of them, when the least distance is taken.
  init(_ similarity: Similarity<T>, takesLeast: Bool, first: [Double] = []) throws {
    self.similarity = similarity
    self.takesLeast = takesLeast
    state = try HostBuffer(count: max(similarity.n, 1), op: "disparity")
    for i in 0..<similarity.n { state.base[i] = i < first.count ? first[i] : 0 }
  }

  var count: Int { similarity.n }
  var batch: Int { 64 }
  var isSubmodular: Bool { false }

  func gains(of candidates: [Int]) throws -> [Double] { candidates.map { state.base[$0] } }

  func add(_ j: Int) throws {
    let isFirst = isEmpty
    isEmpty = false
    try similarity.visit([j]) { tile in
      let row = tile.row(0)
      for (l, i) in tile.columns.enumerated() {
        let distance = Double(similarity.distance(row[l]))
        if !takesLeast {
          state.base[i] += distance
        } else if isFirst || distance < state.base[i] {
          state.base[i] = distance
        }
      }
    }
  }
}
