// SPDX-License-Identifier: Apache-2.0

/// A tensor as lines along one dimension, numbered in row-major order of the other dimensions.
///
/// Tensors that differ in that one extent only have the same line numbers.
struct Lines {
  /// How many lines there are.
  let count: Int
  /// Elements of a line, and the distance between them.
  let length: Int
  let step: Int
  private let extents: [Int]
  private let strides: [Int]

  init(_ t: Tensor, _ d: Int) {
    var (extents, strides) = (t.shape, t.strides)
    length = extents.remove(at: d)
    step = strides.remove(at: d)
    count = extents.reduce(1, *)
    self.extents = extents
    self.strides = strides
  }

  /// Where line `number` starts, relative to the tensor's first element.
  func start(_ number: Int) -> Int {
    var (rest, at) = (number, 0)
    for d in stride(from: extents.count - 1, through: 0, by: -1) {
      at += rest % extents[d] * strides[d]
      rest /= extents[d]
    }
    return at
  }

  /// Adds `factor` times a gradient to `target`, at the positions that `indices` holds along `d`.
  ///
  /// The gradient and the indices have the target's shape but for extent `d`.
  static func add(
    _ grad: Tensor, at indices: Tensor, along d: Int, to target: Tensor, factor: Double
  )
    throws
  {
    switch target.dtype {
    case .float32: add(Float(factor), grad, indices, d, target)
    case .float64: add(factor, grad, indices, d, target)
    default: throw target.needsFloating("backward")
    }
  }

  private static func add<T: FloatingElement>(
    _ factor: T, _ grad: Tensor, _ indices: Tensor, _ d: Int, _ target: Tensor
  ) {
    let (g, i, o) = (grad.pointer(T.self), indices.pointer(Int64.self), target.pointer(T.self))
    let (from, at, to) = (Lines(grad, d), Lines(indices, d), Lines(target, d))
    Workers.chunks(of: from.count, grain: max(1, Loops.grain / max(1, from.length))) { range in
      for line in range {
        let (g, i, o) = (g + from.start(line), i + at.start(line), o + to.start(line))
        for j in 0..<from.length { o[Int(i[j * at.step]) * to.step] += factor * g[j * from.step] }
      }
    }
  }
}
