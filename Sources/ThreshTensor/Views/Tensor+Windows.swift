// SPDX-License-Identifier: Apache-2.0

/// Windows and moved dimensions.
extension Tensor {
  /// Windows of `size` elements along `dim`, one every `step` elements, as a new last dimension.
  /// (…, n, …) -> (…, (n - size) / step + 1, …, size)
  ///
  /// A view where the windows do not overlap, else a copy: no tensor but an expanded one shows an
  /// element twice.
  public func unfold(_ dim: Int, _ size: Int, _ step: Int) throws -> Tensor {
    let d = try checkedDim(dim, "unfold")
    guard size >= 0, size <= shape[d], step >= 1 else {
      throw TensorError(
        "unfold",
        "needs 0 <= size <= \(shape[d]) and step >= 1, got size \(size) and step \(step) "
          + "(shape \(shapeText(shape)))")
    }
    let windows = (shape[d] - size) / step + 1
    var (target, steps) = (shape, strides)
    target[d] = windows
    steps[d] = strides[d] * (windows == 1 ? 1 : step)
    let shown = view(target + [size], steps + [strides[d]])
    let out =
      size <= step || windows == 1
      ? shown : try shown.copyUnrecorded(strides: Shape.contiguousStrides(shown.shape))
    let rows: Node.Rows = d == 0 ? .mixed("it windows the batch") : .each([true])
    return out.recorded("unfold", [self], rows: rows) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      for j in 0..<size {
        Loops.addInto(
          g.narrowedView(d, j, windows, step: windows == 1 ? 1 : step),
          c.grad.selectedView(c.grad.ndim - 1, j))
      }
      return [g]
    }
  }

  /// Dimensions `from`, in their order, moved to the places `to`; the others keep their order.
  public func movedim(_ from: [Int], _ to: [Int]) throws -> Tensor {
    let sources = try from.map { try checkedDim($0, "movedim") }
    let targets = try to.map { try checkedDim($0, "movedim") }
    guard sources.count == targets.count, Set(sources).count == sources.count,
      Set(targets).count == targets.count
    else {
      throw TensorError(
        "movedim",
        "needs as many places as dimensions, each of them once, got \(from.count) "
          + "dimensions and \(to.count) places")
    }
    var rest = shape.indices.filter { !sources.contains($0) }.makeIterator()
    let order = shape.indices.map { place in
      targets.firstIndex(of: place).map { sources[$0] } ?? rest.next() ?? place
    }
    return try permute(order)
  }

  /// The tensors of coordinates of a grid: n vectors -> n tensors with one dimension for each
  /// vector, the first varying along the first (numpy's "ij").
  public static func meshgrid(_ vectors: [Tensor]) throws -> [Tensor] {
    for (i, t) in vectors.enumerated() where t.ndim > 1 {
      throw TensorError(
        "meshgrid", "a tensor has shape \(shapeText(t.shape)); vectors are needed", index: i)
    }
    let shape = vectors.map(\.count)
    _ = try Shape.count(shape, op: "meshgrid")
    return try vectors.enumerated().map { d, t in
      var own = [Int](repeating: 1, count: shape.count)
      own[d] = t.count
      return try t.reshape(own).expand(shape)
    }
  }
}
