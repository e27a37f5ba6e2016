// SPDX-License-Identifier: Apache-2.0

/// The same elements in another order along some dimensions.
extension Tensor {
  /// Backwards along `dims`.
  public func flip(_ dims: [Int]) throws -> Tensor {
    let span = Profiler.begin("flip")
    defer { span.end() }
    let dims = try checkedDims(dims, "flip")
    return try flipped(dims).recorded(
      "flip", [self], rows: dims.contains(0) ? .mixed("it reverses the batch") : .each([true])
    ) { c in [try c.grad.flipped(dims)] }
  }

  private func flipped(_ dims: [Int]) throws -> Tensor {
    var (strides, start) = (strides, offset)
    for d in dims where shape[d] > 1 {
      start += (shape[d] - 1) * strides[d]
      strides[d] = -strides[d]
    }
    let out = try Tensor(empty: shape, dtype, strides: stridesInOrder(shape), op: "flip")
    Loops.convert(view(shape, strides, offset: start), into: out)
    return out
  }

  /// Moved by `shifts` positions along `dims`; what leaves at the end comes in at the start.
  ///
  /// Without `dims` the flat tensor is moved by the one shift.
  public func roll(_ shifts: [Int], _ dims: [Int]? = nil) throws -> Tensor {
    let span = Profiler.begin("roll")
    defer { span.end() }
    guard let dims else {
      guard shifts.count == 1 else {
        throw TensorError("roll", "needs one shift without dimensions, got \(shifts.count)")
      }
      return try reshape([count]).roll(shifts, [0]).reshape(shape)
    }
    guard shifts.count == dims.count else {
      throw TensorError(
        "roll", "needs a shift for each dimension, got \(shifts.count) for \(dims.count)")
    }
    let moves = try zip(shifts, dims).map { (shift: $0, d: try checkedDim($1, "roll")) }
    return try rolled(moves, back: false).recorded(
      "roll", [self],
      rows: dims.isEmpty || !moves.contains { $0.d == 0 }
        ? .each([true]) : .mixed("it moves rows of the batch")
    ) { c in [try c.grad.rolled(moves, back: true)] }
  }

  private func rolled(_ moves: [(shift: Int, d: Int)], back: Bool) throws -> Tensor {
    var result = self
    for (shift, d) in moves where shape[d] > 1 {
      let n = shape[d]
      let ahead = ((shift % n) + n) % n
      let k = back ? (n - ahead) % n : ahead
      let next = try Tensor(empty: shape, dtype, strides: stridesInOrder(shape), op: "roll")
      Loops.convert(result.narrowedView(d, 0, n - k), into: next.narrowedView(d, k, n - k))
      Loops.convert(result.narrowedView(d, n - k, k), into: next.narrowedView(d, 0, k))
      result = next
    }
    return result === self ? try orderedCopy() : result
  }
}
