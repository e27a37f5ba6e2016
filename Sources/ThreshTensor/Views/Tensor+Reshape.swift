// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The same elements, in row-major order, as another shape; one extent may be -1.
  ///
  /// A view where the strides allow it, else a copy: a channels-last tensor is copied to NCHW order.
  public func reshape(_ target: [Int]) throws -> Tensor {
    let target = try Shape.completed(target, count: count, from: shape)
    let out = try reshapedUnrecorded(target)
    let rows: Node.Rows =
      out.ndim > 0 && ndim > 0 && out.shape[0] == shape[0]
      ? .each([true]) : .mixed("it reshapes rows of \(shapeText(shape)) to \(shapeText(target))")
    return out.recorded("reshape", [self], rows: rows) { c in
      [try c.grad.reshapedUnrecorded(c.inputShapes[0])]
    }
  }

  /// PyTorch's other name of `reshape`; copies where the strides allow no view.
  public func view(_ target: [Int]) throws -> Tensor { try reshape(target) }

  /// Dimensions `start … end` joined to one; a 0-d tensor becomes 1-d.
  public func flatten(start: Int = 0, end: Int = -1) throws -> Tensor {
    if ndim == 0 { return try reshape([1]) }
    let (first, last) = (try checkedDim(start, "flatten"), try checkedDim(end, "flatten"))
    guard first <= last else {
      throw TensorError(
        "flatten", "the start comes after the end, in a tensor of shape \(shapeText(shape))")
    }
    let joined = shape[first...last].reduce(1, *)
    return try reshape(Array(shape[..<first]) + [joined] + shape[(last + 1)...])
  }

  /// Dimension `dim` split to `sizes`, one of which may be -1.
  public func unflatten(_ dim: Int, _ sizes: [Int]) throws -> Tensor {
    let d = try checkedDim(dim, "unflatten")
    let inner = try Shape.completed(sizes, count: shape[d], from: [shape[d]])
    return try reshape(Array(shape[..<d]) + inner + shape[(d + 1)...])
  }

  /// `reshape` to a complete shape of the same count, off the tape.
  ///
  /// Another count, such as that of a gradient of a wrong shape, would be read beyond the memory's end.
  func reshapedUnrecorded(_ target: [Int]) throws -> Tensor {
    if target == shape { return view(shape, strides) }
    guard target.reduce(1, *) == count else {
      throw Shape.misfit(count, of: shape, to: target)
    }
    if let strides = Shape.viewStrides(shape, strides, as: target) { return view(target, strides) }
    let span = Profiler.begin("copy")
    defer { span.end() }
    let dense = try contiguousUnrecorded()
    span.touches(dense, self)
    return dense.view(target, Shape.contiguousStrides(target))
  }

  /// This tensor in row-major order: itself, or a copy.
  public func contiguous() throws -> Tensor {
    isContiguous ? self : try copied(strides: Shape.contiguousStrides(shape), "contiguous")
  }

  /// A 4-d tensor in channels-last order: itself, or a copy.
  public func channelsLast() throws -> Tensor {
    guard ndim == 4 else {
      throw TensorError("channels_last", "needs shape (N, C, H, W), got \(shapeText(shape))")
    }
    return isChannelsLast ? self : try copied(strides: Shape.channelsLastStrides(shape), "copy")
  }

  /// A copy; in the same memory order where that is dense.
  public func clone() throws -> Tensor {
    try copied(strides: isDense ? strides : Shape.contiguousStrides(shape), "clone")
  }

  private func copied(strides: [Int], _ op: String) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    return try copyUnrecorded(strides: strides)
      .recorded(op, [self], rows: .each([true])) { c in [c.grad] }
  }
}

extension Shape {
  static func misfit(_ count: Int, of shape: [Int], to target: [Int]) -> TensorError {
    TensorError(
      "reshape",
      "\(count) elements of shape \(shapeText(shape)) do not fill shape \(shapeText(target))")
  }

  /// `target` with its -1 replaced by what `count` leaves.
  static func completed(_ target: [Int], count: Int, from shape: [Int]) throws -> [Int] {
    func misfit() -> TensorError { Shape.misfit(count, of: shape, to: target) }
    let open = target.indices.filter { target[$0] == -1 }
    guard open.count <= 1 else {
      throw TensorError("reshape", "only one extent can be -1, got \(shapeText(target))")
    }
    let known = try Shape.count(target.filter { $0 != -1 }, op: "reshape")
    guard let d = open.first else {
      guard known == count else { throw misfit() }
      return target
    }
    guard known > 0, count % known == 0 else { throw misfit() }
    var filled = target
    filled[d] = count / known
    return filled
  }

  /// The strides that show `shape` with `strides` as `target` without a copy, if there are any.
  ///
  /// Runs of dimensions that lie as one block in memory are matched with runs of the target.
  static func viewStrides(_ shape: [Int], _ strides: [Int], as target: [Int]) -> [Int]? {
    if shape.contains(0) || shape.isEmpty { return contiguousStrides(target) }
    var result = [Int](repeating: 1, count: target.count)
    var t = target.count - 1
    var step = strides[shape.count - 1]
    var (block, covered) = (1, 1)
    for d in stride(from: shape.count - 1, through: 0, by: -1) {
      block *= shape[d]
      let ends = d == 0 || (shape[d - 1] != 1 && strides[d - 1] != block * step)
      guard ends else { continue }
      while t >= 0 && (covered < block || target[t] == 1) {
        result[t] = covered * step
        covered *= target[t]
        t -= 1
      }
      guard covered == block else { return nil }
      if d > 0 {
        step = strides[d - 1]
        (block, covered) = (1, 1)
      }
    }
    return t < 0 ? result : nil
  }
}
