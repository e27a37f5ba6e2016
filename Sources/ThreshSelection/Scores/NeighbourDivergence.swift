// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// CAL, contrastive active learning (Margatina et al. 2021): how much a model's prediction for an
/// example differs from those for its nearest neighbours.
public enum NeighbourDivergence {
  /// The mean symmetrised divergence of each candidate from its nearest neighbours. (n)
  ///
  /// `(KL(p_i || p_j) + KL(p_j || p_i)) / 2 = Σ_c (p_ic - p_jc) (ln p_ic - ln p_jc) / 2`, averaged over
  /// the `neighbours` others nearest to i by the Euclidean distance of embeddings, the lower of
  /// equals; over all others where there are fewer, 0 where there is none. Distances are taken block
  /// by block: O(n² E) time, O(n (C + neighbours)) memory. Computes in float64 if an input is.
  /// - Parameters:
  ///   - embeddings: `(n, E)`.
  ///   - logits: `(n, C)`, scores before the softmax.
  ///   - labels: neighbours are sought among candidates of the same label; nil to seek among all.
  /// - Throws: `TensorError` for shapes or labels that do not fit, `neighbours` below 1, values that
  ///   are not finite; also when memory runs out or on interrupt.
  public static func scores(
    embeddings: Tensor, logits: Tensor, neighbours: Int = 10, labels: [Int]? = nil,
    classes: Int = 0
  ) throws -> [Double] {
    let span = Profiler.begin(op)
    defer { span.end() }
    guard embeddings.ndim == 2, logits.ndim == 2, embeddings.shape[0] == logits.shape[0],
      embeddings.shape[1] > 0, logits.shape[1] > 0
    else {
      throw TensorError(
        op,
        "needs embeddings (n, E) and logits (n, C), got \(shapeText(embeddings.shape)) and "
          + shapeText(logits.shape))
    }
    guard embeddings.shape[1] < Int32.max else {
      throw TensorError(op, "embeddings of \(embeddings.shape[1]) numbers are too long")
    }
    guard neighbours >= 1 else {
      throw TensorError(op, "needs at least 1 neighbour, got \(neighbours)")
    }
    let n = logits.shape[0]
    var groups = [Array(0..<n)]
    if let labels {
      try Labels.check(labels, classes, n: n, op: op)
      groups = Members(labels, classes).lists
    }
    let wide = embeddings.dtype == .float64 || logits.dtype == .float64
    return wide
      ? try scores(Double.self, embeddings, logits, neighbours, groups)
      : try scores(Float.self, embeddings, logits, neighbours, groups)
  }

  private static var op: String { "cal" }

  private static func scores<T: BLASElement>(
    _: T.Type, _ embeddings: Tensor, _ logits: Tensor, _ neighbours: Int, _ groups: [[Int]]
  ) throws -> [Double] {
    _ = BLAS.ready
    let (n, classes, width) = (logits.shape[0], logits.shape[1], embeddings.shape[1])
    let logs = try logSoftmax(HostBuffer<T>(reading: logits), n, classes)
    let all = try HostBuffer<T>(reading: embeddings)
    var out = [Double](repeating: 0, count: n)
    for group in groups where group.count > 1 {
      let rows = groups.count == 1 ? all : try gathered(group, all, width)
      let nearest = try NearestRows(rows, n: group.count, width: width, op: op)
      try nearest.visit(min(neighbours, group.count - 1)) { i, found in
        var sum = 0.0
        for j in found { sum += divergence(logs, classes, group[i], group[j]) }
        return sum / Double(found.count)
      } result: { i, mean in
        out[group[i]] = mean
      }
    }
    return out
  }

  private static func gathered<T: BLASElement>(
    _ rows: [Int], _ from: HostBuffer<T>, _ width: Int
  ) throws -> HostBuffer<T> {
    let out = try HostBuffer<T>(count: rows.count * width, op: op)
    for (i, row) in rows.enumerated() {
      (out.base + i * width).update(from: from.base + row * width, count: width)
    }
    return out
  }

  /// The logarithms of the softmax of each row. (n, C)
  private static func logSoftmax<T: BLASElement>(
    _ logits: HostBuffer<T>, _ n: Int, _ classes: Int
  ) throws -> HostBuffer<T> {
    let logs = try HostBuffer<T>(count: n * classes, op: op)
    let failure = FirstFailure()
    Workers.chunks(of: n, grain: 256) { range in
      for i in range {
        let (row, out) = (logits.base + i * classes, logs.base + i * classes)
        var most = row[0]
        for c in 0..<classes { most = max(most, row[c]) }
        var sum = 0.0
        for c in 0..<classes { sum += exp(Double(row[c] - most)) }
        let shift = Double(most) + log(sum)
        for c in 0..<classes { out[c] = T(Double(row[c]) - shift) }
        if !sum.isFinite || !most.isFinite {
          failure.keep(TensorError(op, "the logits of a candidate are not finite"))
        }
      }
    }
    try failure.raise()
    return logs
  }

