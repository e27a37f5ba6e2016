// SPDX-License-Identifier: Apache-2.0

/// Repetition: of the whole tensor, and of each position.
extension Tensor {
  /// The tensor `counts[d]` times along each dimension; missing leading counts or extents are 1.
  public func tile(_ counts: [Int]) throws -> Tensor {
    let span = Profiler.begin("tile")
    defer { span.end() }
    guard counts.allSatisfy({ $0 >= 0 }) else {
      throw TensorError("tile", "counts must not be negative, got \(shapeText(counts))")
    }
    let n = max(ndim, counts.count)
    let counts = [Int](repeating: 1, count: n - counts.count) + counts
    let lead = n - ndim
    let one = [Int](repeating: 1, count: lead) + shape
    let target = try Tensor.tiled(one, counts)
    let out = try Tensor(
      empty: target, dtype, strides: lead == 0 ? stridesInOrder(target) : nil, op: "tile")
    Loops.convert(
      view(one, [Int](repeating: 0, count: lead) + strides).beforeTiles(),
      into: out.tileView(counts, of: one))
    let rows: Node.Rows =
      lead == 0 && counts.first == 1 ? .each([true]) : .mixed("it repeats the batch")
    return out.recorded("tile", [self], rows: rows) { c in
      let repeats = (0..<n).map { 2 * $0 }
      let input = c.inputShapes[0]
      let tiles = c.grad.tileView(counts, of: [Int](repeating: 1, count: lead) + input)
      return [try tiles.sum(dims: repeats).reshapedUnrecorded(input)]
    }
  }

  private static func tiled(_ shape: [Int], _ counts: [Int]) throws -> [Int] {
    try zip(shape, counts).map { try Shape.count([$0, $1], op: "tile") }
  }

  /// (r0 n0, r1 n1, …) -> (r0, n0, r1, n1, …); where r is 0, too.
  private func tileView(_ counts: [Int], of extents: [Int]) -> Tensor {
    view(
      zip(counts, extents).flatMap { [$0, $1] },
      zip(strides, extents).flatMap { [$0 * $1, $0] })
  }

  /// (n0, n1, …) -> (1, n0, 1, n1, …)
  private func beforeTiles() -> Tensor {
    view(shape.flatMap { [1, $0] }, strides.flatMap { [0, $0] })
  }

  /// Each position of `dim` `count` times in a row; of the flat tensor without `dim`.
  public func repeatInterleave(_ count: Int, _ dim: Int? = nil) throws -> Tensor {
    guard count >= 0 else {
      throw TensorError("repeat_interleave", "the count must not be negative, got \(count)")
    }
    guard let dim else { return try reshape([self.count]).repeatInterleave(count, 0) }
    let d = try checkedDim(dim, "repeat_interleave")
    let total = try Shape.count([shape[d], count], op: "repeat_interleave")
    let index = try Tensor(empty: [total], .int64, op: "repeat_interleave")
    let p = index.pointer(Int64.self)
    for i in 0..<total { p[i] = Int64(i / count) }
    return try indexSelect(d, index)
  }

  /// Position i of `dim` `counts[i]` times in a row; of the flat tensor without `dim`.
  public func repeatInterleave(_ counts: Tensor, _ dim: Int? = nil) throws -> Tensor {
    guard let dim else { return try reshape([count]).repeatInterleave(counts, 0) }
    let d = try checkedDim(dim, "repeat_interleave")
    guard counts.dtype.isInteger, counts.shape == [shape[d]] else {
      throw TensorError(
        "repeat_interleave",
        "needs integer counts of shape \(shapeText([shape[d]])), got \(counts.dtype.name) of shape "
          + shapeText(counts.shape))
    }
    let values = try counts.castUnrecorded(.int64).values(Int64.self)
    guard values.allSatisfy({ $0 >= 0 }) else {
      throw TensorError("repeat_interleave", "counts must not be negative")
    }
    var total = 0
    for value in values {
      let (sum, overflow) = total.addingReportingOverflow(Int(value))
      total = overflow ? .max : sum
    }
    let index = try Tensor(empty: [total], .int64, op: "repeat_interleave")
    let p = index.pointer(Int64.self)
    var at = 0
    for (i, value) in values.enumerated() {
      for _ in 0..<value {
        p[at] = Int64(i)
        at += 1
      }
    }
    return try indexSelect(d, index)
  }
}
