// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The similarities of all pairs of n candidates: a matrix where that is small (or was given), and
/// otherwise rows computed each time that they are asked for.
///
/// Work is cut into tiles by n alone, so that results have the same bits on any number of threads.
final class Similarity<T: BLASElement> {
  let n: Int
  /// Rows that are about as cheap together as one alone.
  let batch: Int
  /// Columns of a tile.
  static var tile: Int { 512 }
  var tiles: Int { (n + Similarity.tile - 1) / Similarity.tile }
  var isStored: Bool { matrix != nil }
  /// What was given is a similarity as it stands; nil then.
  let metric: SimilarityMetric?

  private let pairs: Pairs<T>?
  private let matrix: HostBuffer<T>?
  private let values: HostBuffer<T>
  private let scratch: HostBuffer<T>

  /// What one pass over all pairs finds.
  struct Summary {
    /// The sum of each row, of similarities that are not negative.
    let sums: [Double]
    /// What values are relative to: a similarity is a value less this, and not negative.
    let floor: T
  }

  /// - Parameter memory: the most bytes for the whole matrix; rows are computed when it needs more.
  convenience init(
    _ candidates: Candidates<T>, _ metric: SimilarityMetric, width: Double, memory: Int, op: String
  ) throws {
    let n = candidates.n
    let (cells, overflow) = n.multipliedReportingOverflow(by: n)
    let isStored = !overflow && cells <= max(memory, 0) / MemoryLayout<T>.stride
    let batch = max(1, min(64, (1 << 22) / max(n, 1)))
    let rows = isStored ? cells : 2 * batch * n
    try MemoryPool.shared.require(
      (rows + candidates.classes + candidates.width) * MemoryLayout<T>.stride, op)
    let pairs = try Pairs(candidates, metric, width: width, op: op)
    try self.init(n, batch, pairs, isStored ? Similarity.matrix(pairs, op: op) : nil, op: op)
  }

  /// - Parameter given: (n, n), symmetric, not negative.
  convenience init(_ given: Tensor, op: String) throws {
    guard given.ndim == 2, given.shape[0] == given.shape[1] else {
      throw TensorError(
        op,
        "the similarity must be a square matrix, (n, n), got shape \(shapeText(given.shape))")
    }
    let n = given.shape[0]
    let matrix = try HostBuffer<T>(reading: given)
    try Similarity.check(matrix, n, op: op)
    try self.init(n, max(1, min(64, (1 << 22) / max(n, 1))), nil, matrix, op: op)
  }

  private init(
    _ n: Int, _ batch: Int, _ pairs: Pairs<T>?, _ matrix: HostBuffer<T>?, op: String
  ) throws {
    self.n = n
    self.batch = batch
    self.pairs = pairs
    self.matrix = matrix
    metric = pairs?.metric
    let count = matrix == nil ? batch * n : 0
    values = try HostBuffer(count: max(count, 1), op: op)
    scratch = try HostBuffer(count: max(count, 1), op: op)
  }

  /// A tile of some rows.
  struct Tile {
    let number: Int
    let columns: Range<Int>
    fileprivate let origin: UnsafePointer<T>
    fileprivate let offsets: [Int]

    /// The values of row `r` of those asked for, from the first column of the tile on.
    func row(_ r: Int) -> UnsafePointer<T> { origin + offsets[r] }
  }

  /// Calls `body`, in parallel, for each tile of the rows of `candidates`, at most `batch` of them.
  func visit(_ candidates: [Int], _ body: (Tile) -> Void) throws {
    if candidates.isEmpty { return }
    let offsets: [Int]
    let origin: UnsafeMutablePointer<T>
    var rows: Pairs<T>.Rows?
    if let matrix {
      (offsets, origin) = (candidates.map { $0 * n }, matrix.base)
    } else {
      (offsets, origin) = (candidates.indices.map { $0 * n }, values.base)
      rows = try pairs?.rows(candidates)
    }
    let given = rows
    Workers.run(tiles) { t in
      let from = t * Similarity.tile
      let columns = from..<min(n, from + Similarity.tile)
      if let given {
        pairs?.fill(given, columns, values.base + from, scratch.base + from, leading: n)
      }
      body(
        Tile(
          number: t, columns: columns, origin: UnsafePointer(origin + from), offsets: offsets))
    }
  }

