// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// This tensor's values as row-major int64 positions along an extent, all of them inside it.
  ///
  /// - Parameters:
  ///   - shape: that of the tensor which is indexed, for the message.
  ///   - wraps: whether negative values count from the end.
  func checkedIndices(
    _ extent: Int, of shape: [Int], wraps: Bool = false, _ op: String
  ) throws -> Tensor {
    guard dtype.isInteger else {
      throw TensorError(op, "indices must be integers, got \(dtype.name)")
    }
    let dense = try castUnrecorded(.int64).contiguousUnrecorded()
    let p = UnsafeBufferPointer(start: dense.pointer(Int64.self), count: count)
    let n = Int64(extent)
    let least = wraps ? -n : 0
    var (low, high) = (Int64.max, Int64.min)
    for x in p {
      low = min(low, x)
      high = max(high, x)
    }
    guard count == 0 || (low >= least && high < n) else {
      let bad = p.firstIndex { $0 < least || $0 >= n } ?? 0
      throw TensorError(
        op,
        "an index lies outside an extent of \(extent) (shape \(shapeText(shape)))",
        index: Int(p[bad]), position: Shape.unravel(bad, self.shape))
    }
    if count == 0 || low >= 0 { return dense }
    let wrapped = try Tensor(empty: self.shape, .int64, op: op)
    Loops.map(dense, into: wrapped) { (x: Int64) in x < 0 ? x + n : x }
    return wrapped
  }

  /// The row-major positions at which this bool tensor is true.
  func truePositions(_ op: String) throws -> [Int64] {
    let dense = try contiguousUnrecorded()
    let p = UnsafeBufferPointer(start: dense.pointer(Bool.self), count: count)
    var total = 0
    for x in p where x { total += 1 }
    return [Int64](unsafeUninitializedCapacity: total) { found, n in
      for (i, x) in p.enumerated() where x {
        found[n] = Int64(i)
        n += 1
      }
    }
  }

  /// The strides of a new tensor of `shape`, whose dimensions lie in memory in the order of this
  /// tensor's, if that is dense: how channels-last stays channels-last.
  func stridesInOrder(_ shape: [Int]) -> [Int] {
    if isContiguous || !isDense || count == 0 { return Shape.contiguousStrides(shape) }
    let order = shape.indices.sorted { (-strides[$0], $0) < (-strides[$1], $1) }
    var (result, step) = (shape, 1)
    for d in order.reversed() {
      result[d] = step
      step *= max(shape[d], 1)
    }
    return result
  }
}

extension Shape {
  /// The index, one number for each dimension, of a row-major position.
  static func unravel(_ position: Int, _ shape: [Int]) -> [Int] {
    var (rest, index) = (position, shape)
    for d in shape.indices.reversed() {
      index[d] = rest % max(shape[d], 1)
      rest /= max(shape[d], 1)
    }
    return index
  }
}
