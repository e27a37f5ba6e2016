// SPDX-License-Identifier: Apache-2.0
// PyTorch marks writing operations by a trailing underscore.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Writes to picked positions that are scatters of one kind or another.
extension Tensor {
  /// A copy with the parts of `source` at positions `index` (k) of `dim`; of repeated positions the
  /// last wins. The source has this shape with extent k along `dim`.
  public func indexCopy(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    let (d, spread) = try copyArguments("index_copy", dim, index, source.shape)
    return try scatter(d, spread, source)
  }

  /// A copy with `value` at positions `index` (k) of `dim`.
  public func indexFill(_ dim: Int, _ index: Tensor, _ value: Scalar) throws -> Tensor {
    let (d, spread) = try copyArguments("index_fill", dim, index, nil)
    return try scatter(d, spread, value)
  }

  /// A copy with the elements of `source`, in row-major order, at positions of this tensor in
  /// row-major order; with `accumulate` they are added, and repeats add up.
  public func put(_ index: Tensor, _ source: Tensor, accumulate: Bool = false) throws -> Tensor {
    let (places, values) = try putArguments("put", index, source)
    let flat = try reshape([count])
    return try (accumulate ? flat.scatterAdd(0, places, values) : flat.scatter(0, places, values))
      .reshape(shape)
  }

  /// A copy in which the elements where `mask` is true are those of `source`, in row-major order.
  public func maskedScatter(_ mask: Tensor, _ source: Tensor) throws -> Tensor {
    let (places, values) = try maskArguments("masked_scatter", mask, source)
    return try reshape([count]).scatter(0, places, values).reshape(shape)
  }

  /// Whether each element is one of those of `test`. NaN is none. (…) -> (…), bool
  public func isin(_ test: Tensor) throws -> Tensor {
    try GradMode.off {
      let sorted = try test.flatten().sort().values
      let first = try sorted.searchsorted(self)
      let found = try sorted.searchsorted(self, right: true).gt(first)
      return dtype.isFloating ? try found.logicalAnd(isnan().logicalNot()) : found
    }
  }

  // In place.

  /// `indexCopy` into this tensor.
  @discardableResult
  public func indexCopy_(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    let (d, spread) = try copyArguments("index_copy_", dim, index, source.shape)
    return try scatter_(d, spread, source)
  }

  /// `indexFill` into this tensor.
  @discardableResult
  public func indexFill_(_ dim: Int, _ index: Tensor, _ value: Scalar) throws -> Tensor {
    let (d, spread) = try copyArguments("index_fill_", dim, index, nil)
    return try scatter_(d, spread, value)
  }

  /// `put` into this tensor.
  @discardableResult
  public func put_(_ index: Tensor, _ source: Tensor, accumulate: Bool = false) throws -> Tensor {
    try checkInPlace("put_", [source])
    return try copy_(try GradMode.off { try put(index, source, accumulate: accumulate) })
  }

  /// `maskedScatter` into this tensor.
  @discardableResult
  public func maskedScatter_(_ mask: Tensor, _ source: Tensor) throws -> Tensor {
    try checkInPlace("masked_scatter_", [source])
    return try copy_(try GradMode.off { try maskedScatter(mask, source) })
  }

  // Checks.

  /// The index (k) read as if it had the source's shape, or this one with extent k along `dim`.
  private func copyArguments(
    _ op: String, _ dim: Int, _ index: Tensor, _ source: [Int]?
  ) throws -> (d: Int, index: Tensor) {
    let d = try checkedDim(dim, op)
    try index.checkVector(op)
    var expected = shape
    expected[d] = index.count
    guard source ?? expected == expected else {
      throw TensorError(
        op, "needs a source of shape \(shapeText(expected)), got \(shapeText(source ?? []))")
    }
    let places = try index.checkedIndices(shape[d], of: shape, wraps: true, op)
    return (d, places.spread(along: d, of: expected))
  }

  private func putArguments(
    _ op: String, _ index: Tensor, _ source: Tensor
  ) throws -> (index: Tensor, source: Tensor) {
    guard index.count == source.count else {
      throw TensorError(
        op, "needs one element for each index: \(source.count) elements, \(index.count) indices")
    }
    let places = try index.checkedIndices(count, of: shape, wraps: true, op)
    return (try places.reshapedUnrecorded([places.count]), try source.reshape([source.count]))
  }

  private func maskArguments(
    _ op: String, _ mask: Tensor, _ source: Tensor
  ) throws -> (index: Tensor, source: Tensor) {
    guard mask.dtype == .bool else {
      throw TensorError(op, "the mask must be a bool tensor, got \(mask.dtype.name)")
    }
    let places = try Tensor(mask.expand(shape).truePositions(op))
    guard source.count >= places.count else {
      throw TensorError(
        op, "needs \(places.count) elements, as many as the mask has, got \(source.count)")
    }
    return (places, try source.reshape([source.count]).narrow(0, 0, places.count))
  }
}
