// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Values of pairs of candidates, computed a tile at a time.
///
/// Products come from matrix products of the factors, `<g_i, g_j> = <r_i, r_j> (1 + <h_i, h_j>)`, and
/// `||g_i - g_j||² = ||g_i||² + ||g_j||² - 2 <g_i, g_j>`. Where that subtraction would cancel, the
/// distance is computed from the differences of the factors, so that equal candidates are at 0.
struct Pairs<T: BLASElement> {
  let candidates: Candidates<T>
  let metric: SimilarityMetric
  /// `||g_i||²`. (n)
  let norms: HostBuffer<T>
  /// For `rbf`: the factor of the squared distance in the exponent.
  private let decay: Double

  var n: Int { candidates.n }

  /// Below this share of `||g_i||² + ||g_j||²` a squared distance comes from the differences.
  private static var close: T { 1 / 64 }

  /// - Parameter width: of `rbf`, relative to the mean squared distance.
  /// - Throws: `TensorError` naming the first candidate that is not finite (or nearly so large).
  init(_ candidates: Candidates<T>, _ metric: SimilarityMetric, width: Double = 0.1, op: String)
    throws
  {
    self.candidates = candidates
    self.metric = metric
    let n = candidates.n
    let norms = try HostBuffer<T>(count: max(n, 1), op: op)
    self.norms = norms
    Workers.chunks(of: n, grain: 256) { range in
      for i in range {
        let r = candidates.residuals.base + i * candidates.classes
        let h = candidates.embeddings.map { $0.base + i * candidates.width }
        norms.base[i] =
          Sums.squares(r, candidates.classes)
          * (1 + (h.map { Sums.squares($0, candidates.width) } ?? 0))
      }
    }
    // Room for the sums and doubles that distances are made of.
    if let bad = (0..<n).first(where: { !(norms.base[$0] * 16).isFinite }) {
      throw TensorError(
        op,
        "candidate \(bad), counted from 0, is not finite or too large (squared norm "
          + "\(norms.base[bad]) as \(T.dtype.name))")
    }
    guard metric == .rbf, n > 0 else {
      decay = 0
      return
    }
    guard width > 0, width < .infinity else {
      throw TensorError(op, "the width must be finite and above 0, got \(width)")
    }
    // Σ_ij ||g_i - g_j||² = 2 n Σ ||g_i||² - 2 ||Σ g_i||².
    let sum = try candidates.sum()
    let whole = (0..<n).reduce(0.0) { $0 + Double(norms.base[$1]) }
    let count = Double(n)
    let mean = 2 * (whole / count - sum.reduce(0) { $0 + $1 * $1 } / (count * count))
    decay = mean > 0 ? 1 / (width * mean) : 0
  }

  /// The candidates that a tile has rows of, and where their factors lie one after the other.
  struct Rows {
    let indices: [Int]
    fileprivate let gathered: Candidates<T>
    fileprivate let from: Int

    fileprivate var residuals: UnsafePointer<T> {
      UnsafePointer(gathered.residuals.base + from * gathered.classes)
    }
    fileprivate var embeddings: UnsafePointer<T>? {
      gathered.embeddings.map { UnsafePointer($0.base + from * gathered.width) }
    }
  }

  func rows(_ indices: [Int]) throws -> Rows {
    if let only = indices.first, indices.count == 1 { return rows(only..<only + 1) }
    return Rows(indices: indices, gathered: try candidates.gathered(indices), from: 0)
  }

  func rows(_ range: Range<Int>) -> Rows {
    Rows(indices: Array(range), gathered: candidates, from: range.lowerBound)
  }

  /// The metric of every row with the candidates `columns`; distances come negative.
  /// - Parameters:
  ///   - out: (rows, columns), rows `leading` apart.
  ///   - scratch: as `out`; not touched without embeddings.
  func fill(
    _ rows: Rows, _ columns: Range<Int>, _ out: UnsafeMutablePointer<T>,
    _ scratch: UnsafeMutablePointer<T>, leading: Int
  ) {
    products(rows, columns, out, scratch, leading: leading)
    for (r, i) in rows.indices.enumerated() {
      let line = out + r * leading
      switch metric {
      case .dot: break
      case .cosine:
        let own = norms.base[i].squareRoot()
        for (l, j) in columns.enumerated() {
          let lengths = own * norms.base[j].squareRoot()
          let cosine = lengths > 0 ? min(max(line[l] / lengths, -1), 1) : 0
          line[l] = (1 + cosine) / 2
        }
      case .squaredEuclidean:
        distances(i, columns, line)
        for l in 0..<columns.count { line[l] = -line[l] }
      case .euclidean:
        distances(i, columns, line)
        for l in 0..<columns.count { line[l] = -line[l].squareRoot() }
      case .rbf:
        distances(i, columns, line)
        for l in 0..<columns.count {
          line[l] = line[l] > 0 ? T(exp(-Double(line[l]) * decay)) : 1
        }
      }
    }
  }

