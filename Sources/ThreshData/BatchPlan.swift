// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Which samples an epoch visits, in which order, with which weights; decided before it begins.
struct BatchPlan: Sendable {
  var batches: [[Int]]
  /// Parallel to `batches`; nil without weights.
  var weights: [[Float]]?

  /// The plan for a dataset of `count` samples that is called `name`.
  /// - Throws: `TensorError` for options that contradict each other or the dataset.
  init(count: Int, name: String, _ options: LoaderOptions) throws {
    let op = "loader"
    func check(_ indices: [Int], _ what: String) throws {
      for i in indices where i < 0 || i >= count {
        throw TensorError(
          op, "\(what): index \(i) is outside 0 ..< \(count) of \(name)")
      }
    }
    if let indices = options.indices { try check(indices, "indices") }
    for w in options.weights ?? [] where !w.isFinite || w < 0 {
      throw TensorError(op, "weights must be finite and not negative, got \(w)")
    }
    var stream = RandomStream(seed: options.seed, purpose: "shuffle", epoch: options.epoch)

    if let fixed = options.batches {
      for batch in fixed {
        guard !batch.isEmpty else { throw TensorError(op, "a given batch is empty") }
        try check(batch, "batches")
      }
      let all = options.indices ?? fixed.flatMap { $0 }
      let order = options.shuffle ? try stream.permutation(fixed.count) : Array(fixed.indices)
      batches = order.map { fixed[$0] }
      guard let given = options.weights else { return }
      try BatchPlan.checkCount(given, all)
      if options.indices == nil {
        // Weights stand in the order of the batches, one after another.
        var starts = [0]
        for batch in fixed { starts.append(starts[starts.count - 1] + batch.count) }
        weights = order.map { Array(given[starts[$0]..<starts[$0 + 1]]) }
      } else {
        let byIndex = Dictionary(zip(all, given), uniquingKeysWith: { first, _ in first })
        weights = try batches.map { batch in
          try batch.map { i in
            guard let w = byIndex[i] else {
              throw TensorError(op, "batches hold sample \(i), which indices lack")
            }
            return w
          }
        }
      }
      return
    }

    guard options.batchSize > 0 else {
      throw TensorError(op, "the batch size must be at least 1, got \(options.batchSize)")
    }
    let all = options.indices ?? Array(0..<count)
    if let given = options.weights { try BatchPlan.checkCount(given, all) }
    let order = options.shuffle ? try stream.permutation(all.count) : Array(all.indices)
    var places: [[Int]] = []
    for start in stride(from: 0, to: order.count, by: options.batchSize) {
      // Not start + size: the size may be as large as Int.
      let size = min(options.batchSize, order.count - start)
      if size < options.batchSize && options.dropLast { break }
      places.append(Array(order[start..<start + size]))
    }
    batches = places.map { $0.map { all[$0] } }
    if let given = options.weights { weights = places.map { $0.map { given[$0] } } }
  }

  /// The batch to begin with, if the epoch has it; one behind the last is the end of the epoch.
  func start(_ batch: Int) throws -> Int {
    guard batch >= 0, batch <= batches.count else {
      throw TensorError(
        "loader", "cannot start at batch \(batch) (from 0): the epoch has \(batches.count) batches")
    }
    return batch
  }

  private static func checkCount(_ weights: [Float], _ indices: [Int]) throws {
    guard weights.count == indices.count else {
      throw TensorError("loader", "\(weights.count) weights for \(indices.count) samples")
    }
  }
}
