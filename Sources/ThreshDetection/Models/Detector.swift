// SPDX-License-Identifier: Apache-2.0
import ThreshNN
import ThreshTensor

/// A model with two outputs, offsets (N, 4, P) and class scores (N, classes, P) of P default boxes.
public protocol Detector: Module {
  /// The boxes that the outputs are about.
  var boxes: DefaultBoxes { get }
  /// The classes with the background, which is class 0.
  var classes: Int { get }
}

extension Detector {
  /// Height and width of the images it takes.
  public var imageSize: Int { boxes.plan.imageSize }
}

extension SSD300: Detector {
  public var boxes: DefaultBoxes { .ssd300 }
}