  private static func divergence<T: BLASElement>(
    _ logs: HostBuffer<T>, _ classes: Int, _ i: Int, _ j: Int
  ) -> Double {
    let (a, b) = (logs.base + i * classes, logs.base + j * classes)
    var sum = 0.0
    for c in 0..<classes {
      let (x, y) = (Double(a[c]), Double(b[c]))
      // Two probabilities of 0 do not differ, whatever their logarithms.
      if x != y { sum += (exp(x) - exp(y)) * (x - y) }
    }
    return sum.isFinite ? sum / 2 : .greatestFiniteMagnitude
  }
}

/// The nearest other rows of each row of a matrix, block by block.
struct NearestRows<T: BLASElement> {
  private let rows: HostBuffer<T>
  private let n: Int
  private let width: Int
  private let norms: [T]
  private let op: String

  /// Rows a task, and columns of distances at a time.
  private static var block: Int { 64 }
  private static var tile: Int { 1024 }

  /// - Parameter rows: `(n, width)`.
  /// - Throws: `TensorError` naming the first row that is not finite.
  init(_ rows: HostBuffer<T>, n: Int, width: Int, op: String) throws {
    (self.rows, self.n, self.width, self.op) = (rows, n, width, op)
    var norms = [T](repeating: 0, count: n)
    for i in 0..<n {
      var sum = 0.0
      for e in 0..<width {
        let x = Double(rows.base[i * width + e])
        sum += x * x
      }
      norms[i] = T(sum)
    }
    if let bad = norms.firstIndex(where: { !$0.isFinite }) {
      throw TensorError(op, "the embedding of candidate \(bad) is not finite")
    }
    self.norms = norms
  }

  /// Calls `body` with each row and its `m` nearest others, nearest first (in parallel), then
  /// `result` with each row and what `body` gave, in order.
  func visit(
    _ m: Int, _ body: (Int, [Int]) -> Double, result: (Int, Double) -> Void
  ) throws {
    let (block, tile) = (NearestRows.block, NearestRows.tile)
    let blocks = (n + block - 1) / block
    // Some blocks at a time, so that an interrupt is seen and scratch stays small.
    let round = 64
    let found = try HostBuffer<Double>(count: n, op: op)
    let scratch = try HostBuffer<T>(count: min(round, blocks) * block * tile, op: op)
    for first in stride(from: 0, to: blocks, by: round) {
      try Interrupt.check(op)
      Workers.run(min(round, blocks - first)) { b in
        let from = (first + b) * block
        let products = scratch.base + b * block * tile
        visit(from..<min(n, from + block), m, products) { i, list in
          found.base[i] = body(i, list)
        }
      }
    }
    for i in 0..<n { result(i, found.base[i]) }
  }

  private func visit(
    _ range: Range<Int>, _ m: Int, _ products: UnsafeMutablePointer<T>,
    _ body: (Int, [Int]) -> Void
  ) {
    let tile = NearestRows.tile
    // The m smallest so far of each row, ascending by (distance, row).
    var lists = [[(distance: T, row: Int)]](repeating: [], count: range.count)
    for column in stride(from: 0, to: n, by: tile) {
      let count = min(tile, n - column)
      T.gemm(
        range.count, count, width,
        BLAS.Operand(
          base: rows.base + range.lowerBound * width, transposed: false, leading: width),
        BLAS.Operand(base: rows.base + column * width, transposed: true, leading: width), beta: 0,
        products, tile)
      for (l, i) in range.enumerated() {
        let row = products + l * tile
        for c in 0..<count where column + c != i {
          // ||h_i||² is the same for all, so it is left out.
          let distance = norms[column + c] - 2 * row[c]
          let size = lists[l].count
          if size == m, distance >= lists[l][m - 1].distance { continue }
          var place = size
          while place > 0, lists[l][place - 1].distance > distance { place -= 1 }
          if size == m { lists[l].removeLast() }
          lists[l].insert((distance, column + c), at: place)
        }
      }
    }
    for (l, i) in range.enumerated() { body(i, lists[l].map(\.row)) }
  }
}
