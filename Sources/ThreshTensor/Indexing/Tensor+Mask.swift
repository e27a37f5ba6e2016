// SPDX-License-Identifier: Apache-2.0

/// Bool masks.
extension Tensor {
  /// The elements where `mask` is true, in row-major order; both are broadcast. (…) (…) -> (k)
  public func maskedSelect(_ mask: Tensor) throws -> Tensor {
    let span = Profiler.begin("masked_select")
    defer { span.end() }
    guard mask.dtype == .bool else {
      throw TensorError("masked_select", "the mask must be a bool tensor, got \(mask.dtype.name)")
    }
    let common = try Shape.broadcast(shape, mask.shape, op: "masked_select")
    return try expand(common).at([.mask(mask.expandedView(common))])
      .reshape([-1])
  }

  /// The indices of the elements that are not 0, in row-major order. (…) -> (k, ndim), int64
  public func nonzero() throws -> Tensor {
    let span = Profiler.begin("nonzero")
    defer { span.end() }
    let positions = try GradMode.off {
      try (dtype == .bool ? self : ne(0)).truePositions("nonzero")
    }
    let out = try Tensor(empty: [positions.count, ndim], .int64, op: "nonzero")
    let o = out.pointer(Int64.self)
    let steps = Shape.contiguousStrides(shape)
    Workers.chunks(of: positions.count, grain: Loops.grain) { range in
      for i in range {
        var rest = Int(positions[i])
        for (d, step) in steps.enumerated() {
          o[i * steps.count + d] = Int64(rest / step)
          rest %= step
        }
      }
    }
    return out
  }

  /// 0 above diagonal `diagonal` of each matrix; 0 is the main one, 1 the one above it.
  public func tril(_ diagonal: Int = 0) throws -> Tensor {
    try triangle("tril") { row, column in column <= clampedSum(row, diagonal) }
  }

  /// 0 below diagonal `diagonal` of each matrix.
  public func triu(_ diagonal: Int = 0) throws -> Tensor {
    try triangle("triu") { row, column in column >= clampedSum(row, diagonal) }
  }

  private func clampedSum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  private func triangle(_ op: String, _ keeps: (Int, Int) -> Bool) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    guard ndim >= 2 else {
      throw TensorError(op, "needs at least 2 dimensions, got shape \(shapeText(shape))")
    }
    let (rows, columns) = (shape[ndim - 2], shape[ndim - 1])
    let mask = try Tensor(empty: [rows, columns], .bool, op: op)
    let m = mask.pointer(Bool.self)
    for r in 0..<rows { for c in 0..<columns { m[r * columns + c] = keeps(r, c) } }
    let out = try GradMode.off { try Tensor.where(mask, self, Tensor.zeros([], dtype)) }
    return out.recorded(
      op, [self], rows: .each([true]), saved: [.operand(mask, of: shape)]
    ) { c in [try Tensor.where(c.saved[0], c.grad, 0)] }
  }

  /// 1 at each label along a new last dimension of extent `classes`, by default the largest label
  /// plus 1. (…) -> (…, classes), int64
  public func oneHot(_ classes: Int? = nil) throws -> Tensor {
    let span = Profiler.begin("one_hot")
    defer { span.end() }
    guard dtype.isInteger else {
      throw TensorError("one_hot", "needs integer labels, got \(dtype.name)")
    }
    let classes = try classes ?? mostLabel() + 1
    guard classes > 0 else {
      throw TensorError("one_hot", "needs at least one class, got \(classes)")
    }
    let out = try Tensor.zeros(shape + [classes], .int64)
    let labels = try checkedIndices(classes, of: out.shape, "one_hot").reshapedUnrecorded(
      shape + [1])
    let one = try Tensor.full([], 1, .int64)
    out.setGathered(ndim, labels, one.expandedView(labels.shape))
    return out
  }

  private func mostLabel() throws -> Int {
    guard count > 0 else {
      throw TensorError("one_hot", "without labels the number of classes must be given")
    }
    let most = try castUnrecorded(.int64).values(Int64.self).max() ?? 0
    return most == .max ? Int(most) - 1 : Int(most)
  }
}
