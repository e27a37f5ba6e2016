// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The greatest of each window. (N, C, H, W) -> (N, C, H', W')
public final class MaxPool2d: Module {
  public let window: PoolingWindow
  public override var details: String { window.details }

  public init(kernel: Pair, stride: Pair? = nil, padding: Pair = 0) throws {
    window = try PoolingWindow("MaxPool2d", kernel, stride ?? kernel, padding)
    super.init()
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.maxPool2d(window.kernel, stride: window.stride, padding: window.padding)
  }
}

/// The mean of each window. (N, C, H, W) -> (N, C, H', W')
public final class AvgPool2d: Module {
  public let window: PoolingWindow
  public let countIncludePad: Bool
  public override var details: String { window.details }

  public init(
    kernel: Pair, stride: Pair? = nil, padding: Pair = 0, countIncludePad: Bool = true
  ) throws {
    window = try PoolingWindow("AvgPool2d", kernel, stride ?? kernel, padding)
    self.countIncludePad = countIncludePad
    super.init()
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.avgPool2d(
      window.kernel, stride: window.stride, padding: window.padding,
      countIncludePad: countIncludePad)
  }
}

/// Means over as many windows as the output has. (N, C, H, W) -> (N, C, size[0], size[1])
public final class AdaptiveAvgPool2d: Module {
  public let size: Pair
  public override var details: String { size.text }

  public init(_ size: Pair) throws {
    try checkPositive("AdaptiveAvgPool2d", ["output_size": min(size.h, size.w)])
    self.size = size
    super.init()
  }

  public override func forward(_ x: Tensor) throws -> Tensor { try x.adaptiveAvgPool2d(size) }
}

/// The mean of each channel. (N, C, H, W) -> (N, C)
public final class GlobalAvgPool: Module {
  public override func forward(_ x: Tensor) throws -> Tensor {
    guard x.ndim == 4 else {
      throw TensorError("GlobalAvgPool", "needs (N, C, H, W), got \(shapeText(x.shape))")
    }
    return try x.globalAvgPool2d().flatten(start: 1)
  }
}

/// All dimensions but the batch in one. (N, …) -> (N, product)
public final class Flatten: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.flatten(start: 1) }
}

/// Kernel, stride and padding of a pooling layer, checked.
public struct PoolingWindow: Sendable {
  public let kernel: Pair
  public let stride: Pair
  public let padding: Pair

  init(_ op: String, _ kernel: Pair, _ stride: Pair, _ padding: Pair) throws {
    try checkPositive(
      op, ["kernel_size": min(kernel.h, kernel.w), "stride": min(stride.h, stride.w)])
    guard (0...kernel.h / 2).contains(padding.h), (0...kernel.w / 2).contains(padding.w) else {
      throw TensorError(
        op, "padding must be in 0 … half the kernel, got \(padding.text) for \(kernel.text)")
    }
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  var details: String {
    "kernel \(kernel.text), stride \(stride.text)"
      + (padding == 0 ? "" : ", padding \(padding.text)")
  }
}

extension Pair {
  /// `3x3`
  var text: String { "\(h)x\(w)" }
}
