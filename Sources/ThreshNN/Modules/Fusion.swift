// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What follows a normalised convolution at once.
enum Activation {
  case none, relu, relu6

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .none: x
    case .relu: try x.rectified()
    case .relu6: try x.rectified(limit: 6)
    }
  }
}

/// Convolution, normalisation and activation: the step that convolutional networks are made of.
///
/// All models and `Sequential` go through here, so that the three can be one operation. Layers that
/// are observed (`Module.summary`) must be called one by one.
func convNorm(
  _ conv: Conv2d, _ norm: BatchNorm2d, _ x: Tensor, _ activation: Activation = .none
) throws -> Tensor {
  try activation(norm(conv(x)))
}
