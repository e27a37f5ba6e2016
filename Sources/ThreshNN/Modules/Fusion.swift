// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Convolution, normalisation and activation in one operation (`Tensor.convNorm`): the step that
/// convolutional networks are made of, with a residual that is added before the activation.
///
/// All models and `Sequential` go through here. Layers that are observed (`Module.summary`) and
/// convolutions with a bias are called one by one.
public func convNorm(
  _ conv: Conv2d, _ norm: BatchNorm2d, _ x: Tensor, _ activation: Activation = .none,
  residual: Tensor? = nil
) throws -> Tensor {
  guard conv.observer == nil, norm.observer == nil, conv.bias == nil else {
    let y = try norm(conv(x))
    return try activation(residual.map { try y + $0 } ?? y)
  }
  return try x.convNorm(
    conv.weight,
    ConvolutionSettings(
      stride: conv.stride, padding: conv.padding, dilation: conv.dilation, groups: conv.groups),
    norm.settings, activation, residual: residual)
}

extension Activation {
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .none: x
    case .relu: try x.rectified()
    case .relu6: try x.rectified(limit: 6)
    }
  }
}