  /// For each of `candidates` the sum over all columns of what `part` makes of a row's tile, tiles in
  /// order.
  func sums(
    _ candidates: [Int], _ part: (UnsafePointer<T>, Range<Int>) -> T
  ) throws -> [Double] {
    var out = [Double](repeating: 0, count: candidates.count)
    let parts = try HostBuffer<Double>(count: tiles * batch + 1, op: "greedy")
    for from in stride(from: 0, to: candidates.count, by: batch) {
      try Interrupt.check("greedy")
      let rows = Array(candidates[from..<min(candidates.count, from + batch)])
      try visit(rows) { tile in
        for r in rows.indices {
          parts.base[tile.number * batch + r] = Double(part(tile.row(r), tile.columns))
        }
      }
      for r in rows.indices {
        for t in 0..<tiles { out[from + r] += parts.base[t * batch + r] }
      }
    }
    return out
  }

  /// One pass over all pairs.
  func summary() throws -> Summary {
    let least = try HostBuffer<T>(count: max(tiles, 1), op: "greedy")
    for t in 0..<tiles { least.base[t] = 0 }
    let size = Similarity.tile
    var sums = try sums(Array(0..<n)) { row, columns in
      let t = columns.lowerBound / size
      // Each tile is one task at a time.
      for l in 0..<columns.count where row[l] < least.base[t] { least.base[t] = row[l] }
      return Sums.sum(columns.count) { row[$0] }
    }
    let floor = (0..<tiles).reduce(T(0)) { min($0, least.base[$1]) }
    for i in 0..<n { sums[i] -= Double(n) * Double(floor) }
    return Summary(sums: sums, floor: floor)
  }

  /// The value of candidate `i` with itself.
  func diagonal(_ i: Int) -> T { matrix.map { $0.base[i * n + i] } ?? pairs?.diagonal(i) ?? 0 }

  /// How far apart a value says that two candidates are.
  func distance(_ value: T) -> T { metric?.isDistance == true ? -value : 1 - value }

  /// All pairs, the upper half computed and mirrored.
  private static func matrix(_ pairs: Pairs<T>, op: String) throws -> HostBuffer<T> {
    let (n, block) = (pairs.n, 256)
    let out = try HostBuffer<T>(count: max(n * n, 1), op: op)
    let blocks = (n + block - 1) / block
    func range(_ b: Int) -> Range<Int> { b * block..<min(n, (b + 1) * block) }
    let failure = FirstFailure()
    for a in 0..<blocks {
      try Interrupt.check(op)
      let above = range(a)
      let rows = pairs.rows(above)
      Workers.run(blocks - a) { k in
        do {
          let columns = range(a + k)
          let scratch = try HostBuffer<T>(
            count: pairs.candidates.embeddings == nil ? 1 : above.count * columns.count, op: op)
          let values = try HostBuffer<T>(count: above.count * columns.count, op: op)
          pairs.fill(rows, columns, values.base, scratch.base, leading: columns.count)
          for (r, i) in above.enumerated() {
            let line = values.base + r * columns.count
            // On the diagonal only what lies right of it.
            for (l, j) in columns.enumerated() where j >= i {
              out.base[i * n + j] = line[l]
              out.base[j * n + i] = line[l]
            }
          }
        } catch { failure.keep(error) }
      }
      try failure.raise()
    }
    return out
  }

  /// Finite, not negative and symmetric but for rounding.
  private static func check(_ matrix: HostBuffer<T>, _ n: Int, op: String) throws {
    let bad = try HostBuffer<Double>(count: max(n, 1), op: op)
    Workers.chunks(of: n, grain: 64) { range in
      for i in range {
        bad.base[i] = -1
        for j in 0..<n {
          let (x, y) = (matrix.base[i * n + j], matrix.base[j * n + i])
          if !(x >= 0 && (x * T(n)).isFinite && abs(x - y) <= (x + y) / 1024) {
            bad.base[i] = Double(j)
            break
          }
        }
      }
    }
    guard let i = (0..<n).first(where: { bad.base[$0] >= 0 }) else { return }
    let j = Int(bad.base[i])
    throw TensorError(
      op,
      "the similarity must be symmetric, finite and not negative; the one of candidates \(i) and "
        + "\(j), counted from 0, is \(matrix.base[i * n + j]) and \(matrix.base[j * n + i])")
  }
}
