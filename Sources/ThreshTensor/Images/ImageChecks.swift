// SPDX-License-Identifier: Apache-2.0

/// What the image and network operations ask of their arguments, and how they say so.
enum ImageChecks {
  /// A floating-point tensor of shape (N, C, H, W).
  static func image(_ op: String, _ x: Tensor) throws {
    guard x.ndim == 4 else {
      throw TensorError(op, "needs an input of shape (N, C, H, W), got \(shapeText(x.shape))")
    }
    try floating(op, x)
  }

  static func floating(_ op: String, _ x: Tensor) throws {
    guard x.dtype.isFloating else {
      throw TensorError(op, "needs a float32 or float64 input, got \(x.dtype.name)")
    }
  }

  /// A parameter of the input's element type and of `shape`.
  static func parameter(_ op: String, _ name: String, _ p: Tensor?, _ shape: [Int], _ x: Tensor)
    throws
  {
    guard let p else { return }
    guard p.shape == shape else {
      throw TensorError(
        op, "\(name) has shape \(shapeText(p.shape)), needed is \(shapeText(shape))")
    }
    guard p.dtype == x.dtype else {
      throw TensorError(
        op, "\(name) is \(p.dtype.name) and the input \(x.dtype.name); convert one with to")
    }
  }

  /// Both numbers at least `least`.
  static func pair(_ op: String, _ name: String, _ pair: Pair, least: Int) throws {
    let most = 1 << 20
    guard pair.h >= least, pair.w >= least, pair.h <= most, pair.w <= most else {
      throw TensorError(
        op, "\(name) must be in \(least) ... \(most), got (\(pair.h), \(pair.w))")
    }
  }
}

/// A size along the height and the width of an image.
public struct Pair: Sendable, Equatable, ExpressibleByIntegerLiteral {
  public var h: Int
  public var w: Int

  public init(_ h: Int, _ w: Int) {
    self.h = h
    self.w = w
  }
  /// The same size along both.
  public init(_ both: Int) { self.init(both, both) }
  public init(integerLiteral value: Int) { self.init(value, value) }
}

extension Tensor {
  /// A fresh channels-last image tensor with undefined content.
  static func image(_ shape: [Int], _ dtype: DType, _ op: String) throws -> Tensor {
    _ = try Shape.count(shape, op: op)
    return try Tensor(empty: shape, dtype, strides: Shape.channelsLastStrides(shape), op: op)
  }

  /// Runs the first closure on float32 and the second on float64 tensors: the same generic function.
  func dispatch<R>(_ float: (Float.Type) throws -> R, _ double: (Double.Type) throws -> R) rethrows
    -> R
  {
    dtype == .float64 ? try double(Double.self) : try float(Float.self)
  }
}
