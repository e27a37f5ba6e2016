// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Non-negative orthogonal matching pursuit: few weighted gradients whose sum is close to a target.
///
/// Minimises `||Σ w_i g_i - t||² + λ ||w||²` over at most `budget` candidates with `w >= 0`, greedily:
/// the candidate that correlates best with what is left joins (the first of equals), all weights are
/// solved for anew, and one that turns negative leaves for good (Pati et al. 1993; GRAD-MATCH,
/// Killamsetty et al. 2021).
///
/// The gradient of the cross-entropy with respect to a last linear layer is `g_i = r_i ⊗ [1, h_i]`,
/// with the residual `r_i = p_i - y_i` (C) and the embedding `h_i` (E) that goes into the layer, so
/// that `<g_i, g_j> = <r_i, r_j> (1 + <h_i, h_j>)`: no gradient is ever formed. The solver keeps
/// `budget` rows of n numbers, a Cholesky factor that grows with each pick and shrinks by rotations.
/// Work is cut by n alone: the result has the same bits on any number of threads.
public enum OMP {
  public struct Options: Sendable {
    /// The most candidates to pick.
    public var budget: Int
    /// The penalty on squared weights, relative to the mean squared norm of the candidates unless
    /// `lambdaIsAbsolute`: relative, picks do not depend on the scale of the gradients.
    public var lambda: Double
    public var lambdaIsAbsolute: Bool
    /// Stop once `||Σ w_i g_i - t|| < eps ||t||`.
    public var eps: Double

    public init(
      budget: Int, lambda: Double = 0, lambdaIsAbsolute: Bool = false, eps: Double = 0
    ) {
      self.budget = budget
      self.lambda = lambda
      self.lambdaIsAbsolute = lambdaIsAbsolute
      self.eps = eps
    }
  }

  /// Why the solver stopped.
  public enum Stop: String, Sendable {
    /// As many candidates as asked for.
    case budget
    /// The residual fell below `eps`.
    case eps
    /// No unmarked candidate correlates positively with what is left (beyond rounding).
    case exhausted
  }

  public struct Result: Sendable {
    /// Candidates in the order of picking, 0-based, each once.
    public let indices: [Int]
    /// Not negative, in the order of `indices`.
    public let weights: [Double]
    /// `||Σ w_i g_i - t|| / ||t||`, computed from the gradients; 0 when t is 0.
    public let residual: Double
    /// How many picks left again because their weight turned negative.
    public let eliminations: Int
    /// How many candidates were passed over because they depend linearly on the picked ones.
    public let dependent: Int
    public let stop: Stop

    let residualNorm: Double
    let targetNorm: Double
  }

  /// Picks among last-layer gradients.
  ///
  /// Computes in float64 if an input is, else in float32 with sums in double where they matter.
  /// - Parameters:
  ///   - residuals: `(n, C)`, `p - y`; or, without `embeddings`, the gradients themselves `(n, d)`.
  ///   - embeddings: `(n, E)`; nil for gradients with respect to the bias alone.
  ///   - target: `(C, E + 1)` with the bias in column 0, or `(C,)` without embeddings; by default the
  ///     sum of all candidates.
  /// - Throws: `TensorError` for shapes that do not fit, a budget below 1 or above n, a negative
  ///   lambda or eps, gradients that are not finite; also when memory runs out or on interrupt.
  public static func solve(
    residuals: Tensor, embeddings: Tensor? = nil, target: Tensor? = nil, options: Options
  ) throws -> Result {
    let span = Profiler.begin("omp")
    defer { span.end() }
    try check(residuals, embeddings, op: "omp")
    let wide = residuals.dtype == .float64 || embeddings?.dtype == .float64
    return wide
      ? try solve(Double.self, residuals, embeddings, target, options)
      : try solve(Float.self, residuals, embeddings, target, options)
  }

  /// Picks among the rows of any matrix, `(n, d)`, with a target `(d,)`.
  /// - Throws: as `solve(residuals:embeddings:target:options:)`.
  public static func solve(rows: Tensor, target: Tensor? = nil, options: Options) throws -> Result {
    try solve(residuals: rows, target: target, options: options)
  }

