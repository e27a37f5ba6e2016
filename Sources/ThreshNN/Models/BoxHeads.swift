// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The heads of a single-shot detector: on each map one 3x3 convolution for locations and one for class
/// scores, with bias and without BatchNorm (Liu et al. 2016). Weights are Xavier-uniform.
///
/// Channels are NVIDIA's: coordinate * boxes + box, class * boxes + box, so that the outputs
/// (N, numbers * boxes, H, W) are (N, numbers, boxes * H * W) as they are. torchvision's and Caffe's
/// run box * numbers + number.
public struct BoxHeads {
  /// Boxes at each place of each map.
  public let boxes: [Int]
  public let classes: Int
  private let locations, scores: [Conv2d]

  /// - Parameters:
  ///   - channels: of each map.
  ///   - classes: the background counts as one.
  public init(
    channels: [Int], boxes: [Int], classes: Int, initializer: Initializer
  ) throws {
    func heads(_ numbers: Int) throws -> [Conv2d] {
      try zip(channels, boxes).map { c, boxes in
        try Conv2d(
          c, boxes * numbers, kernel: 3, padding: 1, bias: true, mode: .xavierUniform,
          initializer: initializer)
      }
    }
    self.boxes = boxes
    self.classes = classes
    locations = try heads(4)
    scores = try heads(classes)
  }

  /// Adds the heads to a model under the names `loc` and `conf`.
  public func register(in module: Module) {
    module.register(child: "loc", ModuleList(locations))
    module.register(child: "conf", ModuleList(scores))
  }

  /// Locations (N, 4, P) and class scores (N, classes, P) of maps (N, C, H, W), one after the other.
  public func callAsFunction(_ maps: [Tensor]) throws -> [Tensor] {
    [try joined(locations, maps, 4), try joined(scores, maps, classes)]
  }

  private func joined(_ heads: [Conv2d], _ maps: [Tensor], _ numbers: Int) throws -> Tensor {
    let parts = try zip(heads, maps).map { head, map in
      try head(map).reshape([map.shape[0], numbers, -1])
    }
    return try Tensor.cat(parts, 2)
  }
}
