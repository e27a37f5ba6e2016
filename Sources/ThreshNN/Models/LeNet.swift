// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// LeNet-5 (LeCun et al. 1998) as it is used on CIFAR-10: ReLU and max pooling.
public final class LeNet: Module {
  private let conv1, conv2: Conv2d
  private let fc1, fc2, fc3: Linear

  /// - Throws: when images are smaller than 16x16.
  public init(_ options: ModelOptions = ModelOptions()) throws {
    let o = try options.checked("lenet")
    guard o.imageSize >= 16 else {
      throw TensorError("lenet", "needs images of at least 16x16, got \(o.imageSize)")
    }
    let (first, second) = (o.width ?? 6, (o.width ?? 6) * 16 / 6)
    // Two unpadded 5x5 convolutions, each halved by pooling.
    let side = ((o.imageSize - 4) / 2 - 4) / 2
    let draw = o.initializer
    conv1 = try Conv2d(o.inChannels, first, kernel: 5, initializer: draw)
    conv2 = try Conv2d(first, second, kernel: 5, initializer: draw)
    fc1 = try Linear(second * side * side, 120, initializer: draw)
    fc2 = try Linear(120, 84, initializer: draw)
    fc3 = try Linear(84, o.classes, initializer: draw)
    super.init()
    register(child: "conv1", conv1)
    register(child: "conv2", conv2)
    register(child: "fc1", fc1)
    register(child: "fc2", fc2)
    register(child: "fc3", fc3)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    var h = try activated(conv1, x, .relu).maxPool2d(2)
    h = try activated(conv2, h, .relu).maxPool2d(2).flatten(start: 1)
    h = try activated(fc1, h, .relu)
    h = try activated(fc2, h, .relu)
    return try fc3(h)
  }
}