  /// The metric of candidate `i` with itself, as `fill` gives it.
  func diagonal(_ i: Int) -> T {
    switch metric {
    case .squaredEuclidean, .euclidean: 0
    case .cosine: norms.base[i] > 0 ? 1 : 0.5
    case .rbf: 1
    case .dot: norms.base[i]
    }
  }

  /// `<g_i, g_j>` of every row with every column.
  private func products(
    _ rows: Rows, _ columns: Range<Int>, _ out: UnsafeMutablePointer<T>,
    _ scratch: UnsafeMutablePointer<T>, leading: Int
  ) {
    let (classes, width) = (candidates.classes, candidates.width)
    func multiply(
      _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ length: Int, _ to: UnsafeMutablePointer<T>
    ) {
      let y = y + columns.lowerBound * length
      if rows.indices.count == 1 {
        T.gemv(
          columns.count, length, BLAS.Operand(base: y, transposed: false, leading: length), x, 1,
          beta: 0, to, 1)
      } else {
        T.gemm(
          rows.indices.count, columns.count, length,
          BLAS.Operand(base: x, transposed: false, leading: length),
          BLAS.Operand(base: y, transposed: true, leading: length), beta: 0, to, leading)
      }
    }
    multiply(rows.residuals, candidates.residuals.base, classes, out)
    guard let h = rows.embeddings, let all = candidates.embeddings?.base else { return }
    multiply(h, all, width, scratch)
    for r in 0..<rows.indices.count {
      let (line, more) = (out + r * leading, scratch + r * leading)
      for l in 0..<columns.count { line[l] *= 1 + more[l] }
    }
  }

  /// Makes products with candidate `i` squared distances to it.
  private func distances(_ i: Int, _ columns: Range<Int>, _ line: UnsafeMutablePointer<T>) {
    let own = norms.base[i]
    for (l, j) in columns.enumerated() {
      let both = own + norms.base[j]
      let distance = both - 2 * line[l]
      // Not a number either.
      line[l] = distance > both * Pairs.close ? distance : difference(i, j)
    }
  }

  /// `||g_i - g_j||²` with a = [1, h], from `g_i - g_j = (r_i - r_j) ⊗ a_i + r_j ⊗ (a_i - a_j)`.
  private func difference(_ i: Int, _ j: Int) -> T {
    if i == j { return 0 }
    let (classes, width) = (candidates.classes, candidates.width)
    let (ri, rj) = (
      candidates.residuals.base + i * classes, candidates.residuals.base + j * classes
    )
    let apart = Sums.squaredDifference(ri, rj, classes)
    guard let h = candidates.embeddings?.base else { return apart }
    let (hi, hj) = (h + i * width, h + j * width)
    let mixed =
      Sums.differenceTimes(ri, rj, rj, classes) * Sums.differenceTimes(hi, hj, hi, width)
    return max(
      0,
      apart * (1 + Sums.squares(hi, width)) + Sums.squares(rj, classes)
        * Sums.squaredDifference(hi, hj, width) + 2 * mixed)
  }
}

/// Sums in eight lanes, which the compiler makes vectors of.
enum Sums {
  static func squares<T: FloatingElement>(_ x: UnsafePointer<T>, _ count: Int) -> T {
    sum(count) { x[$0] * x[$0] }
  }

  /// `Σ (x - y)²`
  static func squaredDifference<T: FloatingElement>(
    _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ count: Int
  ) -> T {
    sum(count) { i in
      let d = x[i] - y[i]
      return d * d
    }
  }

  /// `Σ (x - y) z`
  static func differenceTimes<T: FloatingElement>(
    _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ z: UnsafePointer<T>, _ count: Int
  ) -> T {
    sum(count) { (x[$0] - y[$0]) * z[$0] }
  }

  @inline(__always)
  static func sum<T: FloatingElement>(_ count: Int, _ term: (Int) -> T) -> T {
    var (a, b, c, d, e, f, g, h): (T, T, T, T, T, T, T, T) = (0, 0, 0, 0, 0, 0, 0, 0)
    var i = 0
    while i &+ 8 <= count {
      a += term(i)
      b += term(i &+ 1)
      c += term(i &+ 2)
      d += term(i &+ 3)
      e += term(i &+ 4)
      f += term(i &+ 5)
      g += term(i &+ 6)
      h += term(i &+ 7)
      i &+= 8
    }
    while i < count {
      a += term(i)
      i &+= 1
    }
    return ((a + b) + (c + d)) + ((e + f) + (g + h))
  }
}
