// SPDX-License-Identifier: Apache-2.0

/// How the losses of a batch become the result.
public enum LossReduction: String, Sendable {
  /// One loss for each example (or element).
  case none
  case mean
  case sum

  /// PyTorch's name of the reduction.
  public init(name: String, op: String) throws {
    guard let found = LossReduction(rawValue: name) else {
      throw TensorError(op, "the reduction is \"none\", \"mean\" or \"sum\", got \"\(name)\"")
    }
    self = found
  }
}

extension Tensor {
  /// The losses as the reduction wants them; `weight` is what the mean divides by.
  func reducedLoss(_ op: String, _ reduction: LossReduction, weight: Double) throws -> Tensor {
    if reduction == .none { return self }
    let factor = reduction == .mean ? 1 / weight : 1
    let out = try Tensor(empty: [], dtype, op: op)
    func run<T: ImageElement>(_: T.Type) throws {
      let dense = try contiguousUnrecorded()
      let p = dense.pointer(T.self)
      let sum = try ColumnSums.run(rows: count, columns: 1, 1) { r, sum in
        T.kernels.columnSums(p + r.lowerBound, r.count, 1, sum)
      }
      out.pointer(T.self)[0] = T(sum[0] * factor)
    }
    try dispatch(run, run)
    return out.recorded(
      op, [self], rows: .mixed("its reduction \"\(reduction.rawValue)\" runs over the batch")
    ) { c in [try Tensor.full(c.inputShapes[0], try c.grad.item() * factor, c.grad.dtype)] }
  }
}
