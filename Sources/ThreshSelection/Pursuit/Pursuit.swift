// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The state of one matching pursuit.
///
/// With S the picked candidates, G their inner products, b the correlations with the target and
/// `L L^T = G_SS + λ I`: V = L⁻¹ G_S· (m, n), z = L⁻¹ b_S, and `c = b - V^T z` is the correlation of
/// every candidate with what is left. The column V_·j is the new row of L when j joins, so no
/// triangular system is solved to add it.
final class Pursuit<T: BLASElement> {
  private(set) var picks: [Int] = []
  private(set) var eliminations = 0
  private(set) var dependent = 0

  private let candidates: Candidates<T>
  private let options: OMP.Options
  private let n: Int
  /// λ, absolute.
  private let lambda: Double
  private let norms: [Double]
  private let targetSquared: Double
  private let initial: [T]
  private let correlation: HostBuffer<T>
  /// What counts as no correlation at all: rounding of the largest one.
  private let floor: T
  /// Candidates that are picked or out for good.
  private var marked: [Bool]

  /// Columns are cut into pieces of this length; V is stored piece by piece, (pieces, budget, length).
  private let length: Int
  private let pieces: Int
  private let directions: HostBuffer<T>
  private let scratch: HostBuffer<T>
  /// Row i of L, i + 1 numbers.
  private var factor: [[Double]] = []
  private var z: [Double] = []
  /// Rows of V that fit.
  private var capacity: Int { options.budget }

  /// Picks between two recomputations of `c`, which drifts by rounding.
  private static var refreshInterval: Int { 64 }
  /// The part of its squared norm that a candidate must have beyond the span of the picked ones.
  private static var independence: Double { 1e-7 }

  init(_ candidates: Candidates<T>, target: [Double], _ options: OMP.Options) throws {
    self.candidates = candidates
    self.options = options
    n = candidates.n
    norms = try candidates.squaredNorms()
    lambda =
      options.lambdaIsAbsolute
      ? options.lambda : options.lambda * norms.reduce(0, +) / Double(max(n, 1))
    targetSquared = target.reduce(0) { $0 + $1 * $1 }
    initial = try candidates.correlations(with: target)
    var largest: T = 0
    for (i, value) in initial.enumerated() {
      guard value.isFinite else {
        throw TensorError(
          "omp", "candidate \(i) times the target is \(value), too large for \(T.dtype.name)")
      }
      largest = max(largest, abs(value))
    }
    floor = largest * T.ulpOfOne * 8
    marked = [Bool](repeating: false, count: n)
    correlation = try HostBuffer(count: n, op: "omp")
    correlation.base.update(from: initial, count: n)
    length = max(256, ((n + 63) / 64 + 15) / 16 * 16)
    pieces = (n + length - 1) / length
    let (cells, overflow) = (pieces * length).multipliedReportingOverflow(by: options.budget)
    guard !overflow else {
      throw TensorError("omp", "\(options.budget) rows of \(n) numbers do not fit in memory")
    }
    directions = try HostBuffer(count: cells, op: "omp")
    scratch = try HostBuffer(count: n, op: "omp")
  }

  /// Picks until the budget, eps or the lack of candidates ends it.
  func run() throws -> OMP.Stop {
    var sinceRefresh = 0
    while picks.count < options.budget {
      try Interrupt.check("omp")
      if options.eps > 0, relativeResidual < options.eps { return .eps }
      guard let j = best() else { return .exhausted }
      marked[j] = true
      guard add(j) else {
        dependent += 1
        continue
      }
      while let p = mostNegative() {
        remove(p)
        eliminations += 1
      }
      sinceRefresh += 1
      if sinceRefresh == Pursuit.refreshInterval {
        refresh()
        sinceRefresh = 0
      }
    }
    return .budget
  }

  /// The weights of the picks: L^T w = z.
  func weights() -> [Double] {
    var w = z
    for i in stride(from: w.count - 1, through: 0, by: -1) {
      let row = factor[i]
      w[i] /= row[i]
      let value = w[i]
      for l in 0..<i { w[l] -= value * row[l] }
    }
    return w
  }

  /// By the recursion ||r||² = ||t||² - z·z - λ w·w.
  private var relativeResidual: Double {
    guard targetSquared > 0 else { return 0 }
    let penalty = lambda > 0 ? lambda * weights().reduce(0) { $0 + $1 * $1 } : 0
    let squared = targetSquared - z.reduce(0) { $0 + $1 * $1 } - penalty
    return (max(squared, 0) / targetSquared).squareRoot()
  }

  /// The unmarked candidate of the largest correlation, the first of equals; nil when none is positive.
  private func best() -> Int? {
    var (found, most): (Int?, T) = (nil, floor)
    for i in 0..<n where correlation.base[i] > most && !marked[i] {
      (found, most) = (i, correlation.base[i])
    }
    return found
  }

  private func mostNegative() -> Int? {
    var (found, least): (Int?, Double) = (nil, 0)
    for (i, w) in weights().enumerated() where w < least { (found, least) = (i, w) }
    return found
  }

  /// Row `row` of V within piece `p`.
  private func direction(_ row: Int, _ p: Int) -> UnsafeMutablePointer<T> {
    directions.base + (p * capacity + row) * length
  }

