// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What a detector is to say at each default box of a batch.
public struct BoxTargets {
  /// 0 for the background, 1 … for the classes of objects; int64 (N, P).
  public let labels: Tensor
  /// The encoded offsets, 0 where there is no object; float32 (N, 4, P).
  public let offsets: Tensor

  /// - Throws: when the shapes do not fit each other or a label is negative.
  public init(labels: Tensor, offsets: Tensor) throws {
    let op = "multibox"
    guard labels.ndim == 2, labels.dtype.isInteger else {
      throw TensorError(
        op,
        "the labels of the boxes must be integers of shape (N, P), got \(labels.dtype.name) of shape "
          + shapeText(labels.shape))
    }
    guard offsets.dtype.isFloating, offsets.shape == [labels.shape[0], 4, labels.shape[1]] else {
      throw TensorError(
        op,
        "the offsets must be numbers of shape "
          + "\(shapeText([labels.shape[0], 4, labels.shape[1]])), got \(offsets.dtype.name) of shape "
          + shapeText(offsets.shape))
    }
    self.labels = try GradMode.off { try labels.detached().cast(.int64) }
    self.offsets = offsets.detached()
  }
}

/// The objects of one image: left, top, right, bottom as parts of the image, and classes from 1.
public struct ImageObjects: Sendable {
  public var boxes: [Float]
  public var labels: [Int]

  public init(boxes: [Float], labels: [Int]) {
    self.boxes = boxes
    self.labels = labels
  }
}
