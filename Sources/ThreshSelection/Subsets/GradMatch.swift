// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// GRAD-MATCH (Killamsetty et al. 2021): subsets whose weighted last-layer gradients sum to those of
/// all candidates, by matching pursuit within each class or over fixed batches.
public enum GradMatch {
  public enum Mode: Sendable {
    /// Within each class, on whole gradients `r_i ⊗ [1, h_i]`.
    case perClass
    /// Within class c, on the gradients of output c alone, `r_ic [1, h_i]`: the paper's default.
    case perClassPerGradient
    /// Over the mean gradients of fixed batches: GRAD-MATCHPB. The lists hold candidates, 0-based.
    case perBatch([[Int]])
  }

  public struct Options: Sendable {
    /// The number of candidates to choose, k. Per batch: `ceil(k / B)` batches, with B the size of
    /// the largest one, so that the images may exceed k by less than a batch.
    public var budget: Int
    /// As in `OMP.Options`.
    public var lambda: Double
    public var lambdaIsAbsolute: Bool
    public var eps: Double
    /// How the budget is divided among classes.
    public var allocation: Allocation

    public init(
      budget: Int, lambda: Double = 0, lambdaIsAbsolute: Bool = false, eps: Double = 0,
      allocation: Allocation = .exact
    ) {
      self.budget = budget
      self.lambda = lambda
      self.lambdaIsAbsolute = lambdaIsAbsolute
      self.eps = eps
      self.allocation = allocation
    }
  }

  /// Held-out examples whose gradients are matched instead of the candidates' own.
  public struct Validation {
    let residuals: Tensor
    let embeddings: Tensor?
    let labels: [Int]

    /// Shapes as those of the candidates: `(m, C)`, `(m, E)`, m labels.
    public init(residuals: Tensor, embeddings: Tensor?, labels: [Int]) {
      self.residuals = residuals
      self.embeddings = embeddings
      self.labels = labels
    }
  }

  /// Chooses candidates (or batches of them) and weights.
  ///
  /// The target is the sum over the candidates: of the class, or of all batch means. With
  /// `validation` it is the sum over the held-out examples of the class, or, per batch, their mean
  /// gradient times the number of batches. A class (or set of batches) no larger than its budget is
  /// taken whole with weight 1. Where matching finds too few, uniform draws fill the budget of the
  /// class (or of batches) with the mean weight of what was matched, 1 if nothing was.
  ///
  /// `indices` are class by class, in each the picks in their order, then what fills; per batch,
  /// batch by batch in the order of picking, what fills last. `residual` is taken over all classes,
  /// `(Σ_c ||Σ w_i g_i - t_c||² / Σ_c ||t_c||²)^(1/2)`, before filling.
  /// - Parameters:
  ///   - residuals: `(n, C)`, `p - y`.
  ///   - embeddings: `(n, E)`; nil for gradients with respect to the bias alone.
  ///   - labels: n of them, 0-based; not read per batch.
  ///   - stream: where filling draws from.
  /// - Throws: `TensorError` for shapes, labels, batches or options that do not fit, and as
  ///   `OMP.solve`.
  public static func select(
    residuals: Tensor, embeddings: Tensor? = nil, labels: [Int], classes: Int, mode: Mode,
    options: Options, validation: Validation? = nil, stream: inout RandomStream
  ) throws -> Selection {
    let span = Profiler.begin("gradmatch")
    defer { span.end() }
    try OMP.check(residuals, embeddings, op: "gradmatch")
    try OMP.check(lambda: options.lambda, eps: options.eps, op: "gradmatch")
    var wide = residuals.dtype == .float64 || embeddings?.dtype == .float64
    if let validation {
      try OMP.check(
        validation.residuals, validation.embeddings, fit: residuals, embeddings,
        "validation residuals", op: "gradmatch")
      wide = wide || validation.residuals.dtype == .float64
    }
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Selection {
      let candidates = try Candidates<T>(reading: residuals, embeddings)
      let heldOut = try validation.map {
        (gradients: try Candidates<T>(reading: $0.residuals, $0.embeddings), labels: $0.labels)
      }
      switch mode {
      case .perBatch(let batches):
        return try select(
          among: batches, candidates, heldOut?.gradients, options, &stream)
      case .perClass, .perClassPerGradient:
        var byColumn = false
        if case .perClassPerGradient = mode { byColumn = true }
        try Labels.check(labels, classes, n: candidates.n, op: "gradmatch")
        guard !byColumn || candidates.classes == classes else {
          throw TensorError(
            "gradmatch",
            "per class and gradient needs a residual for each of \(classes) classes, got "
              + shapeText(residuals.shape))
        }
        if let heldOut {
          try Labels.check(
            heldOut.labels, classes, n: heldOut.gradients.n, of: "validation examples",
            op: "gradmatch")
        }
        return try select(
          byClass: Members(labels, classes), candidates,
          heldOut.map { ($0.gradients, Members($0.labels, classes)) }, byColumn, options, &stream)
      }
    }
    return wide ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }
}
