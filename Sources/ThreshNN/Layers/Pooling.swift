// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The greatest of each window. (N, C, H, W) -> (N, C, H', W')
public final class MaxPool2d: Module {
  public let window: PoolingWindow
  public override var details: String { window.details }

  public init(kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) throws {
    window = try PoolingWindow("MaxPool2d", kernel, stride ?? kernel, padding)
    super.init()
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.maxPool2d(kernel: window.kernel, stride: window.stride, padding: window.padding)
  }
}

/// The mean of each window. (N, C, H, W) -> (N, C, H', W')
public final class AvgPool2d: Module {
  public let window: PoolingWindow
  public let countIncludePad: Bool
  public override var details: String { window.details }

  public init(
    kernel: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0], countIncludePad: Bool = true
  ) throws {
    window = try PoolingWindow("AvgPool2d", kernel, stride ?? kernel, padding)
    self.countIncludePad = countIncludePad
    super.init()
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.avgPool2d(
      kernel: window.kernel, stride: window.stride, padding: window.padding,
      countIncludePad: countIncludePad)
  }
}

/// Means over as many windows as the output has. (N, C, H, W) -> (N, C, size[0], size[1])
public final class AdaptiveAvgPool2d: Module {
  public let size: [Int]
  public override var details: String { "\(size[0])x\(size[1])" }

  public init(_ size: [Int]) throws {
    guard size.count == 2, size.allSatisfy({ $0 >= 1 }) else {
      throw TensorError("AdaptiveAvgPool2d", "needs two extents of at least 1, got \(size)")
    }
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
    return try x.mean(dims: [2, 3])
  }
}

/// All dimensions but the batch in one. (N, …) -> (N, product)
public final class Flatten: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.flatten(start: 1) }
}

/// Kernel, stride and padding of a pooling layer, checked.
public struct PoolingWindow: Sendable {
  public let kernel: [Int]
  public let stride: [Int]
  public let padding: [Int]

  init(_ op: String, _ kernel: [Int], _ stride: [Int], _ padding: [Int]) throws {
    guard kernel.count == 2, stride.count == 2, padding.count == 2 else {
      throw TensorError(op, "kernel_size, stride and padding have two extents each")
    }
    try checkPositive(op, ["kernel_size": kernel.min() ?? 0, "stride": stride.min() ?? 0])
    guard zip(padding, kernel).allSatisfy({ $0 >= 0 && $0 <= $1 / 2 }) else {
      throw TensorError(
        op, "padding must be in 0 … half the kernel, got \(padding) for a kernel of \(kernel)")
    }
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  var details: String {
    "kernel \(kernel[0])x\(kernel[1]), stride \(stride[0])x\(stride[1])"
      + (padding == [0, 0] ? "" : ", padding \(padding[0])x\(padding[1])")
  }
}
