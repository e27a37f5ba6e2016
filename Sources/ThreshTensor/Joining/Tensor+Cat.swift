// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Tensors one after the other along `dim`; their other extents are equal.
  ///
  /// The element type is the promoted one. Channels-last tensors give a channels-last one. Empty 1-d
  /// tensors count for nothing, as in PyTorch.
  public static func cat(_ tensors: [Tensor], _ dim: Int = 0) throws -> Tensor {
    let span = Profiler.begin("cat")
    defer { span.end() }
    let parts = tensors.contains { $0.shape != [0] } ? tensors.filter { $0.shape != [0] } : tensors
    guard let first = parts.first else { throw TensorError("cat", "needs at least one tensor") }
    guard first.ndim > 0 else {
      throw TensorError("cat", "0-d tensors cannot be joined; stack them")
    }
    let d = try first.checkedDim(dim, "cat")
    var shape = first.shape
    shape[d] = 0
    for part in parts {
      var rest = part.shape
      if part.ndim == first.ndim { rest[d] = first.shape[d] }
      guard rest == first.shape else {
        throw TensorError(
          "cat",
          "shapes \(shapeText(first.shape)) and \(shapeText(part.shape)) differ in more than the "
            + "joined dimension")
      }
      let (sum, overflow) = shape[d].addingReportingOverflow(part.shape[d])
      guard !overflow else { throw TensorError("cat", "the joined extents have no room") }
      shape[d] = sum
    }
    let dtype = tensors.dropFirst().reduce(tensors[0].dtype) { DType.promote($0, $1.dtype) }
    let cast = try parts.map { try $0.cast(dtype) }
    let out = try Tensor(empty: shape, dtype, strides: catStrides(parts, shape), op: "cat")
    var at = 0
    for part in cast {
      Loops.convert(part, into: out.narrowedView(d, at, part.shape[d]))
      at += part.shape[d]
    }
    return out.recorded(
      "cat", cast,
      rows: d == 0
        ? .mixed("it joins batches") : .each([Bool](repeating: true, count: cast.count))
    ) { c in
      var at = 0
      return c.inputShapes.map { shape in
        defer { at += shape[d] }
        return c.grad.narrowedView(d, at, shape[d])
      }
    }
  }

  private static func catStrides(_ parts: [Tensor], _ shape: [Int]) -> [Int] {
    let channelsLast =
      parts.allSatisfy(\.isChannelsLast) && !parts.allSatisfy(\.isContiguous)
    return channelsLast ? Shape.channelsLastStrides(shape) : Shape.contiguousStrides(shape)
  }

  /// Tensors of one shape side by side along a new dimension `dim`; -1 appends it.
  public static func stack(_ tensors: [Tensor], _ dim: Int = 0) throws -> Tensor {
    guard let first = tensors.first else {
      throw TensorError("stack", "needs at least one tensor")
    }
    let d = dim < 0 ? dim + first.ndim + 1 : dim
    guard d >= 0, d <= first.ndim else {
      throw TensorError(
        "stack", "the new dimension is out of range for shape \(shapeText(first.shape))")
    }
    for tensor in tensors where tensor.shape != first.shape {
      throw TensorError(
        "stack",
        "shapes differ: \(shapeText(first.shape)) and \(shapeText(tensor.shape))")
    }
    return try cat(try tensors.map { try $0.unsqueeze(d) }, d)
  }
}
