// SPDX-License-Identifier: Apache-2.0

/// An activation that a convolution, a normalisation or a linear layer ends with: a clamp.
public enum Activation: Sendable {
  case none
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6

  var low: Double { self == .none ? -.infinity : 0 }
  var high: Double { self == .relu6 ? 6 : .infinity }

  /// The gradient in front of the activation, from the one behind it and from the output, with its
  /// sums over all but the channels; both have their channels innermost.
  ///
  /// - Returns: the gradient as it was, and no sums, without an activation.
  func gradient(_ dy: Tensor, _ y: Tensor?, channels: Int) throws -> (Tensor, sums: Tensor?) {
    guard self != .none, let y else { return (dy, nil) }
    let dx = try Tensor(empty: y.shape, y.dtype, strides: y.strides, op: "relu")
    let total = try Tensor(empty: [channels], y.dtype, op: "relu")
    let zeros = try Tensor.zeros([channels], y.dtype)
    func run<T: ImageElement>(_: T.Type) throws {
      let (yp, gp, to) = (y.pointer(T.self), dy.pointer(T.self), dx.pointer(T.self))
      let z = zeros.pointer(T.self)
      let (low, high) = (T(low), T(high))
      let rows = y.count / max(channels, 1)
      let sums = try ColumnSums.run(rows: rows, columns: channels, 2) { r, sums in
        let at = r.lowerBound * channels
        T.kernels.normSums(
          yp + at, yp + at, gp + at, r.count, channels, z, z, z, low, high, to + at, sums,
          sums + channels)
      }
      let t = total.pointer(T.self)
      for i in 0..<channels { t[i] = T(sums[i]) }
    }
    try y.dispatch(run, run)
    return (dx, total)
  }
}