  private func columns(_ p: Int) -> Range<Int> { p * length..<min(n, (p + 1) * length) }

  /// Lets candidate `j` join; false when it depends linearly on the picked ones.
  private func add(_ j: Int) -> Bool {
    let m = picks.count
    let (piece, column) = (j / length, j % length)
    var u = [T](repeating: 0, count: m)
    var row = [Double](repeating: 0, count: m + 1)
    var (squared, dot) = (0.0, 0.0)
    for i in 0..<m {
      u[i] = direction(i, piece)[column]
      row[i] = Double(u[i])
      squared += row[i] * row[i]
      dot += row[i] * z[i]
    }
    let whole = norms[j] + lambda
    let delta = whole - squared
    guard delta > Pursuit.independence * whole else { return false }
    let root = delta.squareRoot()
    let step = (Double(initial[j]) - dot) / root
    row[m] = root
    u.withUnsafeBufferPointer { u in
      nonisolated(unsafe) let known = u
      Workers.run(pieces) { p in extend(p, by: j, known, T(1 / root), T(step)) }
    }
    picks.append(j)
    factor.append(row)
    z.append(step)
    return true
  }

  /// V_m = (G_j - u V) / sqrt(delta) and c -= z_m V_m within piece `p`.
  private func extend(
    _ p: Int, by j: Int, _ u: UnsafeBufferPointer<T>, _ scale: T, _ step: T
  ) {
    let (range, m) = (columns(p), u.count)
    let (from, count) = (range.lowerBound, range.count)
    let (v, s) = (direction(m, p), scratch.base + from)
    let (classes, width) = (candidates.classes, candidates.width)
    let residuals = candidates.residuals.base
    T.gemv(
      count, classes,
      BLAS.Operand(base: residuals + from * classes, transposed: false, leading: classes),
      residuals + j * classes, 1, beta: 0, v, 1)
    if let embeddings = candidates.embeddings?.base {
      T.gemv(
        count, width,
        BLAS.Operand(base: embeddings + from * width, transposed: false, leading: width),
        embeddings + j * width, 1, beta: 0, s, 1)
      for i in 0..<count { v[i] *= 1 + s[i] }
    }
    if let known = u.baseAddress, m > 0 {
      T.gemv(
        count, m, BLAS.Operand(base: direction(0, p), transposed: true, leading: length), known,
        1, beta: 0, s, 1)
      for i in 0..<count { v[i] -= s[i] }
    }
    let c = correlation.base + from
    for i in 0..<count {
      v[i] *= scale
      c[i] -= step * v[i]
    }
  }

  /// Takes the pick at `position` out again.
  ///
  /// Without its row, L has one number too many in each later row; plane rotations of neighbouring
  /// columns make it triangular. The same rotations of V and z keep L V, L z and V^T z as they are,
  /// and the last row of V, which the smaller L does not reach, drops out.
  private func remove(_ position: Int) {
    let m = picks.count
    picks.remove(at: position)
    factor.remove(at: position)
    var rotations: [(cosine: Double, sine: Double)] = []
    for q in position..<m - 1 {
      let (a, b) = (factor[q][q], factor[q][q + 1])
      let radius = (a * a + b * b).squareRoot()
      let (cosine, sine) = (a / radius, b / radius)
      for i in q..<m - 1 {
        let (x, y) = (factor[i][q], factor[i][q + 1])
        factor[i][q] = cosine * x + sine * y
        factor[i][q + 1] = cosine * y - sine * x
      }
      factor[q].removeLast()
      (z[q], z[q + 1]) = (cosine * z[q] + sine * z[q + 1], cosine * z[q + 1] - sine * z[q])
      rotations.append((cosine, sine))
    }
    let dropped = T(z.removeLast())
    let turns = rotations
    Workers.run(pieces) { p in
      let range = columns(p)
      for (i, turn) in turns.enumerated() {
        let (cosine, sine) = (T(turn.cosine), T(turn.sine))
        let (x, y) = (direction(position + i, p), direction(position + i + 1, p))
        for l in 0..<range.count {
          (x[l], y[l]) = (cosine * x[l] + sine * y[l], cosine * y[l] - sine * x[l])
        }
      }
      let (last, c) = (direction(m - 1, p), correlation.base + range.lowerBound)
      for l in 0..<range.count { c[l] += dropped * last[l] }
    }
  }

  /// c = b - V^T z, from the start.
  private func refresh() {
    let m = picks.count
    let steps = z.map { T($0) }
    initial.withUnsafeBufferPointer { initial in
      steps.withUnsafeBufferPointer { steps in
        nonisolated(unsafe) let (initial, steps) = (initial, steps)
        Workers.run(pieces) { p in
          let range = columns(p)
          let s = scratch.base + range.lowerBound
          if let steps = steps.baseAddress, m > 0 {
            T.gemv(
              range.count, m,
              BLAS.Operand(base: direction(0, p), transposed: true, leading: length), steps, 1,
              beta: 0, s, 1)
          }
          for (l, i) in range.enumerated() {
            correlation.base[i] = initial[i] - (m > 0 ? s[l] : 0)
          }
        }
      }
    }
  }
}
