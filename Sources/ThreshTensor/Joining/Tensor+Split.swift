// SPDX-License-Identifier: Apache-2.0

/// A tensor cut along a dimension, into views.
extension Tensor {
  /// About what a view takes beside its elements, to refuse a cut into more pieces than memory holds.
  private static var viewBytes: Int { 256 }

  /// Pieces of the given sizes, which add up to the extent.
  public func split(_ sizes: [Int], _ dim: Int = 0) throws -> [Tensor] {
    let d = try checkedDim(dim, "split")
    var left = shape[d]
    for size in sizes {
      guard size >= 0, size <= left else { throw misfit(sizes, d) }
      left -= size
    }
    guard left == 0 else { throw misfit(sizes, d) }
    var at = 0
    return try sizes.map { size in
      defer { at += size }
      return try narrow(d, at, size)
    }
  }

  private func misfit(_ sizes: [Int], _ d: Int) -> TensorError {
    TensorError(
      "split",
      "the sizes \(shapeText(sizes)) do not add up to an extent of \(shape[d]) "
        + "(shape \(shapeText(shape)))")
  }

  /// Pieces of `size`, the last one smaller if the extent is no multiple.
  public func split(_ size: Int, _ dim: Int = 0) throws -> [Tensor] {
    let d = try checkedDim(dim, "split")
    guard size > 0 || (size == 0 && shape[d] == 0) else {
      throw TensorError("split", "the size of the pieces must be at least 1, got \(size)")
    }
    if shape[d] == 0 { return [self] }
    let pieces = shape[d] / min(size, shape[d])
    _ = try Shape.count([pieces, Tensor.viewBytes], op: "split")
    try MemoryPool.shared.require(pieces * Tensor.viewBytes, "split")
    return try stride(from: 0, to: shape[d], by: min(size, shape[d])).map {
      try narrow(d, $0, min(size, shape[d] - $0))
    }
  }

  /// At most `chunks` pieces of equal size, the last one smaller.
  public func chunk(_ chunks: Int, _ dim: Int = 0) throws -> [Tensor] {
    let d = try checkedDim(dim, "chunk")
    guard chunks > 0 else {
      throw TensorError("chunk", "needs at least 1 piece, got \(chunks)")
    }
    let size = shape[d] / chunks + (shape[d] % chunks == 0 ? 0 : 1)
    // An extent of 0 is cut into as many empty pieces.
    if size == 0 {
      _ = try Shape.count([chunks, Tensor.viewBytes], op: "chunk")
      try MemoryPool.shared.require(chunks * Tensor.viewBytes, "chunk")
      return try split([Int](repeating: 0, count: chunks), d)
    }
    return try split(size, d)
  }
}
