// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// A dimension counted from 0, or from the end when negative; 0 and -1 also fit a 0-d tensor's
  /// missing one where `scalars` says so.
  func checkedDim(_ dim: Int, _ op: String) throws -> Int {
    let d = dim < 0 ? dim + ndim : dim
    guard d >= 0, d < ndim else {
      throw TensorError(op, "the dimension is out of range for shape \(shapeText(shape))")
    }
    return d
  }

  /// Distinct dimensions in rising order; nil means all of them.
  func checkedDims(_ dims: [Int]?, _ op: String) throws -> [Int] {
    guard let dims else { return Array(shape.indices) }
    if ndim == 0, dims.allSatisfy({ $0 == 0 || $0 == -1 }), dims.count <= 1 { return [] }
    let found = try dims.map { try checkedDim($0, op) }.sorted()
    for (a, b) in zip(found, found.dropFirst()) where a == b {
      throw TensorError(op, "the same dimension of shape \(shapeText(shape)) is given twice")
    }
    return found
  }

  /// A position along an extent counted from 0, or from the end when negative.
  func checkedPosition(_ index: Int, _ extent: Int, _ op: String) throws -> Int {
    let i = index < 0 ? index + extent : index
    guard i >= 0, i < extent else {
      throw TensorError(
        op, "an index lies outside an extent of \(extent) (shape \(shapeText(shape)))", index: index
      )
    }
    return i
  }

  // Views off the tape, of arguments that have been checked.

  /// Without dimension `d`, at position `index` of it.
  func selectedView(_ d: Int, _ index: Int) -> Tensor {
    var (shape, strides) = (shape, strides)
    shape.remove(at: d)
    let step = strides.remove(at: d)
    return view(shape, strides, offset: offset + index * step)
  }

  /// With positions start, start + step, … of dimension `d`.
  func narrowedView(_ d: Int, _ start: Int, _ length: Int, step: Int = 1) -> Tensor {
    var (shape, strides) = (shape, strides)
    shape[d] = length
    let at = length == 0 ? offset : offset + start * strides[d]
    strides[d] *= step
    return view(shape, strides, offset: at)
  }

  func permutedView(_ order: [Int]) -> Tensor {
    view(order.map { shape[$0] }, order.map { strides[$0] })
  }

  func unsqueezedView(_ d: Int) -> Tensor {
    var (shape, strides) = (shape, strides)
    let step = d < ndim ? strides[d] * shape[d] : 1
    shape.insert(1, at: d)
    strides.insert(step, at: d)
    return view(shape, strides)
  }

  func expandedView(_ target: [Int]) -> Tensor {
    view(target, Shape.broadcastStrides(shape, strides, to: target))
  }

  /// Transposed in its last two dimensions.
  var transposedView: Tensor {
    var order = Array(shape.indices)
    order.swapAt(ndim - 1, ndim - 2)
    return permutedView(order)
  }
}