  private static func solve<T: BLASElement>(
    _: T.Type, _ residuals: Tensor, _ embeddings: Tensor?, _ target: Tensor?, _ options: Options
  ) throws -> Result {
    let candidates = try Candidates<T>(reading: residuals, embeddings)
    try check(options, n: candidates.n, op: "omp")
    let goal = try target.map { try values($0, candidates.classes, candidates.width) }
    return try solve(candidates, target: goal, options)
  }

  /// - Parameter target: `(C, E + 1)` row-major; nil for the sum of all candidates.
  static func solve<T: BLASElement>(
    _ candidates: Candidates<T>, target: [Double]?, _ options: Options
  ) throws -> Result {
    let goal = try target ?? candidates.sum()
    let pursuit = try Pursuit(candidates, target: goal, options)
    let stop = try pursuit.run()
    let weights = pursuit.weights()
    let left = candidates.residualNorm(goal, pursuit.picks, weights)
    let norm = goal.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return Result(
      indices: pursuit.picks, weights: weights, residual: norm > 0 ? left / norm : 0,
      eliminations: pursuit.eliminations, dependent: pursuit.dependent, stop: stop,
      residualNorm: left, targetNorm: norm)
  }

  static func check(_ options: Options, n: Int, op: String) throws {
    guard options.budget >= 1, options.budget <= n else {
      throw TensorError(
        op, "the budget must be in 1 ... \(n), the number of candidates; got \(options.budget)")
    }
    try check(lambda: options.lambda, eps: options.eps, op: op)
  }

  static func check(lambda: Double, eps: Double, op: String) throws {
    guard lambda >= 0, lambda < .infinity else {
      throw TensorError(op, "lambda must be finite and not negative, got \(lambda)")
    }
    guard eps >= 0 else { throw TensorError(op, "eps must not be negative, got \(eps)") }
  }

  /// Residuals `(n, C)` and embeddings `(n, E)` of as many candidates.
  static func check(_ residuals: Tensor, _ embeddings: Tensor?, op: String) throws {
    guard residuals.ndim == 2, residuals.shape[1] > 0 else {
      throw TensorError(
        op, "needs a matrix with a row per candidate, got shape \(shapeText(residuals.shape))")
    }
    guard let embeddings else { return }
    guard embeddings.ndim == 2, embeddings.shape[0] == residuals.shape[0],
      embeddings.shape[1] > 0
    else {
      throw TensorError(
        op,
        "embeddings must be a matrix with a row per candidate: got \(shapeText(embeddings.shape)) "
          + "for residuals \(shapeText(residuals.shape))")
    }
  }

  /// The gradients `what` of held-out examples, of the candidates' shapes but for their number.
  static func check(
    _ heldOut: Tensor, _ itsEmbeddings: Tensor?, fit residuals: Tensor, _ embeddings: Tensor?,
    _ what: String, op: String
  ) throws {
    try check(heldOut, itsEmbeddings, op: "\(op) \(what)")
    guard heldOut.shape[1] == residuals.shape[1],
      itsEmbeddings?.shape[1] == embeddings?.shape[1]
    else {
      func text(_ r: Tensor, _ e: Tensor?) -> String {
        shapeText(r.shape) + (e.map { " with embeddings \(shapeText($0.shape))" } ?? "")
      }
      throw TensorError(
        op,
        "\(what) \(text(heldOut, itsEmbeddings)) do not fit the candidates' residuals "
          + text(residuals, embeddings))
    }
  }

  private static func values(_ target: Tensor, _ classes: Int, _ width: Int) throws -> [Double] {
    let fits =
      target.shape == [classes, width + 1] || (width == 0 && target.shape == [classes])
    guard fits else {
      throw TensorError(
        "omp",
        "the target must have shape "
          + shapeText(width == 0 ? [classes] : [classes, width + 1])
          + ", got \(shapeText(target.shape))")
    }
    let buffer = try HostBuffer<Double>(reading: target)
    let values = (0..<buffer.count).map { buffer.base[$0] }
    guard values.allSatisfy(\.isFinite) else {
      throw TensorError("omp", "the target has values that are not finite")
    }
    return values
  }
}
