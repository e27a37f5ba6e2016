// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// GLISTER-online (Killamsetty et al. 2021): the candidates whose gradient steps lower the loss on
/// held-out examples most, by a first-order expansion in the last layer.
///
/// With `g_i = r_i ⊗ [1, h_i]` and the mean held-out gradient v, candidate i gains `<g_i, v>`. After
/// picks S the held-out logits stand one step along the sum of their gradients,
/// `o_j - η (Σ_S r_i ⊗ [1, h_i]) [1; h_j]`, and v is that of those logits. Gradients stay factored; the
/// result has the same bits on any number of threads.
public enum Glister {
  /// How picks are found.
  public enum Greedy: Sendable, Equatable {
    /// The best of all candidates, v renewed after each pick.
    case naive
    /// The best of `floor(n / k ln(1 / epsilon))` candidates drawn anew for each pick (at least 1, at
    /// most those left), v renewed after each pick.
    case stochastic(epsilon: Double)
    /// The best `ceil(k / rounds)` candidates at once, v renewed after each round.
    case rounds(Int)
  }

  public struct Options: Sendable {
    /// The number of candidates to choose, k.
    public var budget: Int
    /// η, the rate of the step that the held-out logits take.
    public var eta: Double
    public var greedy: Greedy

    public init(budget: Int, eta: Double, greedy: Greedy = .stochastic(epsilon: 0.01)) {
      self.budget = budget
      self.eta = eta
      self.greedy = greedy
    }
  }

  /// Held-out examples: logits `(m, C)`, m labels (0-based) and, with the candidates', embeddings
  /// `(m, E)`.
  public struct HeldOut {
    let logits: Tensor
    let embeddings: Tensor?
    let labels: [Int]

    public init(logits: Tensor, embeddings: Tensor? = nil, labels: [Int]) {
      self.logits = logits
      self.embeddings = embeddings
      self.labels = labels
    }
  }

  /// The picks in their order, 0-based; of equal gains the lowest candidate.
  ///
  /// Computes in float64 if an input is. Time O(n C E) for each pick or round over all candidates,
  /// O(n / k · C E) for a drawn pool, and O(m C E) for each renewal; memory O(n C + m (C + E)).
  /// - Parameters:
  ///   - residuals: `(n, C)`, `p - y`.
  ///   - embeddings: `(n, E)`; nil for gradients with respect to the bias alone.
  ///   - stream: where pools are drawn from.
  /// - Throws: `TensorError` for shapes, labels or options that do not fit, or values that are not
  ///   finite; also when memory runs out or on interrupt.
  public static func select(
    residuals: Tensor, embeddings: Tensor? = nil, heldOut: HeldOut, options: Options,
    stream: inout RandomStream
  ) throws -> [Int] {
    let span = Profiler.begin(op)
    defer { span.end() }
    try OMP.check(residuals, embeddings, op: op)
    try OMP.check(
      heldOut.logits, heldOut.embeddings, fit: residuals, embeddings, "held-out logits", op: op)
    guard heldOut.logits.shape[0] >= 1 else {
      throw TensorError(op, "there is no held-out example to lower the loss of")
    }
    try Labels.check(
      heldOut.labels, residuals.shape[1], n: heldOut.logits.shape[0], of: "held-out examples",
      op: op)
    try check(options, n: residuals.shape[0])
    let wide = [residuals, embeddings, heldOut.logits, heldOut.embeddings].contains {
      $0?.dtype == .float64
    }
    return wide
      ? try select(Double.self, residuals, embeddings, heldOut, options, &stream)
      : try select(Float.self, residuals, embeddings, heldOut, options, &stream)
  }

  private static var op: String { "glister" }

  private static func check(_ options: Options, n: Int) throws {
    guard options.budget >= 1, options.budget <= n else {
      throw TensorError(
        op, "the budget must be in 1 ... \(n), the number of candidates; got \(options.budget)")
    }
    guard options.eta >= 0, options.eta < .infinity else {
      throw TensorError(op, "eta must be finite and not negative, got \(options.eta)")
    }
    switch options.greedy {
    case .naive: break
    case .stochastic(let epsilon):
      guard epsilon > 0, epsilon < 1 else {
        throw TensorError(op, "epsilon must be above 0 and below 1, got \(epsilon)")
      }
    case .rounds(let rounds):
      guard rounds >= 1 else {
        throw TensorError(op, "the number of rounds must be at least 1, got \(rounds)")
      }
    }
  }

  private static func select<T: BLASElement>(
    _: T.Type, _ residuals: Tensor, _ embeddings: Tensor?, _ heldOut: HeldOut, _ options: Options,
    _ stream: inout RandomStream
  ) throws -> [Int] {
    let candidates = try Candidates<T>(reading: residuals, embeddings)
    _ = try candidates.squaredNorms()
    let expansion = try HeldOutLoss<T>(heldOut, eta: options.eta)
    let (n, k) = (candidates.n, options.budget)
    var picks: [Int] = []
    var isPicked = [Bool](repeating: false, count: n)
    var direction = try expansion.meanGradient()

    func take(_ chosen: [Int]) throws {
      try Interrupt.check(op)
      for i in chosen { isPicked[i] = true }
      picks += chosen
      guard picks.count < k else { return }
      expansion.step(along: chosen, of: candidates)
      direction = try expansion.meanGradient()
    }
    /// The `count` best of all that are left.
    func best(_ count: Int) throws -> [Int] {
      let gains = try candidates.correlations(with: direction)
      if let bad = gains.firstIndex(where: { !$0.isFinite }) {
        throw TensorError(op, "the gain of candidate \(bad) is \(gains[bad])")
      }
      if count == 1 {
        var found = -1
        for i in 0..<n where !isPicked[i] && (found < 0 || gains[i] > gains[found]) { found = i }
        return [found]
      }
      let left = (0..<n).filter { !isPicked[$0] }
      return Array(left.sorted { (-gains[$0], $0) < (-gains[$1], $1) }.prefix(count))
    }

    switch options.greedy {
    case .naive:
      while picks.count < k { try take(best(1)) }
    case .rounds(let rounds):
      let size = (k - 1) / rounds + 1
      while picks.count < k { try take(best(min(size, k - picks.count))) }
    case .stochastic(let epsilon):
      let pool = StochasticPool(n: n, budget: k, epsilon: epsilon)
      var left = Array(0..<n)
      while picks.count < k {
        let found = try pool.best(of: left, &stream) {
          candidates.correlation(of: $0, with: direction)
        }
        let pick = left[found]
        left.swapAt(found, left.count - 1)
        left.removeLast()
        try take([pick])
      }
    }
    return picks
  }
}

extension Candidates {
  /// `<g_i, target>`, summed in double.
  fileprivate func correlation(of i: Int, with target: [Double]) -> Double {
    var sum = 0.0
    for c in 0..<classes {
      var product = target[c * (width + 1)]
      if let embeddings {
        let h = embeddings.base + i * width
        for e in 0..<width { product += Double(h[e]) * target[c * (width + 1) + 1 + e] }
      }
      sum += Double(residuals.base[i * classes + c]) * product
    }
    return sum
  }
}

/// The held-out loss around a step of the last layer along the gradients picked so far.
private final class HeldOutLoss<T: BLASElement> {
  private let m: Int
  private let classes: Int
  private let width: Int
  private let eta: Double
  private let labels: [Int]
  /// Before any step. (m, C)
  private let logits: HostBuffer<T>
  /// At the step; their residuals are written over each other.
  private let gradients: Candidates<T>
  private let residuals: HostBuffer<T>
  private let scratch: HostBuffer<T>
  /// Σ_S r_i ⊗ [1, h_i]. (C, E + 1)
  private var total: [Double]

  init(_ heldOut: Glister.HeldOut, eta: Double) throws {
    m = heldOut.logits.shape[0]
    classes = heldOut.logits.shape[1]
    width = heldOut.embeddings?.shape[1] ?? 0
    labels = heldOut.labels
    self.eta = eta
    logits = try HostBuffer(reading: heldOut.logits)
    residuals = try HostBuffer(count: m * classes, op: "glister")
    scratch = try HostBuffer(count: width > 0 ? m * classes : 1, op: "glister")
    gradients = try Candidates(
      n: m, classes: classes, width: width, residuals,
      heldOut.embeddings.map { try HostBuffer(reading: $0) })
    total = [Double](repeating: 0, count: classes * (width + 1))
  }

  /// Moves one step further along the sum of the gradients of `picks`.
  func step(along picks: [Int], of candidates: Candidates<T>) {
    for i in picks {
      for c in 0..<classes {
        let r = Double(candidates.residuals.base[i * classes + c])
        total[c * (width + 1)] += r
        if let h = candidates.embeddings.map({ $0.base + i * width }) {
          for e in 0..<width { total[c * (width + 1) + 1 + e] += r * Double(h[e]) }
        }
      }
    }
  }

  /// v at the step, `(1 / m) Σ_j (softmax(o_j) - y_j) ⊗ [1, h_j]`. (C, E + 1)
  func meanGradient() throws -> [Double] {
    let matrix = try HostBuffer<T>(count: max(1, classes * width), op: "glister")
    for c in 0..<classes {
      for e in 0..<width { matrix.base[c * width + e] = T(total[c * (width + 1) + 1 + e]) }
    }
    Workers.chunks(of: m, grain: 256) { range in residuals(range, matrix.base) }
    let sum = try gradients.sum()
    if let bad = sum.first(where: { !$0.isFinite }) {
      throw TensorError("glister", "the gradient on the held-out examples has the value \(bad)")
    }
    return sum.map { $0 / Double(m) }
  }

  private func residuals(_ range: Range<Int>, _ matrix: UnsafePointer<T>) {
    let from = range.lowerBound * classes
    if let embeddings = gradients.embeddings {
      T.gemm(
        range.count, classes, width,
        BLAS.Operand(
          base: embeddings.base + range.lowerBound * width, transposed: false, leading: width),
        BLAS.Operand(base: matrix, transposed: true, leading: width), beta: 0,
        scratch.base + from, classes)
    }
    var moved = [Double](repeating: 0, count: classes)
    for j in range {
      var (most, sum) = (-Double.infinity, 0.0)
      for c in 0..<classes {
        let product = width > 0 ? Double(scratch.base[j * classes + c]) : 0
        moved[c] =
          Double(logits.base[j * classes + c]) - eta * (total[c * (width + 1)] + product)
        most = max(most, moved[c])
      }
      for c in 0..<classes {
        moved[c] = exp(moved[c] - most)
        sum += moved[c]
      }
      for c in 0..<classes {
        residuals.base[j * classes + c] = T(moved[c] / sum - (c == labels[j] ? 1 : 0))
      }
    }
  }
}
